// Which source token each target token was made from, read off the cross-attention of a forced pass. Pure.

import type { AttentionMap } from '../attention/maps';
import type { AlignmentHeads, Token } from '../types';

/**
 * For each target token the index of the source token that it looked at most, special tokens left out; -1 when there is no other.
 * `map`: cross-attention `[layer, head, target, source]`. `declared`: the heads worth reading; absent: the mean of all heads of the
 * last layer but one, which aligns best without training (Garg et al. 2019, table 2).
 */
export function alignedTokens(
  map: AttentionMap,
  sourceTokens: readonly Token[],
  declared: AlignmentHeads | undefined,
): number[] {
  const [layerCount, headCount, targetCount, sourceCount] = map.shape;
  const layer = declared?.layer ?? Math.max(0, layerCount - 2);
  const heads =
    declared && declared.heads.length > 0 ? declared.heads : Array.from({ length: headCount }, (_, head) => head);
  return Array.from({ length: targetCount }, (_, target) => {
    // The step whose input is a word sees it written; the last token has no such step.
    const row = declared?.inputShift ? Math.min(target + 1, targetCount - 1) : target;
    let best = -1;
    let bestWeight = Number.NEGATIVE_INFINITY;
    for (let source = 0; source < sourceCount; source++) {
      const token = sourceTokens[source];
      if (token.special || token.range[0] === token.range[1]) continue;
      let weight = 0;
      for (const head of heads)
        weight += map.data[((layer * headCount + head) * targetCount + row) * sourceCount + source];
      if (weight <= bestWeight) continue;
      best = source;
      bestWeight = weight;
    }
    return best;
  });
}
