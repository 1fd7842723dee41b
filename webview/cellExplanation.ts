// Takes a cell of words apart: asks for the numbers of its tokens, and shows them or why there are none.

import { isUnavailable } from '../src/model/attention/methods';
import { toHeadlightError } from '../src/model/errors';
import type { PanelHostMethods, PanelPlace, PanelSegment, PanelViewState } from '../src/protocol/webview';
import type { CellFormula } from './cellFormula';
import * as l10n from './l10n';
import type { PanelHost } from './panelHost';
import type { PulledMap } from './pulls';
import type { Selection } from './selection';
import { hasHeads } from './viewState';
import { unavailableSentence } from './words';

/** The cell of `selection` in `map`, a map of `segment` as `view` has it. */
export async function explainCell(
  host: PanelHost,
  formula: CellFormula,
  place: PanelPlace,
  view: PanelViewState,
  map: PulledMap,
  { row, column }: Required<Selection>,
  segment: PanelSegment,
  signal: AbortSignal,
): Promise<void> {
  const { reading, pooledFrom } = map;
  if (!reading || row === undefined || column === undefined) return;
  if (pooledFrom || view.unit === 'sentences') {
    formula.showSentence(
      l10n.t('A cell of many tokens: choose words or subwords, or the whole map, to take one apart.'),
    );
    return;
  }
  try {
    const cell = cellOf(view, map, reading.rows[row].tokens[0], reading.columns[column].tokens[0]);
    const explanation = await host.call('explain', { ...place, ...cell }, signal);
    if (signal.aborted) return;
    if (isUnavailable(explanation)) {
      formula.showSentence(unavailableSentence(explanation));
      return;
    }
    const columns = view.kind === 'decoder' ? segment.targetTokens : segment.sourceTokens;
    formula.show(explanation, {
      row: reading.rows[row].name,
      column: reading.columns[column].name,
      columns: columns.map(token => token.text),
      ofSeveral: cell.headIndex === undefined,
    });
  } catch (error) {
    const { code, message } = toHeadlightError(error);
    if (code !== 'cancelled' && code !== 'superseded') formula.showSentence(message);
  }
}

/** Words are explained by their first tokens; a word alignment by its heads, at the step in which they read. */
function cellOf(
  { kind, method, layerIndex, head }: PanelViewState,
  { alignment }: PulledMap,
  rowToken: number,
  columnToken: number,
): Omit<PanelHostMethods['explain']['params'], keyof PanelPlace> {
  const heads = alignment?.heads;
  const headIndex = heads ? (heads.heads.length === 1 ? heads.heads[0] : undefined) : Number(head);
  return {
    kind,
    layerIndex: heads?.layer ?? layerIndex,
    headIndex: (heads || hasHeads(method)) && Number.isInteger(headIndex) ? headIndex : undefined,
    row: rowToken + (heads?.inputShift ? 1 : 0),
    // Column j of the decoder is its input at step j: token j - 1.
    column: kind === 'decoder' ? columnToken + 1 : columnToken,
  };
}
