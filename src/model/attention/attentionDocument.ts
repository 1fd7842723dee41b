// What an attention file holds, and the formats it is exported in. Plain data; the terminal and the panel write the same.

import type { RunResult, Segment } from '../types';
import type { AttentionMaps } from './maps';
import type { AttentionMatrix, AttentionMethod, MethodMaps, Unavailable, WordAlignment } from './methods';

export type ExportFormat = 'json' | 'csv' | 'svg' | 'png' | 'pharaoh';

export const exportFormats: readonly ExportFormat[] = ['json', 'csv', 'svg', 'png', 'pharaoh'];

/** One output, without what only the machine that made it needs. */
export interface TextDocument
  extends Pick<RunResult, 'source' | 'target' | 'task' | 'from' | 'to' | 'pivot' | 'unknownText' | 'counts'> {
  readonly modelName: string;
  readonly modelSha256: string;
  readonly device: string;
  readonly segments: readonly Segment[];
}

/** One output with its attention by one method: all that a view needs to show it without the model. */
export interface AttentionDocument extends TextDocument {
  readonly method: AttentionMethod;
  readonly segments: readonly DocumentSegment[];
}

export interface DocumentSegment extends Segment {
  readonly attention: SegmentAttention;
}

/** What a method made of one segment. */
export type SegmentAttention =
  | {
      readonly kind: 'maps';
      readonly maps: Partial<AttentionMaps>;
      readonly unavailable: MethodMaps['unavailable'];
      readonly occluded: MethodMaps['occluded'];
    }
  | { readonly kind: 'alignment'; readonly alignment: WordAlignment | Unavailable };

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

/** An output as a document. `text`: the whole, or a part of it with segments of its own. */
export function textDocument(
  result: RunResult,
  text: Pick<RunResult, 'source' | 'target' | 'segments'> = result,
): TextDocument {
  const { task, from, to, pivot, unknownText, counts, model, device } = result;
  const { source, target, segments } = text;
  return {
    source,
    target,
    task,
    from,
    to,
    pivot,
    unknownText,
    counts,
    modelName: model.name,
    modelSha256: model.sha256,
    device,
    segments,
  };
}
