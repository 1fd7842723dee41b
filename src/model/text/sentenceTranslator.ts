// What a document asks of a translator: sentences in, parts of target text out. Types only.

import type { Segment, Token } from '../types';
import type { CarryOutcome, TargetPart } from './carrySpans';
import type { ProseSentence } from './proseSentences';

/** What became of a sentence. `already`: it is in the target language. `left`: its spans could not be kept, so its source stays. */
export type SentenceFate = 'translated' | 'already' | 'left';

/** How the spans of a sentence were kept; `constrained`: the sentence was searched again with its spans as a constraint. */
export type SpanOutcome = CarryOutcome | 'constrained';

/** What a model read and wrote for a sentence. */
export interface SentenceTrace {
  /** Ranges are in the text of the sentence. */
  readonly sourceTokens: readonly Token[];
  /** Ranges are in `output`. */
  readonly targetTokens: readonly Token[];
  /** As the model wrote it. */
  readonly output: string;
  readonly logProbabilities: readonly number[];
  readonly score: number;
  readonly truncated: boolean;
  /** What was asked for besides: as the model wrote it, before spans were carried. */
  readonly details?: Pick<Segment, 'alternatives' | 'hypotheses'>;
}

export interface SentenceTranslation {
  readonly fate: SentenceFate;
  /** Undefined when the sentence stays as it is. */
  readonly parts: readonly TargetPart[] | undefined;
  /** Undefined for a sentence without anchors and marks, and for one that stays. */
  readonly outcome: SpanOutcome | undefined;
  /** Offset in the output -> offset in the text of the parts. */
  readonly moved: (offset: number) => number;
  /** Undefined when no model read it. */
  readonly trace: SentenceTrace | undefined;
  /** It was translated before. */
  readonly cached: boolean;
}

export interface SentenceListener {
  /** More of the final text of a sentence; only for those without anchors and marks. Concatenated, it is the final text. */
  readonly onText: (index: number, append: string) => void;
  readonly onFinished: (index: number, translation: SentenceTranslation) => void;
}

export interface SentenceTranslator {
  /**
   * Translates a window of sentences in batches of its own, the first of them first. `isLong`: words of the document were shown
   * already, so that others may go before. Cancelled between steps of the search.
   */
  translate(sentences: readonly ProseSentence[], isLong: boolean, listener: SentenceListener): Promise<void>;
}
