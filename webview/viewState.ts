// Which mode, layer, head and segment are looked at, and how that changes. Pure: no DOM.

import type { AttentionKind } from '../src/model/attention/maps';
import type { PanelMode, PanelOutput, PanelViewState } from '../src/protocol/webview';
import { mapKindOf } from './reading';

/** The modes that an output can be looked at in, the most telling first. */
export function availableModes({ alignment }: PanelOutput): PanelMode[] {
  return alignment ? ['alignment', 'cross', 'encoder', 'decoder'] : ['cross', 'encoder', 'decoder'];
}

/**
 * A quarter of the way up: in a translation model of six layers the lower middle ones follow the words, the last ones hardly
 * do (alignment error by decoder layer .617 .282 .464 .903 .932 .940).
 */
function tellingLayer(layerCount: number): number {
  return Math.round((layerCount - 1) / 4);
}

/** What an output is first shown as: its word alignment where the model declares one, else cross attention, all heads. */
export function initialViewState(output: PanelOutput): PanelViewState {
  return {
    mode: availableModes(output)[0],
    layerIndex: tellingLayer(output.layerCounts.cross),
    headIndex: undefined,
    segmentIndex: 0,
    scale: 'squareRoot',
  };
}

/**
 * `state` as far as `output` can show it: another model may have fewer layers or heads, or no word alignment. Anything may
 * come in, because saved states outlive versions; what is not understood becomes the initial value.
 */
export function fitViewState(state: Partial<PanelViewState> | undefined, output: PanelOutput): PanelViewState {
  const initial = initialViewState(output);
  if (typeof state !== 'object' || state === null) return initial;
  const mode = availableModes(output).find(available => available === state.mode) ?? initial.mode;
  const kind = mapKindOf(mode);
  const { headIndex } = state;
  return {
    mode,
    layerIndex: isIndex(state.layerIndex, output.layerCounts[kind])
      ? state.layerIndex
      : tellingLayer(output.layerCounts[kind]),
    headIndex: isIndex(headIndex, output.headCounts[kind]) ? headIndex : undefined,
    segmentIndex: isIndex(state.segmentIndex, output.segments.length) ? state.segmentIndex : 0,
    scale: state.scale === 'proportional' ? 'proportional' : 'squareRoot',
  };
}

function isIndex(value: unknown, count: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < count;
}

/** The layer whose map is drawn: in the word alignment the model's own choice. */
export function layerOfView(state: PanelViewState, output: PanelOutput): { kind: AttentionKind; layerIndex: number } {
  const kind = mapKindOf(state.mode);
  return { kind, layerIndex: state.mode === 'alignment' ? output.alignment!.layer : state.layerIndex };
}

/** One layer further; from the word alignment into cross attention, starting at its layer. Stops at both ends. */
export function stepLayer(state: PanelViewState, output: PanelOutput, by: 1 | -1): PanelViewState {
  const { kind, layerIndex } = layerOfView(state, output);
  const next = Math.min(Math.max(layerIndex + by, 0), output.layerCounts[kind] - 1);
  return { ...state, mode: kind, layerIndex: next };
}

/** One head further, around through the mean; from the word alignment into cross attention at its layer. */
export function stepHead(state: PanelViewState, output: PanelOutput, by: 1 | -1): PanelViewState {
  const { kind, layerIndex } = layerOfView(state, output);
  const headCount = output.headCounts[kind];
  const current = state.mode === 'alignment' ? output.alignment!.heads[0] : (state.headIndex ?? -1);
  const next = ((current + 1 + by + headCount + 1) % (headCount + 1)) - 1; // -1 is the mean
  return { ...state, mode: kind, layerIndex, headIndex: next === -1 ? undefined : next };
}

/** The mean over heads of the shown layer. */
export function showMean(state: PanelViewState, output: PanelOutput): PanelViewState {
  const { kind, layerIndex } = layerOfView(state, output);
  return { ...state, mode: kind, layerIndex, headIndex: undefined };
}

/** The same view in another mode, layer and head kept where that mode has them. */
export function changeMode(state: PanelViewState, output: PanelOutput, mode: PanelMode): PanelViewState {
  return fitViewState({ ...state, mode }, output);
}
