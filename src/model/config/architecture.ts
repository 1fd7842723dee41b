// What config.json says of a model: sizes and special tokens. Runs anywhere.

import { HeadlightError } from '../errors';
import { JsonReader } from './jsonReader';

/** The sizes and special tokens of an encoder-decoder. */
export interface Architecture {
  readonly modelType: string;
  readonly vocabularySize: number;
  readonly modelDimension: number;
  readonly encoderLayerCount: number;
  readonly decoderLayerCount: number;
  readonly encoderHeadCount: number;
  readonly decoderHeadCount: number;
  /** Positions of source and target, special tokens included. */
  readonly maxPositions: number;
  readonly decoderStartTokenId: number;
  readonly padTokenId: number;
  readonly eosTokenIds: readonly number[];
}

const supportedModelTypes = ['marian'];

/**
 * Reads config.json. Errors: `model-file-corrupt` for a missing or mistyped field, `unsupported-architecture` for a model type
 * that Headlight does not run.
 */
export function readArchitecture(text: string, file: string): Architecture {
  const config = JsonReader.parse(text, file);
  const modelType = config.optionalString('model_type') ?? '(no model_type)';
  if (!supportedModelTypes.includes(modelType))
    throw new HeadlightError(
      'unsupported-architecture',
      `${file}: model_type is "${modelType}"; Headlight runs ${supportedModelTypes.join(', ')}`,
      { file, found: modelType, supported: supportedModelTypes },
    );
  const eosTokenIds = config.optionalIntegers('eos_token_id');
  if (!eosTokenIds || eosTokenIds.length === 0) throw config.wrong('eos_token_id', 'a token id', undefined);
  const architecture = {
    modelType,
    vocabularySize: config.optionalInteger('decoder_vocab_size') ?? config.integer('vocab_size'),
    modelDimension: config.integer('d_model'),
    encoderLayerCount: config.integer('encoder_layers'),
    decoderLayerCount: config.integer('decoder_layers'),
    encoderHeadCount: config.integer('encoder_attention_heads'),
    decoderHeadCount: config.integer('decoder_attention_heads'),
    maxPositions: config.integer('max_position_embeddings'),
    decoderStartTokenId: config.integer('decoder_start_token_id'),
    padTokenId: config.integer('pad_token_id'),
    eosTokenIds,
  };
  checkSizes(architecture, config);
  return architecture;
}

function checkSizes(architecture: Architecture, config: JsonReader): void {
  const { modelDimension, decoderHeadCount, encoderHeadCount, vocabularySize } = architecture;
  const positive = [
    ['d_model', modelDimension],
    ['encoder_attention_heads', encoderHeadCount],
    ['decoder_attention_heads', decoderHeadCount],
    ['max_position_embeddings', architecture.maxPositions],
  ] as const;
  for (const [name, value] of positive) if (value === 0) throw config.wrong(name, 'greater than 0', value);
  if (modelDimension % decoderHeadCount !== 0)
    throw config.wrong('decoder_attention_heads', `a divisor of d_model ${modelDimension}`, decoderHeadCount);
  const tokenIds = [
    ['decoder_start_token_id', architecture.decoderStartTokenId],
    ['pad_token_id', architecture.padTokenId],
    ...architecture.eosTokenIds.map(id => ['eos_token_id', id] as const),
  ] as const;
  for (const [name, id] of tokenIds)
    if (id >= vocabularySize) throw config.wrong(name, `below the vocabulary size ${vocabularySize}`, id);
}
