// What the whole product talks about: models, tasks, segments, results. Plain data only; runs anywhere.

/** A place to run graphs. */
export type GraphDevice = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

/** A device, or `auto`: the fastest one that a probe has proven right, and the CPU until then. */
export type DeviceName = 'auto' | GraphDevice;

export const deviceNames: readonly DeviceName[] = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'];

/** Half-open range of UTF-16 code units: `[start, end)`. */
export type CharacterRange = readonly [start: number, end: number];

/** One token and where it stands. */
export interface Token {
  readonly id: number;
  /** As in the vocabulary, but for an unknown token the text it stands for. */
  readonly text: string;
  /** In the text that was tokenized; empty (`start === end`) for tokens that stand for no text, such as `</s>` or a prefix. */
  readonly range: CharacterRange;
  /** Added by the model's template or task, not part of the text. */
  readonly special: boolean;
  /** The vocabulary does not hold this text: the model sees only "unknown". */
  readonly unknown: boolean;
}

export interface TranslateTask {
  readonly kind: 'translate';
  /** Target language as a BCP 47 primary tag, such as `es`. Absent: the model's only direction, or its first. */
  readonly to?: string;
  /** Source language. Absent: detected. */
  readonly from?: string;
  /**
   * Where a text goes that is already in `to`; `any`: the model's first other target language. Absent: it is run all the same.
   */
  readonly alternateTo?: string;
}

export interface SummarizeTask {
  readonly kind: 'summarize';
  /** Language that the summary must be in. Absent: any that the model summarises in. */
  readonly to?: string;
  /** Source language. Absent: detected. */
  readonly from?: string;
}

/** No prefix, no language: the tokenizer's own special tokens only. A special token written in the text is that token. */
export interface RawTask {
  readonly kind: 'raw';
}

export type Task = TranslateTask | SummarizeTask | RawTask;

/**
 * What becomes one segment. `sentences`: each sentence; a line break always ends one. `lines`: each line is a text of its own whose
 * output has no line break: its sentences for a translation, the line for a summary or a raw run. `whole`: the text as it is.
 * Summaries take runs of sentences for `sentences`.
 */
export type Segmentation = 'sentences' | 'lines' | 'whole';

export interface GenerationOptions {
  /** 1 is greedy. Default: `num_beams` of generation_config.json, else 1. */
  readonly beamCount?: number;
  /** Tokens per segment, the end token included. Default: what the source length and the model's positions allow. */
  readonly maxNewTokens?: number;
  /** So many hypotheses of each segment, best first, in `Segment.hypotheses`: 1 to the beam count. Default: none. */
  readonly nBest?: number;
  /** So many of the most probable tokens of each step in `Segment.alternatives`: 1 to 100. Default: none. */
  readonly alternativeCount?: number;
  /**
   * Tokens that the target begins with, without the decoder start token, as `decoder_input_ids` of Hugging Face: the search goes
   * on from there. For a text of one segment (`whole`); another is an `invalid-request`. Default: none.
   */
  readonly forcedPrefixIds?: readonly number[];
}

/** A token that could have stood in a place of the target. */
export interface TokenAlternative {
  readonly tokenId: number;
  /** As in the vocabulary. */
  readonly text: string;
  /** Among the tokens that the rules of generation_config.json allowed there. */
  readonly logProbability: number;
}

/** One output of the search for a segment. */
export interface SegmentHypothesis {
  readonly text: string;
  readonly targetIds: readonly number[];
  /** As in the vocabulary, one for each id. */
  readonly targetTokens: readonly string[];
  readonly logProbabilities: readonly number[];
  readonly score: number;
  readonly truncated: boolean;
}

/** One source segment with its output. */
export interface Segment {
  /** In the whole source text. */
  readonly source: CharacterRange;
  /** In the whole target text. */
  readonly target: CharacterRange;
  /** Ranges are in the whole source text. */
  readonly sourceTokens: readonly Token[];
  /** Ranges are in the whole target text. */
  readonly targetTokens: readonly Token[];
  /** Log-probability of each target token given those before it. */
  readonly logProbabilities: readonly number[];
  /** Sum of log-probabilities / length^lengthPenalty (greedy: length penalty 1). A forced prefix counts in neither. */
  readonly score: number;
  /** True when generation stopped at its token limit instead of at an end token. */
  readonly truncated: boolean;
  /** `[step][rank]`, best first: what could have stood in place of each target token. Only when asked for. */
  readonly alternatives?: readonly (readonly TokenAlternative[])[];
  /** The best hypotheses, this one first. Only when asked for. */
  readonly hypotheses?: readonly SegmentHypothesis[];
  /**
   * Summaries only. `extract`: the model was unsure of its own words, and the target is the first sentence of the source, with the
   * model's log-probabilities for it.
   */
  readonly kind?: 'abstract' | 'extract';
  /** Of a document: what the sentence stands in, such as `paragraph` or `comment`. */
  readonly block?: string;
  /** Of a document. `already`: it was in the target language. `left`: its spans could not be kept, so the source stays. */
  readonly fate?: 'translated' | 'already' | 'left';
  /** Of a document: how protected spans and markup came into the target; absent when the sentence has none. */
  readonly spans?: 'copied' | 'aligned' | 'constrained';
}

/** The part of a source that a model cannot read: it sees the same "unknown" in place of each. */
export interface UnknownText {
  /** Characters in unknown tokens. */
  readonly unknownLength: number;
  /** Characters in all tokens. */
  readonly length: number;
  /** A few of the unknown texts, each once. */
  readonly examples: readonly string[];
}

export interface RunResult {
  readonly source: string;
  readonly target: string;
  /** In document order. With a pivot their source ranges are in `pivot.text`, which is what the model read. */
  readonly segments: readonly Segment[];
  readonly task: Task['kind'];
  /** The language the source was taken for; undefined when the model declares no languages. */
  readonly from: string | undefined;
  /** The language of the target; undefined when the model declares no languages. */
  readonly to: string | undefined;
  /** Set when the text was translated first because the summariser lacks its language. */
  readonly pivot: { readonly from: string; readonly to: string; readonly text: string } | undefined;
  readonly model: ModelIdentity;
  readonly device: DeviceName;
  /** Set when the vocabulary lacks so much of the source that the output can't be trusted. */
  readonly unknownText?: UnknownText;
  /** Of translations by sentences: how many sentences and spans had which fate. */
  readonly counts?: DocumentCounts;
}

/** How many sentences and spans of a document had which fate. */
export interface DocumentCounts {
  /** Blocks of prose that were read. */
  readonly blocks: number;
  readonly sentences: number;
  /** Sentences that were in the target language. */
  readonly already: number;
  /** Sentences left in the source, because their spans could not be kept. */
  readonly left: number;
  /** Sentences that were translated before. */
  readonly cached: number;
  /** Sentences whose spans the translator copied, that were placed by alignment, that took a constrained search. */
  readonly copied: number;
  readonly aligned: number;
  readonly constrained: number;
}

export interface ModelIdentity {
  readonly folder: string;
  readonly name: string;
  /** Over the ONNX files and the tokenizer: the same parameters and vocabulary give the same value. */
  readonly sha256: string;
}

/** What makes a model worse than it could be, and its owner can do something about. */
export type ModelWarning =
  /** Only `decoder_model.onnx` is there: without cached keys and values each step costs as much as all before it together. */
  'decoder-without-cache';

/** What a model can do and where its attention is worth looking at. */
export interface ModelDescription extends ModelIdentity {
  readonly architecture: string;
  readonly vocabularySize: number;
  readonly encoderLayerCount: number;
  readonly decoderLayerCount: number;
  readonly encoderHeadCount: number;
  readonly decoderHeadCount: number;
  readonly modelDimension: number;
  readonly maxPositions: number;
  /** Target language -> source languages it takes. Undefined: one direction, languages not declared. */
  readonly translate: Readonly<Record<string, readonly string[]>> | undefined;
  /** Languages the summariser takes. Undefined: no summaries declared. */
  readonly summarize: readonly string[] | undefined;
  /** Heads worth reading as a word alignment. Undefined: not declared. */
  readonly alignment: AlignmentHeads | undefined;
  readonly license: string | undefined;
  /** ONNX files in use, relative to the folder. */
  readonly files: readonly string[];
  readonly parameterBytes: number;
  /** Default beam count from generation_config.json. */
  readonly beamCount: number;
  readonly warnings: readonly ModelWarning[];
}

export interface AlignmentHeads {
  readonly layer: number;
  readonly heads: readonly number[];
  /** True: the row that aligns a word is the step whose INPUT is that word, one below the step that produced it. */
  readonly inputShift: boolean;
  /** True: the weights are those of method `norm`. Absent: as the softmax gives them. */
  readonly norm?: boolean;
}
