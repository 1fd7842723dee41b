// What a view of an output needs: the text, the map and the second map; then what the next key will ask for.

import { isUnavailable, type Unavailable, type WordAlignment } from '../src/model/attention/methods';
import { toHeadlightError } from '../src/model/errors';
import type { PanelChoice, PanelOutput, PanelPlace, PanelSegment, PanelViewState } from '../src/protocol/webview';
import type { PanelStore } from './panelHost';
import { alignmentReading, type Reading, readingOf } from './reading';
import { hasHeads, mapMethod, stepHead } from './viewState';
import { unavailableSentence } from './words';

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

/** What is drawn in large. */
export interface PulledMaps {
  readonly shown: PulledMap;
  /** Beside it. */
  readonly compared: PulledMap | undefined;
}

/**
 * The map of a view and the one beside it. `text` may still be on its way. A sentence: there is no word alignment, because ...; for
 * any other method that has none the map says so.
 */
export async function pullMaps(
  store: PanelStore,
  output: PanelOutput,
  view: PanelViewState,
  text: Promise<PulledText>,
  limit: number,
  signal: AbortSignal,
): Promise<PulledMaps | string> {
  const segment = text.then(pulled => pulled.segment);
  segment.catch(() => {}); // whoever waits for the text hears of it
  const { compared } = view;
  const [shown, other] = await Promise.all([
    pullMap(store, placeOf(output, view), segment, view, view, limit, signal).catch((error: unknown) => {
      const { code, message } = toHeadlightError(error);
      if (view.method !== 'alignment' || code !== 'attention-unavailable') throw error;
      return message;
    }),
    compared && pullCompared(store, output, view, compared, segment, limit, signal),
  ]);
  if (typeof shown === 'string') return shown;
  if (view.method === 'alignment' && shown.unavailable) return unavailableSentence(shown.unavailable);
  return { shown, compared: other };
}

async function pullCompared(
  store: PanelStore,
  output: PanelOutput,
  view: PanelViewState,
  choice: PanelChoice,
  segment: Promise<PanelSegment>,
  limit: number,
  signal: AbortSignal,
): Promise<PulledMap> {
  const variantIndex = Math.min(choice.variantIndex, (await segment).variants.length - 1);
  const place = { ...placeOf(output, view), variantIndex };
  return pullMap(store, place, store.segment(place, signal), choice, view, limit, signal);
}

export function placeOf({ revision }: PanelOutput, { segmentIndex, variantIndex }: PanelViewState): PanelPlace {
  return { revision, segmentIndex, variantIndex };
}

/** The reading of one map, or why there is none. `limit`: a longer side is pooled. `segment` may still be on its way. */
export async function pullMap(
  store: PanelStore,
  place: PanelPlace,
  segment: PanelSegment | Promise<PanelSegment>,
  choice: PanelChoice,
  view: PanelViewState,
  limit: number,
  signal: AbortSignal,
): Promise<PulledMap> {
  const nothing = { reading: undefined, alignment: undefined, unavailable: undefined, pooledFrom: undefined };
  if (choice.method === 'alignment') {
    const alignment = await store.alignment(place, signal);
    if (isUnavailable(alignment)) return { ...nothing, unavailable: alignment };
    return { ...nothing, alignment, reading: alignmentReading(await segment, alignment) };
  }
  const { layerIndex, head } = choice;
  const params = { ...place, method: mapMethod(choice.method), kind: view.kind, layerIndex, head, limit };
  const matrix = await store.matrix(params, signal);
  if (isUnavailable(matrix)) return { ...nothing, unavailable: matrix };
  const { sourceTokens, targetTokens } = await segment;
  const reading = readingOf(view.kind, await segment, matrix, view.unit, view.hideSinks);
  const isPooled = matrix.rowPool * matrix.columnPool > 1;
  const rowSide = view.kind === 'encoder' ? sourceTokens : targetTokens;
  const columnSide = view.kind === 'decoder' ? targetTokens : sourceTokens;
  return { ...nothing, reading, pooledFrom: isPooled ? [rowSide.length, columnSide.length] : undefined };
}

/** Has the heads at hand that `]` and `[` would show next: then a key waits for nobody. */
export async function pullNeighbours(
  store: PanelStore,
  output: PanelOutput,
  view: PanelViewState,
  signal: AbortSignal,
): Promise<void> {
  if (!hasHeads(view.method)) return;
  for (const by of [1, -1] as const) {
    const { head } = stepHead(view, output, by);
    const { kind, layerIndex } = view;
    const params = { ...placeOf(output, view), method: mapMethod(view.method), kind, layerIndex, head };
    await store.matrix({ ...params, limit: wholeLimit }, signal);
  }
}
