// The rules that take tokens away before the search chooses, in the order and meaning of Hugging Face transformers 5.17
// (`generation/logits_process.py`). Runs anywhere.

import type { GenerationConfig } from './generationConfig';
import { requireSequences } from './requiredSequences';
import type { ScoreRow } from './scoreRow';

export interface LogitsProcessor {
  /** Changes one row of scores in place. `generated`: tokens after the decoder start token. */
  apply(generated: readonly number[], row: ScoreRow): void;
  /**
   * How many tokens it may take away or lower after `generated`: the search must see so many more of the best ones than it wants.
   * Infinity: it may raise any token, so that the search must see all.
   */
  reach(generated: readonly number[]): number;
}

/** Every rule that `config` asks for, in the order of `GenerationMixin._get_logits_processor`. */
export function logitsProcessors(config: GenerationConfig, maxLength: number): LogitsProcessor[] {
  const processors: LogitsProcessor[] = [];
  if (config.repetitionPenalty !== 1) processors.push(repetitionPenalty(config));
  if (config.noRepeatNgramSize > 0) processors.push(removing(generated => repeatedNgramEnds(config, generated)));
  if (config.badWordsIds.length > 0) processors.push(removing(badWordEnds(config)));
  if (config.minLength > 0)
    processors.push(removing(generated => (generated.length + 1 < config.minLength ? config.eosTokenIds : [])));
  for (const { position, tokenIds } of forcedPlaces(config, maxLength)) processors.push(forceAt(position, tokenIds));
  if (config.suppressTokenIds.length > 0) processors.push(removing(() => config.suppressTokenIds));
  // Not of Hugging Face: only a sentence that invented or lost a span is searched with them.
  const { suppressAt } = config;
  if (suppressAt)
    processors.push(removing(({ length }) => (length === suppressAt.position ? suppressAt.tokenIds : [])));
  if (config.requiredSequences) processors.push(requireSequences(config.requiredSequences, config.eosTokenIds));
  return processors;
}

/** True when the token after `generatedCount` others is given by `config`, whatever the model says. */
export function isForced(config: GenerationConfig, maxLength: number, generatedCount: number): boolean {
  return forcedPlaces(config, maxLength).some(({ position }) => position === generatedCount);
}

/**
 * So many of the best tokens after `generated` hold the `wanted` best that the rules of `config` leave. Infinity: every token must
 * be seen.
 */
export function bestCountFor(
  wanted: number,
  config: GenerationConfig,
  processors: readonly LogitsProcessor[],
  generated: readonly number[],
): number {
  if (config.renormalizeLogits) return Number.POSITIVE_INFINITY;
  return processors.reduce((sum, processor) => sum + processor.reach(generated), wanted);
}

function forcedPlaces({ forcedBosTokenId, forcedEosTokenIds }: GenerationConfig, maxLength: number) {
  const places: { readonly position: number; readonly tokenIds: readonly number[] }[] = [];
  if (forcedBosTokenId !== undefined) places.push({ position: 0, tokenIds: [forcedBosTokenId] });
  // At the last place; the start token counts towards maxLength.
  if (forcedEosTokenIds !== undefined) places.push({ position: maxLength - 2, tokenIds: forcedEosTokenIds });
  return places;
}

/** A rule that only takes tokens away: those that `removed` gives. */
function removing(removed: (generated: readonly number[]) => readonly number[]): LogitsProcessor {
  return {
    apply: (generated, row) => {
      for (const id of removed(generated)) row.remove(id);
    },
    reach: generated => removed(generated).length,
  };
}

/** Keskar et al. 2019 (CTRL), section 4.1: a negative score is multiplied, a positive one divided. */
function repetitionPenalty({ repetitionPenalty: penalty, decoderStartTokenId }: GenerationConfig): LogitsProcessor {
  return {
    apply: (generated, row) => {
      for (const id of new Set([decoderStartTokenId, ...generated])) {
        const index = row.indexOf(id);
        const value = row.values[index];
        if (index !== -1) row.values[index] = value < 0 ? value * penalty : value / penalty;
      }
    },
    // Below 1 it is a reward.
    reach: generated => (penalty > 1 ? generated.length + 1 : Number.POSITIVE_INFINITY),
  };
}

function repeatedNgramEnds(
  { noRepeatNgramSize: size, decoderStartTokenId }: GenerationConfig,
  generated: readonly number[],
): number[] {
  const tokens = [decoderStartTokenId, ...generated];
  const open = tokens.slice(tokens.length - size + 1);
  const ends: number[] = [];
  if (open.length < size - 1) return ends;
  for (let start = 0; start + size <= tokens.length; start++)
    if (open.every((id, offset) => tokens[start + offset] === id)) ends.push(tokens[start + size - 1]);
  return ends;
}

function badWordEnds({ badWordsIds, eosTokenIds }: GenerationConfig): (generated: readonly number[]) => number[] {
  // As in NoBadWordsLogitsProcessor: an end token alone is never a bad word.
  const sequences = badWordsIds.filter(ids => ids.length > 0 && !(ids.length === 1 && eosTokenIds.includes(ids[0])));
  return generated => {
    const ends: number[] = [];
    for (const ids of sequences) {
      const from = generated.length - (ids.length - 1);
      let offset = 0;
      while (from >= 0 && offset < ids.length - 1 && generated[from + offset] === ids[offset]) offset++;
      if (from >= 0 && offset === ids.length - 1) ends.push(ids[offset]);
    }
    return ends;
  };
}

/** Leaves nothing but `tokenIds`, each with score 0, when `position` tokens were generated. */
function forceAt(position: number, tokenIds: readonly number[]): LogitsProcessor {
  return {
    apply: (generated, row) => {
      if (generated.length === position) row.replaceBy(tokenIds);
    },
    reach: () => 0,
  };
}
