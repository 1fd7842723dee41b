// What the attention methods are called and give: the words that engine, panel and terminal program share. Plain data.

import type { AlignmentHeads, CharacterRange } from '../types';
import type { AttentionKind, AttentionMaps } from './maps';

/**
 * How attention is read. `raw`: the weights as they are. `norm`: weighted by the length of what each column hands on. `rollout`:
 * followed through all layers. `occlusion`: what changes when a word is hidden. `alignment`: which word comes from which.
 */
export type AttentionMethod = 'raw' | 'norm' | 'rollout' | 'alignment' | 'occlusion';

export const attentionMethods: readonly AttentionMethod[] = ['raw', 'norm', 'rollout', 'alignment', 'occlusion'];

/** The methods whose answer is maps over tokens. */
export type MapMethod = Exclude<AttentionMethod, 'alignment'>;

/** Why a method gives nothing here: "unavailable, because `rule`; found `found`". Plain data, not an error. */
export interface Unavailable {
  readonly reason: /** The export keeps its attention weights inside fused operators. */
    | 'weights-hidden'
    /** The graph does not show what the heads read or where it goes on: values, or the output projection. */
    | 'values-hidden'
    /** The graph does not show queries, keys or scores. */
    | 'scores-hidden'
    /** No heads are declared or calibrated for a word alignment. */
    | 'no-heads'
    /** The method says nothing of this kind of attention. */
    | 'not-defined';
  /** What would have to hold, in words. */
  readonly rule: string;
  readonly found: string;
}

export function isUnavailable(value: object): value is Unavailable {
  return 'reason' in value && 'rule' in value;
}

/** What a method made of one segment. Every kind of attention is in one of the two. */
export interface MethodMaps {
  readonly method: MapMethod;
  /**
   * `raw` and `norm`: `[layer, head, row, column]`; `rollout` and `occlusion`: `[1, 1, row, column]`. Each row sums to 1, but for
   * rows of zeros where nothing can be said: no column holds a value, or no source word was hidden.
   */
  readonly maps: Partial<AttentionMaps>;
  readonly unavailable: Readonly<Partial<Record<AttentionKind, Unavailable>>>;
  /** Of `occlusion`: how many source words were hidden, in turn, of how many. Fewer than all: the source was too long. */
  readonly occluded: { readonly wordCount: number; readonly ofCount: number } | undefined;
}

/** A word of a text and the tokens it is made of. Words don't overlap; a token is of one word at most. */
export interface Word {
  /** In the text of the tokens' ranges. */
  readonly range: CharacterRange;
  /** Indices into the tokens, rising. */
  readonly tokens: readonly number[];
  /** No letter and no digit in it. */
  readonly isPunctuation: boolean;
}

/** One link of a word alignment: indices of words, and the share of its target word's attention, 0 to 1. */
export type WordLink = readonly [sourceWord: number, targetWord: number, probability: number];

/** Which source words each target word comes from. */
export interface WordAlignment {
  readonly sourceWords: readonly Word[];
  readonly targetWords: readonly Word[];
  /** By target word, then source word. A word may have no link. */
  readonly links: readonly WordLink[];
  /** `[targetWord, sourceWord]`, before the threshold; each row sums to 1, or is all zeros when only sinks were read. */
  readonly weights: AttentionMatrix;
  /** What the alignment was read from. */
  readonly heads: AlignmentHeads;
  /** Who chose those heads: headlight.json of the model, or a calibration on this machine. */
  readonly origin: 'declared' | 'calibrated';
  /** Words that deserve a second look. */
  readonly doubts: readonly Doubt[];
}

/**
 * A source word that may have been left out (`word` in the source, `value` the largest share of attention that an output word gives it),
 * or an output word that may have been made up (`word` in the target, `value` its probability). How they are told is in `doubts.ts`.
 */
export interface Doubt {
  readonly kind: 'omitted' | 'invented';
  readonly word: number;
  /** 0 to 1. */
  readonly value: number;
}

/** One matrix of weights: `[row, column]`, row-major. */
export interface AttentionMatrix {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly data: Float32Array;
}

/** One cell of a map, taken apart: the formula of "Attention Is All You Need", section 3.2.1, with its numbers. */
export interface CellExplanation {
  readonly kind: AttentionKind;
  readonly layerIndex: number;
  readonly headIndex: number;
  readonly row: number;
  readonly column: number;
  /** What the row asks with: one number for each dimension of the head, after the projection and before any scaling. */
  readonly query: Float32Array;
  /** What the column answers to: as `query`. */
  readonly key: Float32Array;
  /** `scale * query · key + bias` is the score. 1 / sqrt(dimensions), or 1 in T5, which scales nothing. */
  readonly scale: number;
  /** Added to the cell's score: the position bias of T5, else 0. */
  readonly bias: number;
  /** Before the softmax, for every column of the row, scaled and with bias. -Infinity: the row cannot see that column. */
  readonly scores: Float32Array;
  /** After the softmax, for every column of the row; sums to 1. */
  readonly weights: Float32Array;
  /** What of the value the head hands on, or why that cannot be seen. */
  readonly value:
    | {
        /** What the column carries: one number for each dimension of the head. */
        readonly vector: Float32Array;
        /** ||alpha f(x)|| of every column of the row: length of the value after the output projection, times the weight. */
        readonly norms: Float32Array;
      }
    | Unavailable;
}

/** Chosen heads for a word alignment, and what they gained on the calibration set. */
export interface Calibration {
  readonly modelSha256: string;
  readonly heads: AlignmentHeads;
  /** Identifiers, numbers and code spans occurring once on both sides, linked right: of how many, with which heads. */
  readonly itemCount: number;
  readonly pairCount: number;
  readonly rightBefore: number;
  readonly rightAfter: number;
  /** What `rightBefore` was read from: declared heads, or the mean of the last layer's. */
  readonly before: AlignmentHeads;
  /** Each layer with its mean over heads, shifted and not, best first. */
  readonly candidates: readonly { readonly heads: AlignmentHeads; readonly right: number }[];
}
