// The marks of every sentence that is shown, as far as their alignments are known.

import { isUnavailable } from '../src/model/attention/methods';
import type { PanelSegment } from '../src/protocol/webview';
import type { PanelStore } from './panelHost';
import { alignmentReading } from './reading';
import { type Mark, suspicionsOf } from './suspicions';

export interface SegmentMarks {
  /** By segment. */
  readonly marks: ReadonlyMap<number, readonly Mark[]>;
  /** Segments whose alignment is known: with more of them there is more to mark. */
  readonly known: readonly number[];
}

export function segmentMarks(store: PanelStore, revision: number, segments: readonly PanelSegment[]): SegmentMarks {
  const marks = new Map<number, readonly Mark[]>();
  const known: number[] = [];
  for (const segment of segments) {
    const { index, variantIndex } = segment;
    const alignment = store.knownAlignment({ revision, segmentIndex: index, variantIndex });
    const pair = alignment && !isUnavailable(alignment) ? alignmentReading(segment, alignment) : undefined;
    if (pair) known.push(index);
    marks.set(index, suspicionsOf(segment, pair));
  }
  return { marks, known };
}
