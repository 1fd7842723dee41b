// The part of a block inside a range of its document, for a selection in it. Pure.

import type { CharacterRange } from '../types';
import type { Cell, ProseBlock, Table } from './document';
import { skipSpaces, skipSpacesBack } from './formats/lines';

/**
 * Offsets of the result count from the start of the range. A protected range that the selection cuts is protected as far as it
 * reaches. Undefined: nothing of the block is in the range.
 */
export function clipBlock(document: string, block: ProseBlock, [from, to]: CharacterRange): ProseBlock | undefined {
  const clip = ([start, end]: CharacterRange): CharacterRange => [Math.max(start, from), Math.min(end, to)];
  const move = ([start, end]: CharacterRange): CharacterRange => [start - from, end - from];
  const isInside = ([start, end]: CharacterRange) => from <= start && end <= to;
  const { wrap, into, table } = block;
  if (into) {
    if (!isInside(into.range) || !block.pieces.every(isInside)) return undefined;
    return {
      ...block,
      pieces: block.pieces.map(move),
      protected: block.protected.map(move),
      into: { ...into, range: move(into.range) },
      ...(table && { table: clipTable(table, ranges => [...ranges], move) }),
    };
  }
  const clipped = (ranges: readonly CharacterRange[]) =>
    ranges
      .map(clip)
      .map(([start, end]): CharacterRange => {
        const first = skipSpaces(document, start, end);
        return [first, skipSpacesBack(document, first, end)];
      })
      .filter(([start, end]) => start < end);
  const pieces = clipped(block.pieces);
  if (pieces.length === 0) return undefined;
  const [first] = pieces[0];
  const column = first - (document.lastIndexOf('\n', first - 1) + 1);
  return {
    ...block,
    pieces: pieces.map(move),
    protected: block.protected
      .map(clip)
      .filter(range => pieces.some(([start, end]) => start <= range[0] && range[1] <= end && range[0] < range[1]))
      .map(move),
    ...(wrap && { wrap: { ...wrap, column } }),
    ...(table && { table: clipTable(table, clipped, move) }),
  };
}

/** The cells that are in the range, as far as they are. */
function clipTable(
  table: Table,
  clipped: (ranges: readonly CharacterRange[]) => CharacterRange[],
  move: (range: CharacterRange) => CharacterRange,
): Table {
  const clipCell = (cell: Cell): Cell[] => {
    const lines = clipped(cell.lines);
    if (lines.length === 0) return [];
    const cut = Math.max(0, lines[0][0] - cell.lines[0][0]);
    return [{ ...cell, lines: lines.map(move), column: cell.column + (lines.length < cell.lines.length ? 0 : cut) }];
  };
  return { ...table, rows: table.rows.map(row => row.flatMap(clipCell)).filter(row => row.length > 0) };
}
