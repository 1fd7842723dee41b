// What is pointed at or pinned, and what follows from it for the tokens. Pure: no DOM.

import type { AxisItem, Reading, Side } from './reading';

/** A row, a column, or the cell where both meet. At least one is there. */
export interface Selection {
  readonly row: number | undefined;
  readonly column: number | undefined;
}

/** How a token takes part in a reading: as a row first, because a row is what the model did; undefined: not at all. */
export function selectionOfToken(reading: Reading, side: Side, tokenIndex: number): Selection | undefined {
  const token = { side, tokenIndex };
  const row = indexOfItem(reading.rows, token);
  if (row !== undefined) return { row, column: undefined };
  const column = indexOfItem(reading.columns, token);
  return column === undefined ? undefined : { row: undefined, column };
}

/**
 * What is shown when `pinned` holds and the pointer is at `pointed`. A pin stays; pointing at a token across from it asks
 * for the cell of the two.
 */
export function combine(
  reading: Reading,
  pinned: Selection | undefined,
  pointed: Selection | undefined,
): Selection | undefined {
  if (!pinned || !pointed) return pointed ?? pinned;
  if (pointed.row !== undefined && pointed.column !== undefined) return pointed;
  if (pinned.row !== undefined) {
    const column = pointed.column ?? columnOfRow(reading, pointed.row);
    return column === undefined ? pinned : { row: pinned.row, column };
  }
  return pointed.row === undefined ? pinned : { row: pointed.row, column: pinned.column };
}

/** Within one side a token has a row and a column; across sides only one of them. */
function columnOfRow(reading: Reading, row: number | undefined): number | undefined {
  return row === undefined ? undefined : indexOfItem(reading.columns, reading.rows[row]);
}

/** The same tokens in another reading of the same segment; undefined when they take no part in it. */
export function moved(selection: Selection, from: Reading, to: Reading): Selection | undefined {
  const { row, column } = selection;
  const newRow = row === undefined ? undefined : indexOfItem(to.rows, from.rows[row]);
  const newColumn = column === undefined ? undefined : indexOfItem(to.columns, from.columns[column]);
  if (newRow !== undefined || newColumn !== undefined) return { row: newRow, column: newColumn };
  const { side, tokenIndex } = row === undefined ? from.columns[column!] : from.rows[row];
  return selectionOfToken(to, side, tokenIndex);
}

function indexOfItem(
  items: readonly AxisItem[],
  { side, tokenIndex }: Pick<AxisItem, 'side' | 'tokenIndex'>,
): number | undefined {
  const index = items.findIndex(item => item.side === side && item.tokenIndex === tokenIndex);
  return index >= 0 ? index : undefined;
}

export function sameSelection(first: Selection | undefined, second: Selection | undefined): boolean {
  return first?.row === second?.row && first?.column === second?.column;
}

/** The weight of a cell; undefined when its row could not see its column. */
export function weightAt(reading: Reading, row: number, column: number): number | undefined {
  if (column >= reading.visibleCounts[row]) return undefined;
  return reading.weights[row * reading.columns.length + column];
}

/** A row or column item with its weight for the selection. */
export interface Link {
  /** In `reading.columns` when a row is selected, else in `reading.rows`. */
  readonly index: number;
  readonly weight: number;
}

/**
 * What a selection reads (a row is selected: the columns it saw) or is read by (only a column is: the rows that saw it), in
 * the order of the axis.
 */
export function linksOf(reading: Reading, { row, column }: Selection): Link[] {
  const links: Link[] = [];
  const count = row === undefined ? reading.rows.length : reading.columns.length;
  for (let index = 0; index < count; index++) {
    const weight = row === undefined ? weightAt(reading, index, column!) : weightAt(reading, row, index);
    if (weight !== undefined) links.push({ index, weight });
  }
  return links;
}

/** The `count` strongest of `links`, strongest first; ties keep their order. */
export function strongest(links: readonly Link[], count: number): Link[] {
  return links.toSorted((first, second) => second.weight - first.weight).slice(0, count);
}
