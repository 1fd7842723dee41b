// The marks of every sentence that is shown, as far as their alignments are known.

import { isUnavailable } from '../src/model/attention/methods';
import type { PanelSegment } from '../src/protocol/webview';
import { type KnownAlignment, type Mark, suspicionsOf } from './suspicions';

/** Judged once for each alignment: the same list for the same segment, so that nobody shows it anew. */
const judged = new WeakMap<PanelSegment, { readonly alignment: KnownAlignment; readonly marks: readonly Mark[] }>();

/** By segment. `alignments`: one for each of `segments`. */
export function segmentMarks(
  segments: readonly PanelSegment[],
  alignments: readonly KnownAlignment[],
): ReadonlyMap<number, readonly Mark[]> {
  return new Map(segments.map((segment, place) => [segment.index, marksOf(segment, alignments[place])]));
}

function marksOf(segment: PanelSegment, alignment: KnownAlignment): readonly Mark[] {
  const before = judged.get(segment);
  if (before && before.alignment === alignment) return before.marks;
  const marks = suspicionsOf(segment, alignment && !isUnavailable(alignment) ? alignment : undefined);
  judged.set(segment, { alignment, marks });
  return marks;
}
