// What the panel shows of an output, and how one step changes it. Pure: no DOM.

import type { AttentionKind } from '../src/model/attention/maps';
import { type AttentionMethod, attentionMethods, type MapMethod } from '../src/model/attention/methods';
import type { PanelChoice, PanelHead, PanelOutput, PanelViewState } from '../src/protocol/webview';

/** Methods whose maps have layers and heads; the others are one map over all of them. */
export function hasHeads(method: AttentionMethod): boolean {
  return method === 'raw' || method === 'norm';
}

/** The method whose maps stand behind a method: the word alignment is made of raw or norm-weighted ones. */
export function mapMethod(method: AttentionMethod): MapMethod {
  return method === 'alignment' ? 'raw' : method;
}

/** The methods that say something of a kind of attention. */
export function methodsOf(kind: AttentionKind, output: PanelOutput): AttentionMethod[] {
  return attentionMethods.filter(
    method => output.methods.includes(method) && (method !== 'alignment' || kind === 'cross'),
  );
}

/** A view that fits the output: what the saved one asks for as far as it is there. `saved` undefined: words and their alignment. */
export function fitViewState(saved: PanelViewState | undefined, output: PanelOutput): PanelViewState {
  const kind = saved?.kind ?? 'cross';
  const fitted = fitChoice(saved, kind, output);
  return {
    ...fitted,
    segmentIndex: clamp(saved?.segmentIndex ?? 0, output.segments.length),
    kind,
    unit: saved?.unit ?? 'words',
    scale: saved?.scale ?? 'squareRoot',
    hideSinks: saved?.hideSinks ?? false,
    order: saved?.order ?? 'layer',
    drawing: saved?.drawing ?? 'cells',
    compared: saved?.compared && fitChoice(saved.compared, kind, output),
    collapsed: saved?.collapsed ?? [],
  };
}

/** A choice of a map that there is. */
export function fitChoice(choice: PanelChoice | undefined, kind: AttentionKind, output: PanelOutput): PanelChoice {
  const methods = methodsOf(kind, output);
  const headCount = output.headCounts[kind];
  const head = choice?.head ?? 'mean';
  return {
    method: choice && methods.includes(choice.method) ? choice.method : (methodOf(kind, methods) ?? 'raw'),
    layerIndex: clamp(choice?.layerIndex ?? Math.floor(output.layerCounts[kind] / 2), output.layerCounts[kind]),
    head: typeof head === 'number' && head >= headCount ? 'mean' : head,
    variantIndex: choice?.variantIndex ?? 0,
  };
}

function methodOf(kind: AttentionKind, methods: readonly AttentionMethod[]): AttentionMethod | undefined {
  return kind === 'cross' && methods.includes('alignment') ? 'alignment' : methods.find(method => method === 'raw');
}

/** One layer further; from a method without layers into raw attention. Stops at both ends. */
export function stepLayer(state: PanelViewState, output: PanelOutput, by: 1 | -1): PanelViewState {
  if (!hasHeads(state.method)) return { ...state, method: 'raw' };
  return { ...state, layerIndex: clamp(state.layerIndex + by, output.layerCounts[state.kind]) };
}

/** One head further, around through the mean and the maximum; from a method without heads into raw attention. */
export function stepHead(state: PanelViewState, output: PanelOutput, by: 1 | -1): PanelViewState {
  const headCount = output.headCounts[state.kind];
  const heads: PanelHead[] = [...Array(headCount).keys(), ...(headCount > 1 ? (['mean', 'max'] as const) : [])];
  const current = Math.max(heads.indexOf(state.head), 0);
  const head = heads[(current + by + heads.length) % heads.length];
  return { ...state, method: hasHeads(state.method) ? state.method : 'raw', head };
}

/** The mean over heads of the shown layer. */
export function showMean(state: PanelViewState): PanelViewState {
  return { ...state, method: hasHeads(state.method) ? state.method : 'raw', head: 'mean' };
}

/** The same view of another kind of attention, layer and head kept where that kind has them. */
export function changeKind(state: PanelViewState, output: PanelOutput, kind: AttentionKind): PanelViewState {
  const compared = state.compared && fitChoice(state.compared, kind, output);
  return { ...state, ...fitChoice(state, kind, output), kind, compared };
}

function clamp(index: number, count: number): number {
  return Math.max(0, Math.min(index, count - 1));
}
