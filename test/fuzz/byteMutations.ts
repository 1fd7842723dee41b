// Damage to bytes of any format: flipped bits, cut ends, moved and repeated parts, numbers of extreme size.

import type { Random } from './random';

type ByteMutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const extremes = [0, 1, 0x7f, 0x80, 0xff];

/** Changed bytes; `bytes` stay as they are. `other`: another file, parts of which may get in. */
export function mutateBytes(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  return random.pick(mutations)(bytes, random, other);
}

const mutations: readonly ByteMutation[] = [
  function flipBits(bytes, random) {
    const changed = bytes.slice();
    for (let count = random.size(16); count > 0 && changed.length > 0; count--)
      changed[random.below(changed.length)] ^= 1 << random.below(8);
    return changed;
  },
  function setBytes(bytes, random) {
    const changed = bytes.slice();
    const start = random.below(changed.length + 1);
    changed.fill(random.pick(extremes), start, start + random.size(16));
    return changed;
  },
  function cutEnd(bytes, random) {
    return bytes.subarray(0, random.below(bytes.length + 1));
  },
  function cutStart(bytes, random) {
    return bytes.subarray(random.below(bytes.length + 1));
  },
  function removePart(bytes, random) {
    const start = random.below(bytes.length + 1);
    return joined([bytes.subarray(0, start), bytes.subarray(start + random.size(4096))]);
  },
  function repeatPart(bytes, random) {
    const start = random.below(bytes.length + 1);
    const part = bytes.subarray(start, start + random.size(256));
    return joined([bytes.subarray(0, start), repeated(part, random.size(1024)), bytes.subarray(start)]);
  },
  function insertNoise(bytes, random) {
    const start = random.below(bytes.length + 1);
    const noise = Uint8Array.from({ length: random.size(64) }, () => random.below(256));
    return joined([bytes.subarray(0, start), noise, bytes.subarray(start)]);
  },
  function takeFromOther(bytes, random, other) {
    const start = random.below(bytes.length + 1);
    const from = random.below(other.length + 1);
    const part = other.subarray(from, from + random.size(4096));
    return joined([bytes.subarray(0, start), part, bytes.subarray(start + part.length)]);
  },
];

/** All of `parts` in one array. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** `part` so many times, at least once, and never more than a megabyte in all: inputs stay of the size of real files. */
export function repeated(part: Uint8Array, count: number): Uint8Array {
  const limit = Math.max(1, Math.floor((1 << 20) / (part.length + 1)));
  return joined(new Array<Uint8Array>(Math.min(count, limit)).fill(part));
}
