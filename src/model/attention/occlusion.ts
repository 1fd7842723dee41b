// What changes when a source word is hidden. Sources: Zeiler and Fergus 2014 (occlusion), Li et al. 2016, "Understanding Neural Networks
// through Representation Erasure": importance of a part is the change of the output's log-probability without it. Pure.

import type { AttentionMap } from './maps';
import type { Word } from './methods';
import { normalizeRows } from './rows';

/** Hidden words cost a row of a batch each; a longer source has its first ones hidden, and the result says so. */
export const occludedWordLimit = 96;

/**
 * One attention mask for each word to be hidden, 1 for tokens that are seen: `[word, token]`. A hidden word is out of sight for encoder
 * and decoder, while all others keep their positions.
 */
export function occlusionMasks(words: readonly Word[], tokenCount: number): number[][] {
  return words.slice(0, occludedWordLimit).map(({ tokens }) => {
    const mask = new Array<number>(tokenCount).fill(1);
    for (const token of tokens) mask[token] = 0;
    return mask;
  });
}

/**
 * The map `[1, 1, step, token]`: how much the log-probability of each target token changes, up or down, when a source word is hidden;
 * the change is shared evenly by the tokens of the word. Each row is divided by its sum. `full`: log-probabilities of the target
 * with nothing hidden; `hidden`: with each word hidden, in the order of `words`, which may go on beyond.
 */
export function occlusionMap(
  full: readonly number[],
  hidden: readonly (readonly number[])[],
  words: readonly Word[],
  tokenCount: number,
): AttentionMap {
  const data = new Float32Array(full.length * tokenCount);
  for (const [wordIndex, logProbabilities] of hidden.entries()) {
    const { tokens } = words[wordIndex];
    for (const [step, value] of logProbabilities.entries())
      for (const token of tokens) data[step * tokenCount + token] = Math.abs(full[step] - value) / tokens.length;
  }
  return { shape: [1, 1, full.length, tokenCount], data: normalizeRows(data, tokenCount) };
}
