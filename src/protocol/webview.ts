// The boundary between the extension and the attention panel's webview: every method, typed.

import type { ExportFormat } from '../model/attention/attentionDocument';
import type { WeightScale } from '../model/attention/colorScale';
import type { HeadStatistics } from '../model/attention/headStatistics';
import type { AttentionKind } from '../model/attention/maps';
import type {
  AttentionMethod,
  CellExplanation,
  MapMethod,
  Unavailable,
  WordAlignment,
} from '../model/attention/methods';
import type { CharacterRange, Task, TokenAlternative } from '../model/types';

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

/** How an output of a segment came to be. */
export type VariantKind = 'original' | 'hypothesis' | 'continued' | 'edited';

export interface VariantSummary {
  readonly kind: VariantKind;
  readonly target: string;
  /** Mean log-probability of its tokens. */
  readonly score: number;
}

export interface PanelSegment {
  readonly index: number;
  /** Which of its outputs this is; 0 is the one that was written. */
  readonly variantIndex: number;
  readonly variants: readonly VariantSummary[];
  readonly source: string;
  readonly target: string;
  /** What stands between the segment before and this one, in either text: line breaks, list marks, spaces. */
  readonly sourceBefore: string;
  readonly targetBefore: string;
  readonly sourceTokens: readonly PanelToken[];
  readonly targetTokens: readonly PanelToken[];
  readonly score: number;
}

/** What the panel shows: one output. Maps are pulled when needed. */
export interface PanelOutput {
  /** Grows with every new output, so that late answers for an older one can be dropped. */
  readonly revision: number;
  readonly modelName: string;
  readonly device: string;
  readonly task: PanelTask;
  readonly segments: readonly SegmentSummary[];
  /** Layers and heads by kind; encoder and decoder may differ. */
  readonly layerCounts: Readonly<Record<AttentionKind, number>>;
  readonly headCounts: Readonly<Record<AttentionKind, number>>;
  /** True: opened from a file, without a model; nothing new can be computed. */
  readonly isFile: boolean;
  /** The methods that there is something of. */
  readonly methods: readonly AttentionMethod[];
  /**
   * What the extension needs to show this output again after the window was reloaded: the webview keeps it unread in its
   * saved state. Undefined: too large to keep.
   */
  readonly restore: unknown;
  /** What was pinned before the page showed this output. Absent: nothing. */
  readonly pin?: PanelPin;
}

/** What was done. Languages by their names in the language of VS Code; undefined: unknown. */
export interface PanelTask {
  readonly kind: Task['kind'];
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The text was translated before it was summarised, and the panel shows that translation as the source. */
  readonly pivot: { readonly from: string; readonly to: string } | undefined;
}

/** One output of one segment. */
export interface PanelPlace {
  readonly revision: number;
  readonly segmentIndex: number;
  readonly variantIndex: number;
}

/** One layer of one method's maps. */
export interface PanelLayerParams extends PanelPlace {
  readonly method: MapMethod;
  readonly kind: AttentionKind;
  readonly layerIndex: number;
}

/** A head of a layer, or all of them together. */
export type PanelHead = number | 'mean' | 'max';

/** The heads of one layer in small. */
export interface PanelTiles {
  /** `[picture, row, column]`, levels of square-root companded weights: each head, then the mean, then the maximum. */
  readonly levels: Uint8Array;
  readonly pictureCount: number;
  readonly rowCount: number;
  readonly columnCount: number;
  /** Of each head; a mean and a maximum have none. */
  readonly statistics: readonly HeadStatistics[];
}

/** `[row, column]`, row-major, in an array of exactly that size. */
export interface PanelMatrix {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly data: Float32Array;
  /** So many tokens of a side share one row or column; 1: every token has its own. */
  readonly rowPool: number;
  readonly columnPool: number;
}

/** What could have been written. */
export interface PanelSteps {
  /** `[step][rank]`, best first. */
  readonly alternatives: readonly (readonly TokenAlternative[])[];
}

export interface HypothesisSummary {
  readonly text: string;
  readonly score: number;
}

/** How to come to another output of a segment. */
export type VariantRequest =
  /** The search goes on from the tokens before `step`, with `tokenId` in its place. */
  | { readonly kind: 'continued'; readonly step: number; readonly tokenId: number }
  /** A text in place of the output: scored, not searched. */
  | { readonly kind: 'edited'; readonly target: string }
  /** One of the n-best list. */
  | { readonly kind: 'hypothesis'; readonly rank: number };

/** Methods of the extension, called by the webview: it pulls, because a hidden webview is destroyed and comes back empty. */
export type PanelHostMethods = {
  /** The output to show, or undefined when there is none yet. */
  ready: { params: undefined; result: PanelOutput | undefined };
  /** Segments `from` to before `to`, each as it was written. */
  segments: {
    params: { readonly revision: number; readonly from: number; readonly to: number };
    result: readonly PanelSegment[];
  };
  /** One output of one segment. */
  segment: { params: PanelPlace; result: PanelSegment };
  /** Which word comes from which, by the model's declared or calibrated heads. */
  alignment: { params: PanelPlace; result: WordAlignment | Unavailable };
  tiles: { params: PanelLayerParams; result: PanelTiles | Unavailable };
  /** `limit`: a side longer than this is pooled. */
  matrix: {
    params: PanelLayerParams & { readonly head: PanelHead; readonly limit: number };
    result: PanelMatrix | Unavailable;
  };
  /** `head` undefined: the one that reads this cell most. Row and column are tokens. */
  explain: {
    params: PanelPlace & {
      readonly kind: AttentionKind;
      readonly layerIndex: number;
      readonly headIndex: number | undefined;
      readonly row: number;
      readonly column: number;
    };
    result: CellExplanation | Unavailable;
  };
  steps: { params: PanelPlace; result: PanelSteps };
  /** The n-best list of a segment, best first. */
  hypotheses: {
    params: { readonly revision: number; readonly segmentIndex: number };
    result: readonly HypothesisSummary[];
  };
  /** Adds an output to a segment, or finds it among those there are. */
  addVariant: {
    params: PanelPlace & { readonly request: VariantRequest };
    result: { readonly variantIndex: number; readonly restore: unknown };
  };
  /** Asks for a format and a file and writes what is shown. */
  export: { params: PanelExport; result: undefined };
  /** A person pinned words here, or let go of them. */
  pin: { params: PanelPin; result: undefined };
  /** Shows the log. */
  showLog: { params: undefined; result: undefined };
};

/** What is absent the person is asked for. */
export interface ExportChoice {
  readonly format?: ExportFormat;
  /** The address of a file; one that is there is written over. */
  readonly file?: string;
}

/** What is shown, for a file of it. */
export interface PanelExport extends PanelPlace {
  readonly method: AttentionMethod;
  readonly choice: ExportChoice;
  /** The shown matrix with its labels, as formats with one matrix hold it. */
  readonly picture: {
    readonly title: string;
    readonly axisNames: readonly [rows: string, columns: string];
    readonly rows: readonly string[];
    readonly columns: readonly string[];
    /** `[row, column]`, row-major. */
    readonly weights: Float32Array;
    readonly visibleCounts: Uint32Array;
  };
}

/** Words that are held on to, the same in the panel and in the editors that show its texts. */
export interface PanelPin {
  readonly revision: number;
  readonly segmentIndex: number;
  readonly side: 'source' | 'target';
  /** Of the output as it was written; none: nothing is pinned. */
  readonly tokens: readonly number[];
}

/** Methods of the webview, called by the extension. */
export type PanelMethods = {
  /** A new output replaces the one shown. */
  show: { params: PanelOutput; result: undefined };
  /** The caret in an editor is at words, or at none. */
  pin: { params: PanelPin; result: undefined };
  /** What is shown is to be exported: the page calls `export` once it shows something. */
  export: { params: ExportChoice; result: undefined };
};

/** What rows and columns of a map stand for. */
export type PanelUnit = 'words' | 'subwords' | 'sentences';

export type PanelScale = WeightScale;

/** How heads are ordered in the grid. */
export type HeadOrder = 'layer' | 'sharpness' | 'entropy' | 'sinkMass' | 'distance';

/** One map. */
export interface PanelChoice {
  readonly method: AttentionMethod;
  readonly layerIndex: number;
  readonly head: PanelHead;
  readonly variantIndex: number;
}

export type PanelZone = 'text' | 'heads' | 'detail' | 'steps';

export interface PanelViewState extends PanelChoice {
  readonly segmentIndex: number;
  readonly kind: AttentionKind;
  readonly unit: PanelUnit;
  readonly scale: PanelScale;
  readonly hideSinks: boolean;
  readonly order: HeadOrder;
  readonly drawing: 'cells' | 'lines' | 'table';
  /** A second map of the same segment and kind beside the first; undefined: none. */
  readonly compared: PanelChoice | undefined;
  readonly collapsed: readonly PanelZone[];
}

/** Kept by the webview across reloads and handed to the panel serializer. */
export interface PanelSavedState {
  /** Of the output that `view` was made for: a segment index means nothing for another output. */
  readonly revision: number;
  readonly view: PanelViewState;
  readonly restore: unknown;
}
