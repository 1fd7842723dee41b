// Damage to JSON that stays JSON, or nearly so: wrong types, extreme numbers, deep nesting, keys twice, half characters.

import type { Random } from './random';

type Parent = Record<string, unknown> | unknown[];

/** Changed text. `other`: a JSON file of another model, parts of which may get in. */
export function mutateJson(text: string, random: Random, other: string): string {
  const root = parsed(text);
  if (!isParent(root) || random.once(8)) return mutateText(text, random);
  try {
    return mutateValue(root, random, other);
  } catch (error) {
    // An earlier change made it too deep for JSON.stringify.
    if (error instanceof RangeError) return mutateText(text, random);
    throw error;
  }
}

function mutateValue(root: Parent, random: Random, other: string): string {
  const { parent, key } = randomPlace(root, random);
  const value = get(parent, key);
  if (random.once(6)) {
    const donor = parsed(other);
    if (isParent(donor)) {
      const place = randomPlace(donor, random);
      set(parent, key, get(place.parent, place.key));
      return JSON.stringify(root);
    }
  }
  random.pick(mutations)(parent, key, value, random);
  return written(root);
}

/** Stands in the value for text that no value has; replaced when written. */
const verbatim = '\u0000verbatim:';
/** JSON.stringify recurses, so what is deep is put in as text. */
const depths = [10, 1000, 100_000];

type JsonMutation = (parent: Parent, key: string, value: unknown, random: Random) => void;

const mutations: readonly JsonMutation[] = [
  (parent, key) => remove(parent, key),
  (parent, key, _, random) => set(parent, key, random.pick(oddValues)),
  (parent, key, _, random) => set(parent, key, random.pick(oddNumbers)),
  (parent, key, _, random) => set(parent, key, random.pick(oddStrings)),
  (parent, key, _, random) => set(parent, key, verbatim + random.pick(notJson)),
  (parent, key, value) => set(parent, key, [value]),
  (parent, key, value) => set(parent, key, { value }),
  (parent, key, value) => set(parent, key, String(value)),
  (parent, key, value, random) => set(parent, key, new Array(random.size(1 << 16)).fill(value).slice(0, budget(value))),
  (parent, key, _, random) => {
    const depth = random.pick(depths);
    const [open, close] = random.pick([
      ['[', ']'],
      ['{"a":', '}'],
      ['{"model":{"type":"x"},"normalizers":[', ']}'],
    ]);
    set(parent, key, `${verbatim}${open.repeat(depth)}1${close.repeat(depth)}`);
  },
  (parent, key, value, random) => {
    if (typeof value === 'string') set(parent, key, value.repeat(Math.min(random.size(1 << 16), budget(value))));
    else if (typeof value === 'number') set(parent, key, random.pick([-value, value + 1, value * 1e9, value + 0.5]));
    else if (typeof value === 'boolean') set(parent, key, !value);
    else set(parent, key, null);
  },
  (parent, key, value, random) => {
    const name = random.pick(['__proto__', 'constructor', 'toString', '', key, 'type', 'length']);
    if (Array.isArray(parent)) parent.push(value);
    // `JSON.parse` makes an own property of it; an assignment would not.
    else Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true });
    if (random.once(2)) remove(parent, key);
  },
  (parent, key, value, random) => {
    // The same key twice: the last counts.
    if (!Array.isArray(parent) && value !== undefined)
      set(parent, key, `${verbatim}${stringify(value)},${JSON.stringify(key)}:${stringify(random.pick(oddValues))}`);
  },
  (parent, _, __, random) => {
    if (!Array.isArray(parent)) return;
    const first = random.below(parent.length);
    const second = random.below(parent.length);
    [parent[first], parent[second]] = [parent[second], parent[first]];
  },
];

const oddValues: readonly unknown[] = [null, true, false, 0, '', [], {}, [[]], [null], { type: 'x' }, 'NaN'];
const oddNumbers: readonly number[] = [
  -1,
  0,
  1,
  2,
  0.5,
  -0,
  1e-320,
  64,
  65,
  255,
  1000,
  65_536,
  1e6,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  1e15,
  1e300,
  -1e300,
];
const oddStrings: readonly string[] = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\udc00x',
  '\ufeff',
  '▁',
  '<0x00>',
  '<0xFF>',
  '__proto__',
  '../../etc/passwd',
  'x'.repeat(100_000),
  '(',
  '[',
  '\\',
  '(?=a)*',
  '(a+)+$',
  'BPE',
  'Unigram',
  'WordPiece',
  'WordLevel',
  'ByteLevel',
  'Precompiled',
  'Sequence',
  'Replace',
  'marian',
  't5',
  'AAAA',
];
const notJson: readonly string[] = [
  'NaN',
  'Infinity',
  '-Infinity',
  'undefined',
  '1e999',
  '-1e999',
  '01',
  "'x'",
  '"\\ud800"',
  '"\\x"',
  '',
];

function mutateText(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  return random.pick([
    () => text.slice(0, at),
    () => text.slice(at),
    () => text.slice(0, at) + random.pick(['}', ']', ',', ':', '"', '\u0000', '\ufeff', '\\', '/**/']) + text.slice(at),
    () => `\ufeff${text}`,
    () => text + text,
    () => '[]',
    () => 'null',
    () => '',
    () => text.replace(/"[a-z_]+":/g, match => (random.once(20) ? '"x":' : match)),
    () => text.replace(/\d+/g, match => (random.once(20) ? String(random.pick(oddNumbers)) : match)),
  ])();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function written(root: unknown): string {
  // Strings that start with the mark hold text; quotes inside it were escaped by JSON.stringify.
  const pattern = /"\\u0000verbatim:((?:[^"\\]|\\.)*)"/g;
  return stringify(root).replace(pattern, (_, escaped: string) => JSON.parse(`"${escaped}"`) as string);
}

function stringify(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

/** Copies of `value` that stay below a megabyte. */
function budget(value: unknown): number {
  return Math.ceil((1 << 20) / (stringify(value).length + 1));
}

/** One step down after the other, so that what stands near the root changes as often as one of ten thousand list items. */
function randomPlace(root: Parent, random: Random): { parent: Parent; key: string } {
  let parent = root;
  for (;;) {
    const keys = Object.keys(parent);
    if (keys.length === 0) return { parent, key: '0' };
    const key = random.pick(keys);
    const value = get(parent, key);
    if (!isParent(value) || random.once(4)) return { parent, key };
    parent = value;
  }
}

function isParent(value: unknown): value is Parent {
  return typeof value === 'object' && value !== null;
}

function get(parent: Parent, key: string): unknown {
  return (parent as Record<string, unknown>)[key];
}

function set(parent: Parent, key: string, value: unknown): void {
  (parent as Record<string, unknown>)[key] = value;
}

function remove(parent: Parent, key: string): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}
