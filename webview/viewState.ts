// What the panel shows of an output, and how one step changes it. Pure: no DOM.

import type { AttentionKind } from '../src/model/attention/maps';
import { type AttentionMethod, attentionMethods, type MapMethod } from '../src/model/attention/methods';
import type {
  HeadOrder,
  PanelChoice,
  PanelHead,
  PanelOutput,
  PanelScale,
  PanelUnit,
  PanelViewState,
  PanelZone,
} from '../src/protocol/webview';

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

const units: readonly PanelUnit[] = ['words', 'subwords', 'sentences'];
const scales: readonly PanelScale[] = ['squareRoot', 'proportional'];
const orders: readonly HeadOrder[] = ['layer', 'sharpness', 'entropy', 'sinkMass', 'distance'];
const drawings: readonly PanelViewState['drawing'][] = ['cells', 'lines', 'table'];
const zones: readonly PanelZone[] = ['text', 'heads', 'detail', 'steps'];

/**
 * A view that fits the output: what the saved one asks for as far as it is there; saved states outlive an update of the extension.
 * `saved` undefined: words and their alignment.
 */
export function fitViewState(saved: Partial<PanelViewState> | undefined | null, output: PanelOutput): PanelViewState {
  const kind = oneOf(['cross', 'encoder', 'decoder'] as const, saved?.kind);
  return {
    ...fitChoice(saved ?? {}, kind, output),
    segmentIndex: clamp(saved?.segmentIndex, output.segments.length),
    kind,
    unit: oneOf(units, saved?.unit),
    scale: oneOf(scales, saved?.scale),
    hideSinks: saved?.hideSinks === true,
    order: oneOf(orders, saved?.order),
    drawing: oneOf(drawings, saved?.drawing),
    compared: saved?.compared ? fitChoice(saved.compared, kind, output) : undefined,
    collapsed: Array.isArray(saved?.collapsed) ? zones.filter(zone => saved.collapsed!.includes(zone)) : [],
  };
}

function oneOf<Value>(values: readonly Value[], wanted: Value | undefined): Value {
  return wanted !== undefined && values.includes(wanted) ? wanted : values[0];
}

/** A choice of a map that there is. */
export function fitChoice(choice: Partial<PanelChoice>, kind: AttentionKind, output: PanelOutput): PanelChoice {
  const methods = methodsOf(kind, output);
  const { method, head, layerIndex, variantIndex } = choice;
  const isHead = head === 'max' || (typeof head === 'number' && head >= 0 && head < output.headCounts[kind]);
  return {
    method: method && methods.includes(method) ? method : defaultMethod(kind, methods),
    layerIndex: clamp(layerIndex ?? Math.floor(output.layerCounts[kind] / 2), output.layerCounts[kind]),
    head: isHead ? head : 'mean',
    variantIndex: clamp(variantIndex, Number.POSITIVE_INFINITY),
  };
}

function defaultMethod(kind: AttentionKind, methods: readonly AttentionMethod[]): AttentionMethod {
  return kind === 'cross' && methods.includes('alignment') ? 'alignment' : 'raw';
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

/** What a second map begins with: another one than the first, where there is one. */
export function besideChoice(state: PanelViewState, output: PanelOutput): PanelChoice {
  const { method, layerIndex, head, variantIndex } = hasHeads(state.method)
    ? stepHead(state, output, 1)
    : showMean(state);
  return fitChoice({ method, layerIndex, head, variantIndex }, state.kind, output);
}

/** The same view of another kind of attention, layer and head kept where that kind has them. */
export function changeKind(state: PanelViewState, output: PanelOutput, kind: AttentionKind): PanelViewState {
  const compared = state.compared && fitChoice(state.compared, kind, output);
  return { ...state, ...fitChoice(state, kind, output), kind, compared };
}

function clamp(index: number | undefined, count: number): number {
  return Number.isInteger(index) ? Math.max(0, Math.min(index!, count - 1)) : 0;
}
