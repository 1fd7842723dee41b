// Values of a JSON file that are prose: messages, descriptions, labels. Keys are never touched. Comments and trailing commas, as
// VS Code writes them, are read over. Runs anywhere.

import type { CharacterRange } from '../../types';
import type { ProseBlock } from '../document';
import { isProseValue, isTechnicalTree, valueBlocks } from './values';

const token = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\\.|[{}[\],:]/g;

export interface Container {
  readonly isObject: boolean;
  /** Key of the value that is being read; undefined before a key and in lists. */
  key: string | undefined;
  readonly isTechnical: boolean;
  /** Of a list: the key it stands under. */
  readonly ownKey: string | undefined;
}

/** Lazy. What is no JSON gives no block, or those up to where it ends being JSON. */
export function* jsonBlocks(text: string): Generator<ProseBlock> {
  for (const { range, containers } of jsonStrings(text)) yield* valueBlocksOf(text, range, containers.at(-1));
}

export interface JsonString {
  /** Without its quotes. */
  readonly range: CharacterRange;
  /** What it stands in, from the outside; valid until the next one is asked for. */
  readonly containers: readonly Container[];
}

/** Values that are strings, in order. Lazy. */
export function* jsonStrings(text: string): Generator<JsonString> {
  const open: Container[] = [];
  for (const { index, 0: symbol } of text.matchAll(token)) {
    const container = open.at(-1);
    if (symbol === '{' || symbol === '[') {
      const ownKey = container?.key ?? container?.ownKey;
      const isTechnical =
        (container?.isTechnical ?? false) || (container?.key !== undefined && isTechnicalTree(container.key));
      open.push({ isObject: symbol === '{', key: undefined, isTechnical, ownKey });
    } else if (symbol === '}' || symbol === ']') open.pop();
    else if (symbol === ',' && container) container.key = undefined;
    else if (symbol[0] === '"') {
      if (container?.isObject && container.key === undefined) container.key = symbol.slice(1, -1);
      else yield { range: [index + 1, index + symbol.length - 1], containers: open };
    }
  }
}

function* valueBlocksOf(text: string, range: CharacterRange, container: Container | undefined): Generator<ProseBlock> {
  if (container?.isTechnical) return;
  const key = container?.isObject ? container.key : container?.ownKey;
  if (!isProseValue(text.slice(...range).replace(/\\[nrt]/g, ' '), key)) return;
  yield* valueBlocks(text, range, { kind: 'value', escape: 'json' });
}
