// The marks of every sentence that is shown, as far as their alignments are known.

import { isUnavailable, type Unavailable, type WordAlignment } from '../src/model/attention/methods';
import type { PanelSegment } from '../src/protocol/webview';
import type { PanelStore } from './panelHost';
import { type Mark, suspicionsOf } from './suspicions';

type Known = WordAlignment | Unavailable | undefined;

/** Judged once for each alignment: the same list for the same segment, so that nobody shows it anew. */
const judged = new WeakMap<PanelSegment, { readonly alignment: Known; readonly marks: readonly Mark[] }>();

/** By segment. */
export function segmentMarks(
  store: PanelStore,
  revision: number,
  segments: readonly PanelSegment[],
): ReadonlyMap<number, readonly Mark[]> {
  return new Map(
    segments.map(segment => {
      const { index, variantIndex } = segment;
      return [index, marksOf(segment, store.knownAlignment({ revision, segmentIndex: index, variantIndex }))];
    }),
  );
}

function marksOf(segment: PanelSegment, alignment: Known): readonly Mark[] {
  const before = judged.get(segment);
  if (before && before.alignment === alignment) return before.marks;
  const marks = suspicionsOf(segment, alignment && !isUnavailable(alignment) ? alignment : undefined);
  judged.set(segment, { alignment, marks });
  return marks;
}
