// The rules that take tokens away before the search chooses, in the order and meaning of Hugging Face transformers 5.17
// (`generation/logits_process.py`). Runs anywhere.

import type { GenerationConfig } from './generationConfig';

/** Changes one row of scores in place. `generated`: tokens after the decoder start token. */
export type LogitsProcessor = (generated: readonly number[], scores: Float32Array) => void;

/** Every rule that `config` asks for, in the order of `GenerationMixin._get_logits_processor`. */
export function logitsProcessors(config: GenerationConfig, maxLength: number): LogitsProcessor[] {
  const processors: LogitsProcessor[] = [];
  if (config.repetitionPenalty !== 1) processors.push(repetitionPenalty(config));
  if (config.noRepeatNgramSize > 0) processors.push(noRepeatNgram(config));
  if (config.badWordsIds.length > 0) processors.push(badWords(config));
  if (config.minLength > 0) processors.push(minLength(config));
  for (const { position, tokenIds } of forcedPlaces(config, maxLength)) processors.push(forceAt(position, tokenIds));
  if (config.suppressTokenIds.length > 0) processors.push(suppress(config.suppressTokenIds));
  return processors;
}

/** True when the token after `generatedCount` others is given by `config`, whatever the model says. */
export function isForced(config: GenerationConfig, maxLength: number, generatedCount: number): boolean {
  return forcedPlaces(config, maxLength).some(({ position }) => position === generatedCount);
}

function forcedPlaces({ forcedBosTokenId, forcedEosTokenIds }: GenerationConfig, maxLength: number) {
  const places: { readonly position: number; readonly tokenIds: readonly number[] }[] = [];
  if (forcedBosTokenId !== undefined) places.push({ position: 0, tokenIds: [forcedBosTokenId] });
  // At the last place; the start token counts towards maxLength.
  if (forcedEosTokenIds !== undefined) places.push({ position: maxLength - 2, tokenIds: forcedEosTokenIds });
  return places;
}

function suppress(tokenIds: readonly number[]): LogitsProcessor {
  return (_, scores) => {
    for (const id of tokenIds) scores[id] = Number.NEGATIVE_INFINITY;
  };
}

/** Keskar et al. 2019 (CTRL), section 4.1: a negative score is multiplied, a positive one divided. */
function repetitionPenalty({ repetitionPenalty: penalty, decoderStartTokenId }: GenerationConfig): LogitsProcessor {
  return (generated, scores) => {
    for (const id of new Set([decoderStartTokenId, ...generated]))
      scores[id] = scores[id] < 0 ? scores[id] * penalty : scores[id] / penalty;
  };
}

function noRepeatNgram({ noRepeatNgramSize: size, decoderStartTokenId }: GenerationConfig): LogitsProcessor {
  return (generated, scores) => {
    const tokens = [decoderStartTokenId, ...generated];
    const open = tokens.slice(tokens.length - size + 1);
    if (open.length < size - 1) return;
    for (let start = 0; start + size <= tokens.length; start++)
      if (open.every((id, offset) => tokens[start + offset] === id))
        scores[tokens[start + size - 1]] = Number.NEGATIVE_INFINITY;
  };
}

function badWords({ badWordsIds, eosTokenIds }: GenerationConfig): LogitsProcessor {
  // As in NoBadWordsLogitsProcessor: an end token alone is never a bad word.
  const sequences = badWordsIds.filter(ids => ids.length > 0 && !(ids.length === 1 && eosTokenIds.includes(ids[0])));
  return (generated, scores) => {
    for (const ids of sequences) {
      const prefix = ids.slice(0, -1);
      const from = generated.length - prefix.length;
      if (from >= 0 && prefix.every((id, offset) => generated[from + offset] === id))
        scores[ids[ids.length - 1]] = Number.NEGATIVE_INFINITY;
    }
  };
}

function minLength({ minLength: length, eosTokenIds }: GenerationConfig): LogitsProcessor {
  return (generated, scores) => {
    if (generated.length + 1 >= length) return;
    for (const id of eosTokenIds) scores[id] = Number.NEGATIVE_INFINITY;
  };
}

/** Leaves nothing but `tokenIds`, each with score 0, when `position` tokens were generated. */
function forceAt(position: number, tokenIds: readonly number[]): LogitsProcessor {
  return (generated, scores) => {
    if (generated.length !== position) return;
    scores.fill(Number.NEGATIVE_INFINITY);
    for (const id of tokenIds) scores[id] = 0;
  };
}
