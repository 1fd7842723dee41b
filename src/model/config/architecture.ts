// What config.json says of a model: sizes and special tokens. Runs anywhere.

import { type FamilyName, familyOf, firstInteger } from './families';
import { JsonReader } from './jsonReader';

/** The sizes and special tokens of an encoder-decoder. */
export interface Architecture {
  readonly modelType: string;
  readonly family: FamilyName;
  readonly vocabularySize: number;
  readonly modelDimension: number;
  readonly encoderLayerCount: number;
  readonly decoderLayerCount: number;
  readonly encoderHeadCount: number;
  readonly decoderHeadCount: number;
  /** Dimensions of the keys and values of each decoder head. */
  readonly headDimension: number;
  /** Positions of source and target, special tokens included. */
  readonly maxPositions: number;
  /** True: more than `maxPositions` works, too, if worse. */
  readonly hasRelativePositions: boolean;
  readonly decoderStartTokenId: number;
  readonly padTokenId: number;
  readonly eosTokenIds: readonly number[];
}

/**
 * Reads config.json. Errors: `model-file-corrupt` for a missing or mistyped field, `unsupported-architecture` for a model type
 * that Headlight does not run.
 */
export function readArchitecture(text: string, file: string): Architecture {
  const config = JsonReader.parse(text, file);
  const family = familyOf(config, file);
  const { fields, defaults } = family;
  const modelDimension = config.integer('d_model');
  const decoderHeadCount = firstInteger(config, fields.decoderHeadCount);
  const architecture: Architecture = {
    modelType: config.optionalString('model_type')!,
    family: family.name,
    vocabularySize: firstInteger(config, ['decoder_vocab_size', 'vocab_size']),
    modelDimension,
    encoderLayerCount: firstInteger(config, fields.encoderLayerCount),
    decoderLayerCount: firstInteger(config, fields.decoderLayerCount),
    encoderHeadCount: firstInteger(config, fields.encoderHeadCount),
    decoderHeadCount,
    headDimension: fields.headDimension
      ? firstInteger(config, fields.headDimension)
      : sharedHeadDimension(config, modelDimension, fields.decoderHeadCount[0], decoderHeadCount),
    maxPositions: firstInteger(config, fields.maxPositions, defaults.maxPositions),
    hasRelativePositions: family.hasRelativePositions,
    decoderStartTokenId: firstInteger(config, ['decoder_start_token_id'], defaults.decoderStartTokenId),
    padTokenId: firstInteger(config, ['pad_token_id'], defaults.padTokenId),
    eosTokenIds: readEosTokenIds(config, defaults.eosTokenId),
  };
  checkSizes(architecture, config);
  return architecture;
}

/** Far beyond every model, and small enough that nothing made in these sizes fills the memory. */
const mostLayers = 1000;
const mostTokens = 2 ** 24;
const mostOfAll = 2 ** 24;

function sharedHeadDimension(config: JsonReader, modelDimension: number, field: string, headCount: number): number {
  if (headCount > 0 && modelDimension % headCount === 0) return modelDimension / headCount;
  throw config.wrong(field, `a divisor of d_model ${modelDimension}`, headCount);
}

function readEosTokenIds(config: JsonReader, absent: number | undefined): readonly number[] {
  const ids = config.optionalIntegers('eos_token_id') ?? (absent === undefined ? [] : [absent]);
  if (ids.length === 0) throw config.wrong('eos_token_id', 'a token id', undefined);
  return ids;
}

function checkSizes(architecture: Architecture, config: JsonReader): void {
  const { vocabularySize } = architecture;
  const positive = [
    ['d_model', architecture.modelDimension],
    ['the number of encoder heads', architecture.encoderHeadCount],
    ['the number of decoder heads', architecture.decoderHeadCount],
    ['the dimension of heads', architecture.headDimension],
    ['the number of positions', architecture.maxPositions],
  ] as const;
  for (const [name, value] of positive) if (value === 0) throw config.wrong(name, 'greater than 0', value);
  const counts = [
    ['the number of encoder layers', architecture.encoderLayerCount, mostLayers],
    ['the number of decoder layers', architecture.decoderLayerCount, mostLayers],
    ['the vocabulary size', vocabularySize, mostTokens],
    ...positive.map(([name, value]) => [name, value, mostOfAll] as const),
  ] as const;
  for (const [name, value, most] of counts) if (value > most) throw config.wrong(name, `at most ${most}`, value);
  const tokenIds = [
    ['decoder_start_token_id', architecture.decoderStartTokenId],
    ['pad_token_id', architecture.padTokenId],
    ...architecture.eosTokenIds.map(id => ['eos_token_id', id] as const),
  ] as const;
  for (const [name, id] of tokenIds)
    if (id >= vocabularySize) throw config.wrong(name, `below the vocabulary size ${vocabularySize}`, id);
}
