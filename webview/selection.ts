// What is pointed at or pinned, and what follows from it for the words. Pure: no DOM.

import type { AxisItem, Reading, Side } from './reading';

/** A row, a column, or the cell where both meet. At least one is there. */
export interface Selection {
  readonly row: number | undefined;
  readonly column: number | undefined;
}

/** How tokens take part in a reading: as a row first, because a row is what the model did; undefined: not at all. */
export function selectionOfTokens(reading: Reading, side: Side, tokens: readonly number[]): Selection | undefined {
  const row = indexOfItem(reading.rows, { side, tokens });
  if (row !== undefined) return { row, column: undefined };
  const column = indexOfItem(reading.columns, { side, tokens });
  return column === undefined ? undefined : { row: undefined, column };
}

/**
 * What is shown when `pinned` holds and the pointer is at `pointed`. A pin stays; pointing at a word across from it asks
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

/** Within one side a word has a row and a column; across sides only one of them. */
function columnOfRow(reading: Reading, row: number | undefined): number | undefined {
  return row === undefined ? undefined : indexOfItem(reading.columns, reading.rows[row]);
}

/** The same words in another reading of the same segment; undefined when they take no part in it. */
export function moved(selection: Selection, from: Reading, to: Reading): Selection | undefined {
  const { row, column } = selection;
  const newRow = row === undefined ? undefined : indexOfItem(to.rows, from.rows[row]);
  const newColumn = column === undefined ? undefined : indexOfItem(to.columns, from.columns[column]);
  if (newRow !== undefined || newColumn !== undefined) return { row: newRow, column: newColumn };
  const { side, tokens } = row === undefined ? from.columns[column!] : from.rows[row];
  return selectionOfTokens(to, side, tokens);
}

/** The item that holds the first of the tokens that any holds. */
function indexOfItem(
  items: readonly AxisItem[],
  { side, tokens }: Pick<AxisItem, 'side' | 'tokens'>,
): number | undefined {
  const index = items.findIndex(item => item.side === side && item.tokens.some(token => tokens.includes(token)));
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

/** The strongest links that together hold `mass` of all their weight, strongest first. */
export function topShare(links: readonly Link[], mass: number): Link[] {
  const total = links.reduce((sum, { weight }) => sum + weight, 0);
  const chosen: Link[] = [];
  let sum = 0;
  for (const link of strongest(links, links.length)) {
    if (sum >= mass * total || link.weight <= 0) break;
    chosen.push(link);
    sum += link.weight;
  }
  return chosen;
}
