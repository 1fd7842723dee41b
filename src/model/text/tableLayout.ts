// Where the cells of a table stand once their texts have other lengths. Pure.

import type { Cell, Table } from './document';
import { columnCount } from './ideographs';

export interface TableLayout {
  /** Columns that a cell moves to the right. */
  readonly shiftOf: (cell: Cell) => number;
  /** Columns that it takes as it is written. */
  readonly widthOf: (cell: Cell) => number;
}

/** A rule that reaches further past its title was not made for it. */
const widestMargin = 2;

/**
 * As somebody lays a table out by hand: every column begins where it did, and where a text has no room, that column and those after
 * it move in all rows, so that what stood under each other still does. A line that shifted alone would end the column. Tabs stay as
 * they are. `textWidthOf`: of a cell that is no rule, as it is written.
 */
export function tableLayout(document: string, { rows }: Table, textWidthOf: (cell: Cell) => number): TableLayout {
  const shifts = new Map<Cell, number>();
  const widths = new Map<Cell, number>();
  const before = new Map<Cell, Cell>();
  for (const row of rows) for (const [index, cell] of row.entries()) if (index > 0) before.set(cell, row[index - 1]);
  const columns = columnsOf(document, rows);
  let shift = 0;
  for (const column of columns) {
    for (const cell of column) {
      const last = before.get(cell);
      if (!last) continue;
      const end = last.column + shifts.get(last)! + widths.get(last)!;
      shift = Math.max(shift, end + leastGap(document, last, cell) - cell.column);
    }
    const texts = column.filter(({ isRule }) => !isRule);
    const endOf = (width: (cell: Cell) => number) => Math.max(0, ...texts.map(cell => cell.column + width(cell)));
    const [sourceEnd, end] = [endOf(cell => sourceWidth(document, cell)), endOf(textWidthOf)];
    for (const cell of column) {
      const width = cell.isRule
        ? ruleWidth(cell, sourceWidth(document, cell), sourceEnd, end, columns.length === 1)
        : textWidthOf(cell);
      shifts.set(cell, shift);
      widths.set(cell, width);
    }
  }
  // The rules of a frame meet its corners.
  for (const [cell, last] of before)
    if (last.isRule && gapBetween(document, last, cell) === '')
      widths.set(last, cell.column + shifts.get(cell)! - last.column - shifts.get(last)!);
  return { shiftOf: cell => shifts.get(cell)!, widthOf: cell => widths.get(cell)! };
}

/** True when every text ends before the cell after it, with a space between where there was one. */
export function hasRoom(document: string, { rows }: Table, textWidthOf: (cell: Cell) => number): boolean {
  return rows.every(row =>
    row.every((cell, index) => {
      const next = row[index + 1];
      if (!next) return textWidthOf(cell) <= sourceWidth(document, cell);
      const least = gapBetween(document, cell, next) === '' ? 0 : 1;
      return cell.column + textWidthOf(cell) + least <= next.column;
    }),
  );
}

export function gapBetween(document: string, cell: Cell, next: Cell): string {
  return document.slice(cell.lines[cell.lines.length - 1][1], next.lines[0][0]);
}

/** A gap in so many columns; dots that lead to the number of a page stand where they stood. One with a tab stays. */
export function resizedGap(gap: string, columns: number): string {
  if (gap.includes('\t')) return gap;
  const leader =
    gap
      .slice(1, 3)
      .padEnd(2)
      .repeat(Math.max(0, columns - gap.length)) + gap.slice(1);
  return ` ${leader.slice(Math.max(0, leader.length - columns + 1))}`.slice(0, Math.max(0, columns));
}

/** Two columns are told apart by two spaces, where they were; a closing mark by one. */
function leastGap(document: string, last: Cell, cell: Cell): number {
  const gap = gapBetween(document, last, cell);
  const isMark = !cell.isRule && !/[\p{L}\p{N}]/u.test(document.slice(...cell.lines[0]));
  return gap.includes('\t') ? Number.NEGATIVE_INFINITY : Math.min(isMark ? 1 : 2, gap.length);
}

/** Of a title the rule grows and shrinks with it. */
function ruleWidth(cell: Cell, width: number, sourceEnd: number, end: number, isTitle: boolean): number {
  const margin = cell.column + width - sourceEnd;
  if (margin < 0) return width;
  if (isTitle && margin <= widestMargin) return width + end - sourceEnd;
  return Math.max(width, end - cell.column);
}

function sourceWidth(document: string, { lines }: Cell): number {
  return Math.max(...lines.map(range => columnCount(document.slice(...range))));
}

/** Cells under each other, from left to right: in whatever way a column is aligned, its cells have a place in common. */
export function columnsOf(document: string, rows: Table['rows']): Cell[][] {
  const columns: Cell[][] = [];
  let end = 0;
  for (const cell of rows.flat().sort((left, right) => left.column - right.column)) {
    const cellEnd = cell.column + sourceWidth(document, cell);
    const column = columns.at(-1);
    if (column && cell.column < end) {
      column.push(cell);
      end = Math.min(end, cellEnd);
    } else {
      columns.push([cell]);
      end = cellEnd;
    }
  }
  return columns;
}
