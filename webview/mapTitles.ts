// What a map that is shown is called, as what it is exported, and which tokens a selection in it is about. Pure: no DOM.

import type { PanelChoice, PanelExport, PanelOutput, PanelViewState } from '../src/protocol/webview';
import type { TitledReading } from './detail';
import type { PulledMap } from './pulls';
import type { Reading } from './reading';
import type { Selection } from './selection';
import { axisNames, placeName } from './words';

export function titled(
  output: PanelOutput,
  view: PanelViewState,
  choice: PanelChoice,
  { reading, alignment }: PulledMap,
): TitledReading | undefined {
  if (!reading) return undefined;
  return { reading, axes: axisNames(view.kind, choice.method), place: placeName(view.kind, choice, output, alignment) };
}

/** What is written equals what is shown. */
export function exportedPicture({ reading, axes, place }: TitledReading): PanelExport['picture'] {
  const { rows, columns, weights, visibleCounts } = reading;
  return {
    title: place,
    axisNames: axes,
    rows: rows.map(item => item.name),
    columns: columns.map(item => item.name),
    weights: weights.slice(), // a view would be sent with its whole buffer
    visibleCounts,
  };
}

/** The first token of the output that a selection is about; undefined: it is about none. */
export function outputToken(reading: Reading, { row, column }: Selection): number | undefined {
  const items = [
    row === undefined ? undefined : reading.rows[row],
    column === undefined ? undefined : reading.columns[column],
  ];
  const token = items.find(item => item?.side === 'target')?.tokens[0];
  return token !== undefined && token >= 0 ? token : undefined;
}

/** The same for the same map of the same sentence. */
export function mapKey(view: PanelViewState, { method, layerIndex, head, variantIndex }: PanelChoice): string {
  return [view.segmentIndex, variantIndex, view.kind, method, layerIndex, head].join(' ');
}
