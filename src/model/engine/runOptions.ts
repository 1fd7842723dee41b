// What a caller asks of a search, checked, as settings of the search. Runs in the engine process.

import { HeadlightError } from '../errors';
import { type GenerationConfig, mostBeams } from '../generation/generationConfig';
import type { GenerationOptions } from '../types';
import type { Seq2SeqModel } from './seq2seqModel';

const mostAlternatives = 100;

/** Errors: `invalid-request` for options out of bounds. */
export function generationConfigFor(model: Seq2SeqModel, options: GenerationOptions): GenerationConfig {
  const { architecture, generation } = model.folder;
  const { maxNewTokens, nBest, alternativeCount, forcedPrefixIds = [] } = options;
  const beamCount = options.beamCount ?? generation.beamCount;
  requireInteger('the beam count', beamCount, 1, mostBeams);
  if (maxNewTokens !== undefined) requireInteger('the number of new tokens', maxNewTokens, 1, Number.MAX_SAFE_INTEGER);
  if (nBest !== undefined) requireInteger(`the n of the n best of ${beamCount} beams`, nBest, 1, beamCount);
  if (alternativeCount !== undefined)
    requireInteger('the number of alternatives', alternativeCount, 1, mostAlternatives);
  for (const id of forcedPrefixIds) requireInteger('a forced token id', id, 0, architecture.vocabularySize - 1);
  // A limit set by hand replaces max_length, as in Hugging Face, within the positions of the model.
  const maxLength =
    maxNewTokens === undefined
      ? generation.maxLength
      : Math.min(forcedPrefixIds.length + maxNewTokens + 1, architecture.maxPositions);
  requireInteger('the length of the forced prefix', forcedPrefixIds.length, 0, maxLength - 2);
  return { ...generation, beamCount, maxLength };
}

function requireInteger(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new HeadlightError('invalid-request', `expected ${what} to be from ${least} to ${most}, found ${value}`, {
    rule: `${what}: ${least} to ${most}`,
    found: value,
  });
}
