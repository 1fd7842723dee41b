// The segment chooser's entries. Pure: no DOM.

import type { SegmentSummary } from '../src/protocol/webview';
import * as l10n from './l10n';

/** A long document has thousands of sentences: the list shows those around the current one, the buttons reach the rest. */
const shownCount = 40;

/** Entries around `currentIndex`, with the first and the last sentence always there. */
export function segmentChoices(
  segments: readonly SegmentSummary[],
  currentIndex: number,
): { value: string; label: string }[] {
  const last = segments.length - 1;
  const from = Math.min(Math.max(currentIndex - shownCount / 2, 0), Math.max(last - shownCount + 1, 0));
  const indices = new Set([0, ...Array.from({ length: shownCount }, (_, place) => from + place), last]);
  return [...indices]
    .filter(index => index <= last)
    .map(index => ({
      value: String(index),
      label: l10n.t('{0} of {1}: {2}', index + 1, segments.length, segments[index].label),
    }));
}
