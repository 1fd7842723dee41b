// Identifiers, numbers and code spans: what a translation copies, so that its place on the other side is known without being told. Pure.

import type { CharacterRange } from '../types';
import type { AttentionMatrix, Word } from './methods';

/** The same text, once on each side. */
export interface CopiedItem {
  readonly text: string;
  readonly source: CharacterRange;
  readonly target: CharacterRange;
}

/** Code in backticks; names with an underscore, a capital inside, a dot or parentheses; options; numbers. */
const itemPattern =
  /`[^`\n]+`|--?[a-z][\w-]*|\b[A-Za-z_]\w*(?:\.\w+)+(?:\(\))?|\b[A-Za-z]\w*\(\)|\b\w*[a-z]\w*[A-Z]\w*|\b\w+_\w+|\b\d+(?:[.,:]\d+)*\b/g;

/** The items that stand exactly once in the source and exactly once in the target. */
export function copiedItems(source: string, target: string): CopiedItem[] {
  const targets = onceIn(target);
  return [...onceIn(source)].flatMap(([text, range]) => {
    const found = targets.get(text);
    return found ? [{ text, source: range, target: found }] : [];
  });
}

function onceIn(text: string): Map<string, CharacterRange> {
  const items = new Map<string, CharacterRange>();
  for (const { 0: item, index } of text.matchAll(itemPattern)) {
    const isOnce = text.indexOf(item) === text.lastIndexOf(item);
    if (isOnce) items.set(item, [index, index + item.length]);
  }
  return items;
}

/** How an alignment links items: `right` of `count`; `mass`: the share of attention on the right words, summed over items. */
export interface ItemScore {
  readonly count: number;
  readonly right: number;
  readonly mass: number;
}

/**
 * An item is linked right when each of its target words gives most of its weight to a word of the item in the source. `weights`:
 * `[targetWord, sourceWord]`. Items that no word covers are left out.
 */
export function scoreItems(
  items: readonly CopiedItem[],
  { columnCount, data }: AttentionMatrix,
  sourceWords: readonly Word[],
  targetWords: readonly Word[],
): ItemScore {
  let [count, right, mass] = [0, 0, 0];
  for (const { source, target } of items) {
    const inSource = wordsIn(sourceWords, source);
    const inTarget = wordsIn(targetWords, target);
    if (inSource.length === 0 || inTarget.length === 0) continue;
    const rows = inTarget.map(word => data.subarray(word * columnCount, (word + 1) * columnCount));
    count++;
    if (rows.every(row => inSource.includes(strongestOf(row)))) right++;
    mass += rows.reduce((sum, row) => sum + inSource.reduce((total, word) => total + row[word], 0), 0) / rows.length;
  }
  return { count, right, mass };
}

function wordsIn(words: readonly Word[], [start, end]: CharacterRange): number[] {
  return [...words.keys()].filter(index => {
    const { range, isPunctuation } = words[index];
    return range[0] < end && range[1] > start && !isPunctuation;
  });
}

/** -1 for a row of zeros: it links to nothing. */
function strongestOf(row: Float32Array): number {
  let best = -1;
  for (const [index, weight] of row.entries()) if (weight > 0 && (best === -1 || weight > row[best])) best = index;
  return best;
}
