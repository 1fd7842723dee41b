// The families of encoder-decoders: how each names its sizes in config.json, and what it leaves unsaid there. Runs anywhere.

import { excerpt, HeadlightError } from '../errors';
import type { JsonReader } from './jsonReader';

/** Models of one family have the same config fields and the same graphs. */
export type FamilyName = 'marian' | 't5' | 'bart' | 'mbart' | 'pegasus' | 'm2m100';

export interface Family {
  readonly name: FamilyName;
  /** Values of `model_type`. */
  readonly modelTypes: readonly string[];
  /**
   * Names of the config fields. Of several, the first that is there counts; undefined: the family has no such thing.
   */
  readonly fields: {
    readonly encoderLayerCount: readonly string[];
    readonly decoderLayerCount: readonly string[];
    readonly encoderHeadCount: readonly string[];
    readonly decoderHeadCount: readonly string[];
    /** Dimensions of each head; undefined: the model's dimensions, shared out among the heads. */
    readonly headDimension: readonly string[] | undefined;
    readonly maxPositions: readonly string[];
  };
  /**
   * True where positions are learned as distances: then `maxPositions` is what the model was trained on, not a limit of its graphs.
   */
  readonly hasRelativePositions: boolean;
  /** Those of the config class in Hugging Face transformers 5.17: a config.json may leave them out. */
  readonly defaults: {
    readonly maxPositions: number | undefined;
    readonly decoderStartTokenId: number | undefined;
    readonly padTokenId: number | undefined;
    readonly eosTokenId: number | undefined;
  };
}

const stackFields = {
  encoderLayerCount: ['encoder_layers'],
  decoderLayerCount: ['decoder_layers'],
  encoderHeadCount: ['encoder_attention_heads'],
  decoderHeadCount: ['decoder_attention_heads'],
  headDimension: undefined,
  maxPositions: ['max_position_embeddings'],
};

export const families: readonly Family[] = [
  {
    name: 'marian',
    modelTypes: ['marian'],
    fields: stackFields,
    hasRelativePositions: false,
    // Each model has a vocabulary of its own, with its special tokens anywhere.
    defaults: { maxPositions: undefined, decoderStartTokenId: undefined, padTokenId: undefined, eosTokenId: undefined },
  },
  {
    name: 't5',
    modelTypes: ['t5', 'mt5'],
    fields: {
      encoderLayerCount: ['num_layers'],
      decoderLayerCount: ['num_decoder_layers', 'num_layers'],
      encoderHeadCount: ['num_heads'],
      decoderHeadCount: ['num_heads'],
      headDimension: ['d_kv'],
      maxPositions: ['n_positions'],
    },
    hasRelativePositions: true,
    defaults: { maxPositions: 512, decoderStartTokenId: 0, padTokenId: 0, eosTokenId: 1 },
  },
  {
    name: 'bart',
    modelTypes: ['bart'],
    fields: stackFields,
    hasRelativePositions: false,
    defaults: { maxPositions: 1024, decoderStartTokenId: 2, padTokenId: 1, eosTokenId: 2 },
  },
  {
    name: 'mbart',
    modelTypes: ['mbart'],
    fields: stackFields,
    hasRelativePositions: false,
    defaults: { maxPositions: 1024, decoderStartTokenId: 2, padTokenId: 1, eosTokenId: 2 },
  },
  {
    name: 'pegasus',
    modelTypes: ['pegasus'],
    fields: stackFields,
    hasRelativePositions: false,
    defaults: { maxPositions: 1024, decoderStartTokenId: 0, padTokenId: 0, eosTokenId: 1 },
  },
  {
    name: 'm2m100',
    modelTypes: ['m2m_100'],
    fields: stackFields,
    hasRelativePositions: false,
    defaults: { maxPositions: 1024, decoderStartTokenId: 2, padTokenId: 1, eosTokenId: 2 },
  },
];

/** Every `model_type` that Headlight runs. */
export const supportedModelTypes: readonly string[] = families.flatMap(({ modelTypes }) => modelTypes);

/** Errors: `unsupported-architecture` for a model type that Headlight does not run. */
export function familyOf(config: JsonReader, file: string): Family {
  const modelType = excerpt(config.optionalString('model_type') ?? '(no model_type)', 60);
  const family = families.find(({ modelTypes }) => modelTypes.includes(modelType));
  if (family) return family;
  throw new HeadlightError(
    'unsupported-architecture',
    `${file}: model_type is "${modelType}"; Headlight runs ${supportedModelTypes.join(', ')}`,
    { file, found: modelType, supported: supportedModelTypes },
  );
}

/** The first of `names` that config.json has. Errors: `model-file-corrupt` when it has none and there is no default. */
export function firstInteger(config: JsonReader, names: readonly string[], absent?: number): number {
  for (const name of names) if (config.has(name)) return config.integer(name);
  return absent ?? config.integer(names[0]);
}
