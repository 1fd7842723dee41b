// The settings of a search, in the meaning and with the names of Hugging Face `GenerationConfig`. Runs anywhere.

import type { Architecture } from '../config/architecture';
import { JsonReader } from '../config/jsonReader';

export interface GenerationConfig {
  /** 1 is greedy. */
  readonly beamCount: number;
  /** Hypotheses are ranked by sum of log-probabilities / length^lengthPenalty. */
  readonly lengthPenalty: number;
  /** true: stop at `beamCount` finished hypotheses; false: stop when the best live one looks worse; never: only when it must be. */
  readonly earlyStopping: boolean | 'never';
  /** Tokens of the target, decoder start token included. */
  readonly maxLength: number;
  /** No end token before this many tokens, decoder start token included. */
  readonly minLength: number;
  /** No n-gram of this size twice; 0: no such rule. */
  readonly noRepeatNgramSize: number;
  readonly repetitionPenalty: number;
  /** Token sequences that must not appear. */
  readonly badWordsIds: readonly (readonly number[])[];
  readonly suppressTokenIds: readonly number[];
  readonly forcedBosTokenId: number | undefined;
  readonly forcedEosTokenIds: readonly number[] | undefined;
  /** Normalise the log-probabilities again after the rules above have taken some away. */
  readonly renormalizeLogits: boolean;
  readonly decoderStartTokenId: number;
  readonly padTokenId: number;
  readonly eosTokenIds: readonly number[];
}

/**
 * Reads generation_config.json; a field that is absent there is taken from config.json, where older exports keep it, else has
 * the default of Hugging Face, except `max_length`, which defaults to the model's positions.
 * Errors: `model-file-corrupt` for a mistyped field or a token id outside the vocabulary.
 */
export function readGenerationConfig(
  text: string | undefined,
  file: string,
  configText: string,
  configFile: string,
  architecture: Architecture,
): GenerationConfig {
  const config = JsonReader.parse(configText, configFile);
  const generation = text === undefined ? config : JsonReader.parse(text, file);
  const source = (name: string) => (generation.has(name) ? generation : config);
  const integer = (name: string) => source(name).optionalInteger(name);
  const number = (name: string) => source(name).optionalNumber(name);

  const beamCount = integer('num_beams') ?? 1;
  if (beamCount < 1) throw source('num_beams').wrong('num_beams', 'at least 1', beamCount);
  const result: GenerationConfig = {
    beamCount,
    lengthPenalty: number('length_penalty') ?? 1,
    earlyStopping: readEarlyStopping(source('early_stopping')),
    maxLength: Math.min(integer('max_length') ?? architecture.maxPositions, architecture.maxPositions),
    minLength: integer('min_length') ?? 0,
    noRepeatNgramSize: integer('no_repeat_ngram_size') ?? 0,
    repetitionPenalty: number('repetition_penalty') ?? 1,
    badWordsIds: source('bad_words_ids').optionalIntegerLists('bad_words_ids') ?? [],
    suppressTokenIds: source('suppress_tokens').optionalIntegers('suppress_tokens') ?? [],
    forcedBosTokenId: integer('forced_bos_token_id'),
    forcedEosTokenIds: source('forced_eos_token_id').optionalIntegers('forced_eos_token_id'),
    renormalizeLogits: source('renormalize_logits').optionalBoolean('renormalize_logits') ?? false,
    decoderStartTokenId: integer('decoder_start_token_id') ?? architecture.decoderStartTokenId,
    padTokenId: integer('pad_token_id') ?? architecture.padTokenId,
    eosTokenIds: source('eos_token_id').optionalIntegers('eos_token_id') ?? architecture.eosTokenIds,
  };
  checkTokenIds(result, architecture.vocabularySize, generation);
  return result;
}

function readEarlyStopping(json: JsonReader): boolean | 'never' {
  const value = json.plain.early_stopping;
  if (value === 'never') return 'never';
  return json.optionalBoolean('early_stopping') ?? false;
}

function checkTokenIds(config: GenerationConfig, vocabularySize: number, json: JsonReader): void {
  const groups: readonly (readonly [string, readonly number[]])[] = [
    ['bad_words_ids', config.badWordsIds.flat()],
    ['suppress_tokens', config.suppressTokenIds],
    ['forced_bos_token_id', config.forcedBosTokenId === undefined ? [] : [config.forcedBosTokenId]],
    ['forced_eos_token_id', config.forcedEosTokenIds ?? []],
    ['decoder_start_token_id', [config.decoderStartTokenId]],
    ['pad_token_id', [config.padTokenId]],
    ['eos_token_id', config.eosTokenIds],
  ];
  for (const [name, ids] of groups)
    for (const id of ids)
      if (id >= vocabularySize) throw json.wrong(name, `made of ids below the vocabulary size ${vocabularySize}`, id);
}
