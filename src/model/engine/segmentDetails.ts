// What a segment holds only when it was asked for: alternatives of each step and the n best hypotheses. Runs in the engine process.

import type { Alternative, Hypothesis } from '../generation/sourceSearch';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Segment, SegmentHypothesis, TokenAlternative } from '../types';

/** `hypotheses`: best first, that of the segment before all. `nBest`: how many of them to give; undefined: none. */
export function segmentDetails(
  tokenizer: Tokenizer,
  hypotheses: readonly Hypothesis[],
  nBest: number | undefined,
): Pick<Segment, 'alternatives' | 'hypotheses'> {
  const { alternatives } = hypotheses[0];
  return {
    ...(alternatives && { alternatives: withTexts(tokenizer, alternatives) }),
    ...(nBest !== undefined && { hypotheses: hypotheses.slice(0, nBest).map(one => described(tokenizer, one)) }),
  };
}

export function withTexts(
  tokenizer: Tokenizer,
  steps: readonly (readonly Alternative[])[],
): readonly (readonly TokenAlternative[])[] {
  return steps.map(step => step.map(one => ({ ...one, text: tokenizer.textOf(one.tokenId) })));
}

function described(
  tokenizer: Tokenizer,
  { tokenIds, logProbabilities, score, truncated }: Hypothesis,
): SegmentHypothesis {
  return {
    text: tokenizer.decode(tokenIds),
    targetIds: tokenIds,
    targetTokens: tokenIds.map(id => tokenizer.textOf(id)),
    logProbabilities,
    score,
    truncated,
  };
}
