// What a view of an output needs, pulled in the order in which it is drawn: text, map, second map; then what can wait.

import { isUnavailable, type Unavailable, type WordAlignment } from '../src/model/attention/methods';
import type { PanelChoice, PanelOutput, PanelPlace, PanelSegment, PanelViewState } from '../src/protocol/webview';
import type { PanelStore } from './panelHost';
import { alignmentReading, type Reading, readingOf } from './reading';
import { mapMethod } from './viewState';

/** A longer side is pooled until the whole head is asked for. */
export const wholeLimit = 512;
/** Segments on either side of the one in focus that are shown with it. */
const neighbours = 10;
/** A page stays small: no more tokens than this are shown as words. */
const tokenLimit = 700;

export interface PulledText {
  readonly segments: readonly PanelSegment[];
  /** The one in focus. */
  readonly segment: PanelSegment;
}

export interface PulledMap {
  readonly reading: Reading | undefined;
  readonly alignment: WordAlignment | undefined;
  readonly unavailable: Unavailable | undefined;
  /** `[rows, columns]` of the whole map, when it is shown in part. */
  readonly pooledFrom: readonly [rowCount: number, columnCount: number] | undefined;
}

export async function pullText(
  store: PanelStore,
  output: PanelOutput,
  view: PanelViewState,
  signal: AbortSignal,
): Promise<PulledText> {
  const { revision } = output;
  const { segmentIndex, variantIndex } = view;
  const from = Math.max(0, segmentIndex - neighbours);
  const to = Math.min(output.segments.length, segmentIndex + neighbours + 1);
  const near = await store.segmentsBetween(revision, from, to, signal);
  const original = near.find(({ index }) => index === segmentIndex)!;
  const segment = variantIndex === 0 ? original : await store.segment({ revision, segmentIndex, variantIndex }, signal);
  return { segments: withinLimit(near, segment), segment };
}

/** Segments around the one in focus, nearest first, until the page has enough words. */
function withinLimit(near: readonly PanelSegment[], focus: PanelSegment): PanelSegment[] {
  const chosen = [focus];
  let tokenCount = tokensOf(focus);
  const at = (index: number) => near.find(segment => segment.index === index);
  for (let distance = 1; distance <= neighbours; distance++) {
    const [before, after] = [at(focus.index - distance), at(focus.index + distance)];
    for (const [segment, add] of [
      [after, 'push'],
      [before, 'unshift'],
    ] as const) {
      if (!segment) continue;
      tokenCount += tokensOf(segment);
      if (tokenCount > tokenLimit) return chosen;
      chosen[add](segment);
    }
  }
  return chosen;
}

function tokensOf({ sourceTokens, targetTokens }: PanelSegment): number {
  return sourceTokens.length + targetTokens.length;
}

/** The reading of one map, or why there is none. `limit`: a longer side is pooled. */
export async function pullMap(
  store: PanelStore,
  place: PanelPlace,
  segment: PanelSegment,
  choice: PanelChoice,
  view: PanelViewState,
  limit: number,
  signal: AbortSignal,
): Promise<PulledMap> {
  const nothing = { reading: undefined, alignment: undefined, unavailable: undefined, pooledFrom: undefined };
  if (choice.method === 'alignment') {
    const alignment = await store.alignment(place, signal);
    if (isUnavailable(alignment)) return { ...nothing, unavailable: alignment };
    return { ...nothing, alignment, reading: alignmentReading(segment, alignment) };
  }
  const { layerIndex, head } = choice;
  const params = { ...place, method: mapMethod(choice.method), kind: view.kind, layerIndex, head, limit };
  const matrix = await store.matrix(params, signal);
  if (isUnavailable(matrix)) return { ...nothing, unavailable: matrix };
  const reading = readingOf(view.kind, segment, matrix, view.unit, view.hideSinks);
  const isPooled = matrix.rowPool * matrix.columnPool > 1;
  const rowSide = view.kind === 'encoder' ? segment.sourceTokens : segment.targetTokens;
  const columnSide = view.kind === 'decoder' ? segment.targetTokens : segment.sourceTokens;
  return { ...nothing, reading, pooledFrom: isPooled ? [rowSide.length, columnSide.length] : undefined };
}
