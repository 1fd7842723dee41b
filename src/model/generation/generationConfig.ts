// The settings of a search, in the meaning and with the names of Hugging Face `GenerationConfig`. Runs anywhere.

import type { Architecture } from '../config/architecture';
import { describe, JsonReader } from '../config/jsonReader';
import { HeadlightError } from '../errors';
import type { RequiredSequence } from './requiredSequences';

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
  /** Tokens that must not follow the first `position` ones. Default: none. */
  readonly suppressAt?: { readonly position: number; readonly tokenIds: readonly number[] };
  /** What must stand in the output; `requiredSequences.ts`. Default: nothing. */
  readonly requiredSequences?: readonly RequiredSequence[];
}

/** The cost of a search grows with them; nobody searches with so many. */
export const mostBeams = 64;

/** Settings that would change what is generated and that no search here knows, with the value that changes nothing. */
const unsupportedSettings: readonly (readonly [name: string, neutral: unknown])[] = [
  ['do_sample', false],
  ['num_beam_groups', 1],
  ['diversity_penalty', 0],
  ['penalty_alpha', 0],
  ['guidance_scale', 1],
  ['encoder_repetition_penalty', 1],
  ['encoder_no_repeat_ngram_size', 0],
  ['exponential_decay_length_penalty', null],
  ['begin_suppress_tokens', null],
  ['sequence_bias', null],
  ['force_words_ids', null],
  ['constraints', null],
];

/**
 * Reads generation_config.json, or config.json where there is none (older exports keep it there); never both, as Hugging Face.
 * A field that is absent has the default of Hugging Face, except `max_length`, which defaults to the model's positions, and the
 * token ids, which default to those of config.json.
 * Errors: `model-file-corrupt` for a mistyped field or a token id outside the vocabulary, `unsupported-architecture` for a setting
 * that asks for another search.
 */
export function readGenerationConfig(
  text: string | undefined,
  file: string,
  configText: string,
  configFile: string,
  architecture: Architecture,
): GenerationConfig {
  const json = text === undefined ? JsonReader.parse(configText, configFile) : JsonReader.parse(text, file);
  refuseUnsupported(json, text === undefined ? configFile : file);
  const integer = (name: string) => json.optionalInteger(name);
  const number = (name: string) => json.optionalNumber(name);
  // Numbers of new tokens go before lengths, which count the decoder start token.
  const lengthOf = (tokens: string, length: string) => {
    const newTokens = integer(tokens);
    return newTokens === undefined ? integer(length) : newTokens + 1;
  };

  const beamCount = integer('num_beams') ?? 1;
  if (beamCount < 1 || beamCount > mostBeams) throw json.wrong('num_beams', `from 1 to ${mostBeams}`, beamCount);
  const repetitionPenalty = number('repetition_penalty') ?? 1;
  if (repetitionPenalty <= 0) throw json.wrong('repetition_penalty', 'greater than 0', repetitionPenalty);
  const maxLength = lengthOf('max_new_tokens', 'max_length') ?? architecture.maxPositions;
  if (maxLength < 2) throw json.wrong('max_length', 'at least 2: the start token and one more', maxLength);
  const result: GenerationConfig = {
    beamCount,
    lengthPenalty: number('length_penalty') ?? 1,
    earlyStopping: readEarlyStopping(json),
    maxLength: Math.min(maxLength, architecture.maxPositions),
    minLength: lengthOf('min_new_tokens', 'min_length') ?? 0,
    noRepeatNgramSize: integer('no_repeat_ngram_size') ?? 0,
    repetitionPenalty,
    badWordsIds: json.optionalIntegerLists('bad_words_ids') ?? [],
    suppressTokenIds: json.optionalIntegers('suppress_tokens') ?? [],
    forcedBosTokenId: integer('forced_bos_token_id'),
    forcedEosTokenIds: json.optionalIntegers('forced_eos_token_id'),
    renormalizeLogits: json.optionalBoolean('renormalize_logits') ?? false,
    decoderStartTokenId: integer('decoder_start_token_id') ?? architecture.decoderStartTokenId,
    padTokenId: integer('pad_token_id') ?? architecture.padTokenId,
    eosTokenIds: json.optionalIntegers('eos_token_id') ?? architecture.eosTokenIds,
  };
  checkTokenIds(result, architecture.vocabularySize, json);
  return result;
}

function refuseUnsupported(json: JsonReader, file: string): void {
  for (const [name, neutral] of unsupportedSettings) {
    if (!json.has(name) || json.plain[name] === neutral) continue;
    const found = describe(json.plain[name]);
    throw new HeadlightError(
      'unsupported-architecture',
      `${file}: "${name}" is ${found}; Headlight runs greedy and beam search without it`,
      { file, found: `${name} ${found}`, supported: ['greedy search', 'beam search'] },
    );
  }
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
