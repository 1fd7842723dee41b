// From cross-attention over tokens to links between words. Pure.

import type { AlignmentHeads } from '../types';
import { type AttentionMap, layerOf, meanOverHeads } from './maps';
import type { AttentionMatrix, Word, WordAlignment, WordLink } from './methods';
import { normalizeRows } from './rows';

/** A word is linked when it holds this share of the attention on words: three may share one word's attention, not more. */
const linkThreshold = 0.3;

/** The mean of the chosen heads' weights: `[row, column]`. */
export function weightsOfHeads(map: AttentionMap, layer: number, heads: readonly number[]): Float32Array {
  const weights = layerOf(map, layer);
  const headSize = map.shape[2] * map.shape[3];
  const chosen = new Float32Array(heads.length * headSize);
  heads.forEach((head, place) => {
    chosen.set(weights.subarray(head * headSize, (head + 1) * headSize), place * headSize);
  });
  return meanOverHeads(chosen, heads.length);
}

/**
 * Words by words from tokens by tokens. The row of a target word is the mean over its tokens, the column of a source word the maximum
 * over its tokens. With `inputShift` the row of a token is the step that reads it, one further on; `[step, token]` then has one step
 * more than the target, else the last token has no row. Sinks are left out: tokens that are in no word (end token, prefix, white
 * space), and the source's final punctuation where the target word is a word. Each row is divided by its sum.
 */
export function wordWeights(
  tokenWeights: AttentionMatrix,
  sourceWords: readonly Word[],
  targetWords: readonly Word[],
  inputShift: boolean,
): AttentionMatrix {
  const { rowCount, columnCount, data: weights } = tokenWeights;
  const data = new Float32Array(targetWords.length * sourceWords.length);
  const finalWord = sourceWords.length - 1;
  for (const [targetIndex, target] of targetWords.entries()) {
    const steps = target.tokens.map(token => (inputShift ? token + 1 : token)).filter(step => step < rowCount);
    for (const [sourceIndex, source] of sourceWords.entries()) {
      const isSink = sourceIndex === finalWord && source.isPunctuation && !target.isPunctuation;
      if (isSink || steps.length === 0) continue;
      let sum = 0;
      for (const step of steps) sum += Math.max(...source.tokens.map(token => weights[step * columnCount + token]));
      data[targetIndex * sourceWords.length + sourceIndex] = sum / steps.length;
    }
  }
  return {
    rowCount: targetWords.length,
    columnCount: sourceWords.length,
    data: normalizeRows(data, sourceWords.length),
  };
}

/** Every pair of words with at least the threshold of its target word's attention. A word may have several links or none. */
export function linksAbove({ rowCount, columnCount, data }: AttentionMatrix, threshold = linkThreshold): WordLink[] {
  const links: WordLink[] = [];
  for (let target = 0; target < rowCount; target++)
    for (let source = 0; source < columnCount; source++) {
      const probability = data[target * columnCount + source];
      if (probability >= threshold) links.push([source, target, probability]);
    }
  return links;
}

/** Words, weights and links of one segment, without doubts. `tokenWeights`: those of the chosen heads, as `wordWeights` takes them. */
export function alignWords(
  tokenWeights: AttentionMatrix,
  sourceWords: readonly Word[],
  targetWords: readonly Word[],
  heads: AlignmentHeads,
  origin: WordAlignment['origin'],
): WordAlignment {
  const weights = wordWeights(tokenWeights, sourceWords, targetWords, heads.inputShift);
  return { sourceWords, targetWords, links: linksAbove(weights), weights, heads, origin, doubts: [] };
}
