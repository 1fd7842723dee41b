// Values of a JSON file that are prose: messages, descriptions, labels. Keys are never touched. Comments and trailing commas, as
// VS Code writes them, are read over. Runs anywhere.

import type { ProseBlock } from '../document';
import { isProseValue, isTechnicalTree, valueBlocks } from './values';

const token = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\\.|[{}[\],:]/g;

interface Container {
  readonly isObject: boolean;
  /** Key of the value that is being read; undefined before a key and in lists. */
  key: string | undefined;
  readonly isTechnical: boolean;
  /** Of a list: the key it stands under. */
  readonly ownKey: string | undefined;
}

/** Lazy. What is no JSON gives no block, or those up to where it ends being JSON. */
export function* jsonBlocks(text: string): Generator<ProseBlock> {
  const open: Container[] = [];
  for (const match of text.matchAll(token)) {
    const container = open.at(-1);
    const symbol = match[0];
    if (symbol === '{' || symbol === '[') {
      const ownKey = container?.key ?? container?.ownKey;
      const isTechnical =
        (container?.isTechnical ?? false) || (container?.key !== undefined && isTechnicalTree(container.key));
      open.push({ isObject: symbol === '{', key: undefined, isTechnical, ownKey });
    } else if (symbol === '}' || symbol === ']') open.pop();
    else if (symbol === ',' && container) container.key = undefined;
    else if (symbol[0] === '"') {
      if (container?.isObject && container.key === undefined) container.key = symbol.slice(1, -1);
      else yield* valueBlocksOf(text, match.index, symbol, container);
    }
  }
}

function* valueBlocksOf(
  text: string,
  index: number,
  quoted: string,
  container: Container | undefined,
): Generator<ProseBlock> {
  if (container?.isTechnical) return;
  const key = container?.isObject ? container.key : container?.ownKey;
  if (!isProseValue(quoted.slice(1, -1).replace(/\\[nrt]/g, ' '), key)) return;
  yield* valueBlocks(text, [index + 1, index + quoted.length - 1], { kind: 'value', escape: 'json' });
}
