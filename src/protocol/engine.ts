// The boundary between a parent (extension, terminal program) and the engine process: every method, typed.

import type { AttentionKind, AttentionMaps } from '../model/attention/maps';
import type {
  Calibration,
  CellExplanation,
  MapMethod,
  MethodMaps,
  Unavailable,
  Word,
  WordAlignment,
} from '../model/attention/methods';
import type { DeviceMeasurement } from '../model/devices/measurement';
import type { DescribedSegment } from '../model/text/describeSegments';
import type { TextFormat } from '../model/text/document';
import type { GrammarSource } from '../model/text/formats/grammarSource';
import type { GlossaryEntries } from '../model/text/glossary';
import type {
  CharacterRange,
  DeviceName,
  GenerationOptions,
  ModelDescription,
  RunResult,
  Segment,
  Segmentation,
  Task,
} from '../model/types';

/** What a person waits for goes before what they only hover; batches of long documents give way to both. */
export type Priority = 'interactive' | 'hover';

export interface ModelTarget {
  /** Absolute path of a model folder. */
  readonly folder: string;
  readonly device: DeviceName;
}

export interface RunParams extends ModelTarget {
  readonly text: string;
  readonly task: Task;
  readonly segmentation: Segmentation;
  readonly options: GenerationOptions;
  readonly priority: Priority;
  /**
   * True: `segments` and `source` of the result are empty, because the caller collects segments from the progress and has the text.
   * All segments of a megabyte in one message are 44 MB, and reading it holds up the caller's event loop for seconds. Default false.
   */
  readonly segmentsByProgressOnly?: boolean;
  /**
   * What the text is; of translations by sentences only. Sentences of documents that were translated before are not searched again.
   * Absent: lines of which nothing is known, each searched.
   */
  readonly document?: DocumentParams;
  /** Terms with a given translation and terms that are never translated; of translations by sentences only. */
  readonly glossary?: GlossaryEntries;
}

export interface DocumentParams {
  /** `auto`: told by name, language id and content. */
  readonly format: TextFormat | 'auto';
  /** As in VS Code, such as `typescript`. */
  readonly languageId?: string;
  /** Name or path; folders may tell the format. */
  readonly fileName?: string;
  /** A folder to keep translated sentences in, for the next process too. Absent: they are kept in memory. */
  readonly keepIn?: string;
  /** True: a piece of a document. Where nothing of its format is found in it, its lines are taken as they are. */
  readonly isFragment?: boolean;
  /** Of a piece: the document that it stands in, and where it begins there. Absent: the piece is read on its own. */
  readonly within?: { readonly text: string; readonly start: number };
  /**
   * What is looked at: the work goes from there outwards, and is reported as `block` instead of `text` and `segment`. Absent: in
   * document order.
   */
  readonly visible?: CharacterRange;
}

/** A step towards a RunResult, in document order: what was shown never changes, it only grows (but see `restarted`). */
export type RunProgress =
  /** The model is being loaded; sent once before the first text when it was not loaded yet. */
  | { readonly kind: 'loading'; readonly name: string }
  /** Sent once the direction is known, before any text. */
  | {
      readonly kind: 'started';
      readonly from: string | undefined;
      readonly to: string | undefined;
      readonly pivot: boolean;
    }
  /** More target text, to be put at the end of what came before. */
  | { readonly kind: 'text'; readonly append: string }
  /** A block of a document, anywhere: what goes in place of a range of the source. */
  | { readonly kind: 'block'; readonly source: CharacterRange; readonly target: string; readonly segmentCount: number }
  /** A finished segment, in order. `sourceDone`/`sourceLength`: characters of the source handled so far, and in all. */
  | { readonly kind: 'segment'; readonly segment: Segment; readonly sourceDone: number; readonly sourceLength: number }
  /**
   * Everything reported so far is void; all of it follows anew. Only after a device failed in the middle and the CPU, which
   * repeats the work, writes something else. Never sent by the engine: the parent's fallback puts it in.
   */
  | { readonly kind: 'restarted' };

export interface SegmentsParams {
  readonly text: string;
  readonly document: DocumentParams | undefined;
  readonly glossary?: GlossaryEntries;
  /** The language whose glossary counts. */
  readonly to?: string;
}

export interface AttentionParams extends ModelTarget {
  /** As in `Segment.sourceTokens`, special tokens included. */
  readonly sourceIds: readonly number[];
  /** The target to force, without the decoder start token. */
  readonly targetIds: readonly number[];
  readonly priority: Priority;
}

export interface MethodMapsParams extends AttentionParams {
  readonly method: MapMethod;
  /** What `occlusion` hides, one word at a time; `wordsOf` makes them. Not read by the other methods. */
  readonly sourceWords?: readonly Word[];
}

export interface AlignParams extends AttentionParams {
  /** By `wordsOf`. */
  readonly sourceWords: readonly Word[];
  readonly targetWords: readonly Word[];
}

export interface ExplainCellParams extends AttentionParams {
  readonly kind: AttentionKind;
  readonly layerIndex: number;
  readonly headIndex: number;
  readonly row: number;
  readonly column: number;
}

export interface CalibrateParams extends ModelTarget {
  /** Texts and their translations. Absent: texts that ship with Headlight, and what the model makes of them. */
  readonly pairs?: readonly (readonly [source: string, target: string])[];
  /** True: writes the answer to headlight.json in the model folder, too. Default false. */
  readonly write?: boolean;
}

export interface ForceParams extends ModelTarget {
  readonly text: string;
  readonly task: Task;
  /** The target to force, without the decoder start token. */
  readonly targetIds: readonly number[];
  /** So many of the most probable tokens of each step in `Segment.alternatives`. Default: none. */
  readonly alternativeCount?: number;
  /** A text to force instead: tokenized, and put between the special tokens that `targetIds` begins and ends with. */
  readonly targetText?: string;
}

export interface MeasureDeviceParams extends ModelTarget {
  /** `[text][step]` of the CPU. Absent: the device is the reference itself. */
  readonly referenceTargets?: readonly (readonly number[])[];
  /** Ends the measurement as `slow` when one text takes longer, warm. Absent: never. */
  readonly giveUpAboveMs?: number;
}

export interface EngineStatus {
  readonly onnxruntimeVersion: string;
  /** Folder and device of every loaded model. */
  readonly loaded: readonly ModelTarget[];
  /** Resident memory of the engine process in bytes. */
  readonly residentBytes: number;
}

/** Methods of the engine process. */
export type EngineMethods = {
  /** Reads and checks a model folder without loading its parameters into a session. */
  describe: { params: { readonly folder: string }; result: ModelDescription };
  /** Loads a model so that the next run starts warm. */
  load: { params: ModelTarget; result: ModelDescription };
  /** Runs the probe's texts on a device: times, and numbers to compare with those of the CPU. Alone in a process of its own. */
  measureDevice: { params: MeasureDeviceParams; result: DeviceMeasurement };
  /** Translates or summarises. A new request with priority `hover` supersedes the running one of that priority. */
  run: { params: RunParams; result: RunResult; progress: RunProgress };
  /** Grammars of installed extensions, which go before the bundled ones. The parent tells each process that it starts. */
  useGrammars: { params: { readonly grammars: readonly GrammarSource[] }; result: undefined };
  /** Forgets translated sentences, those that were kept in a folder too. */
  clearSentences: { params: { readonly folder: string }; result: undefined };
  /** What a document is cut into, in order and without gaps. No model is needed. */
  segments: { params: SegmentsParams; result: readonly DescribedSegment[] };
  /** Every attention map of one segment by one teacher-forced pass. */
  attention: { params: AttentionParams; result: AttentionMaps };
  /** The maps of one method for one segment: what it cannot give is said in the result, never replaced by another method. */
  methodMaps: { params: MethodMapsParams; result: MethodMaps };
  /** Which source word each target word comes from. */
  align: { params: AlignParams; result: WordAlignment | Unavailable };
  /** One cell of a raw map, taken apart into query, key, scores, weights and value. */
  explainCell: { params: ExplainCellParams; result: CellExplanation | Unavailable };
  /** Chooses the heads for word alignments and keeps them in the cache folder, by the model's sha256. */
  calibrate: {
    params: CalibrateParams;
    result: Calibration;
    progress: { readonly done: number; readonly of: number };
  };
  /** Tokenizes a text whole, with the task's prefix, and scores a forced target for it; the result has one segment. */
  force: { params: ForceParams; result: RunResult };
  status: { params: undefined; result: EngineStatus };
  /** Answers at once unless a graph run holds the thread: the parent's watchdog. */
  ping: { params: undefined; result: undefined };
};

/** Methods of the parent: none so far; the engine only answers. */
export type EngineParentMethods = Record<never, never>;
