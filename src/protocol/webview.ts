// The boundary between the extension and the attention panel's webview: every method, typed.

import type { AttentionKind } from '../model/attention/maps';
import type { CharacterRange } from '../model/types';

/** A token as the panel shows it. */
export interface PanelToken {
  readonly id: number;
  readonly text: string;
  /** In `PanelSegment.source` or `.target`. */
  readonly range: CharacterRange;
  readonly special: boolean;
  readonly unknown: boolean;
  /** Probability 0 to 1 of a target token given those before it; undefined for source tokens. */
  readonly probability: number | undefined;
}

/** One entry of the segment chooser. */
export interface SegmentSummary {
  readonly index: number;
  /** The start of the source text, shortened for a list. */
  readonly label: string;
}

export interface PanelSegment {
  readonly index: number;
  readonly source: string;
  readonly target: string;
  readonly sourceTokens: readonly PanelToken[];
  readonly targetTokens: readonly PanelToken[];
  readonly score: number;
}

export interface PanelAlignment {
  readonly layer: number;
  readonly heads: readonly number[];
  readonly inputShift: boolean;
}

/** What the panel shows: one output. Maps are pulled when needed. */
export interface PanelOutput {
  /** Grows with every new output, so that late answers for an older one can be dropped. */
  readonly revision: number;
  readonly modelName: string;
  readonly device: string;
  /** Human words such as "English to Spanish". */
  readonly direction: string;
  /** One sentence about how this output came to be, such as a translation before the summary; undefined: nothing to say. */
  readonly note: string | undefined;
  readonly segments: readonly SegmentSummary[];
  /** Layers and heads by kind; encoder and decoder may differ. */
  readonly layerCounts: Readonly<Record<AttentionKind, number>>;
  readonly headCounts: Readonly<Record<AttentionKind, number>>;
  readonly alignment: PanelAlignment | undefined;
  /**
   * What the extension needs to show this output again after the window was reloaded: the webview keeps it unread in its
   * saved state. Undefined: too large to keep.
   */
  readonly restore: unknown;
}

/** Attention weights of one layer: `[head, row, column]`, row-major, in an array of exactly that size. */
export interface PanelMap {
  readonly shape: readonly [headCount: number, rowCount: number, columnCount: number];
  readonly data: Float32Array;
}

/** Methods of the extension, called by the webview: it pulls, because a hidden webview is destroyed and comes back empty. */
export type PanelHostMethods = {
  /** The output to show, or undefined when there is none yet. */
  ready: { params: undefined; result: PanelOutput | undefined };
  segment: { params: { readonly revision: number; readonly segmentIndex: number }; result: PanelSegment };
  map: {
    params: {
      readonly revision: number;
      readonly segmentIndex: number;
      readonly kind: AttentionKind;
      readonly layerIndex: number;
    };
    result: PanelMap;
  };
  /** Shows the log. */
  showLog: { params: undefined; result: undefined };
};

/** Methods of the webview, called by the extension. */
export type PanelMethods = {
  /** A new output replaces the one shown. */
  show: { params: PanelOutput; result: undefined };
};

/** What the panel draws: one kind of attention, or the word alignment read from the heads that the model declares for it. */
export type PanelMode = AttentionKind | 'alignment';

/** How a weight becomes a colour: `squareRoot` lifts small weights, `proportional` does not. */
export type PanelScale = 'squareRoot' | 'proportional';

export interface PanelViewState {
  readonly mode: PanelMode;
  readonly layerIndex: number;
  /** Undefined: the mean over heads. */
  readonly headIndex: number | undefined;
  readonly segmentIndex: number;
  readonly scale: PanelScale;
}

/** Kept by the webview across reloads and handed to the panel serializer. */
export interface PanelSavedState {
  /** Of the output that `view` was made for: a segment index means nothing for another output. */
  readonly revision: number;
  readonly view: PanelViewState;
  readonly restore: unknown;
}
