// What an attention file holds, and the formats it is exported in. Plain data; the terminal and the panel write the same.

import type { Segment, Task } from '../types';
import type { AttentionMaps } from './maps';
import type { AttentionMatrix, AttentionMethod, Unavailable, WordAlignment } from './methods';

export type ExportFormat = 'json' | 'csv' | 'svg' | 'png' | 'pharaoh';

export const exportFormats: readonly ExportFormat[] = ['json', 'csv', 'svg', 'png', 'pharaoh'];

/** One output with its attention by one method: all that a view needs to show it without the model. */
export interface AttentionDocument {
  readonly source: string;
  readonly target: string;
  readonly modelName: string;
  readonly modelSha256: string;
  readonly device: string;
  readonly task: Task['kind'];
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** As in `RunResult`: the source ranges of segments are in `pivot.text`. */
  readonly pivot: { readonly from: string; readonly to: string; readonly text: string } | undefined;
  readonly method: AttentionMethod;
  readonly segments: readonly DocumentSegment[];
}

export interface DocumentSegment extends Segment {
  /** Absent for method `alignment`. */
  readonly maps: Partial<AttentionMaps> | undefined;
  /** Of method `alignment`; ranges of words as those of tokens. */
  readonly alignment: WordAlignment | Unavailable | undefined;
}

/** One matrix as it is shown, for formats that hold one: what is written equals what is shown. */
export interface AttentionPicture {
  /** Such as "Cross attention, layer 2 of 2, mean of 8 heads". */
  readonly title: string;
  /** What rows and columns are, such as "output word" and "reads source word". */
  readonly axisNames: readonly [rows: string, columns: string];
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly weights: AttentionMatrix;
  /** For each row, how many columns from the first it could see. Absent: all. */
  readonly visibleCounts?: Uint32Array;
}
