// Paragraphs of plain text. Lines that were wrapped by hand are one text; a list, a table or verse keeps its lines. Runs anywhere.

import type { CharacterRange } from '../../types';
import type { ProseBlock } from '../document';
import { hasWord, type Line, lineBreakOf, linesOf, skipSpaces, skipSpacesBack, wideSpaces } from './lines';
import { findTables } from './tables';

/** Narrower lines were not wrapped, they are short. */
const minWrapWidth = 40;
/** A line may end this much before the width where the next word had no room: writers wrap by eye. */
const raggedness = 12;

const lineMark = /^(?:(?:[-*+•–>#]|\(?\d{1,3}[.)]|\(?[a-z][.)])[ \t]+)+/;

export interface ProseLine {
  readonly lineStart: number;
  readonly start: number;
  readonly end: number;
  /** Where the line would begin without its list mark. */
  readonly indent: number;
  readonly isMarked: boolean;
}

/** Lazy. */
export function* textBlocks(text: string): Generator<ProseBlock> {
  yield* paragraphBlocks(text, linesOf(text), 'paragraph', lineBreakOf(text));
}

/** Blocks of the lines given, which are in document order. */
export function* paragraphBlocks(
  text: string,
  lines: Iterable<Line>,
  kind: string,
  lineBreak: string,
): Generator<ProseBlock> {
  let open: ProseLine[] = [];
  for (const { start, end } of lines) {
    const indent = skipSpaces(text, start, end);
    const last = skipSpacesBack(text, indent, end);
    // A mark is a few characters, however long the line is.
    const mark = lineMark.exec(text.slice(indent, Math.min(last, indent + 100)))?.[0].length ?? 0;
    const line = { lineStart: start, start: indent + mark, end: last, indent, isMarked: mark > 0 };
    if (line.start < line.end) open.push(line);
    else {
      yield* blocksOfLines(text, open, kind, lineBreak);
      open = [];
    }
  }
  yield* blocksOfLines(text, open, kind, lineBreak);
}

/** Blocks of lines without an empty one among them. */
function* blocksOfLines(
  text: string,
  lines: readonly ProseLine[],
  kind: string,
  lineBreak: string,
): Generator<ProseBlock> {
  const tables = findTables(text, lines, kind);
  let open: ProseLine[] = [];
  for (let index = 0; index < lines.length; index++) {
    const [line, table] = [lines[index], tables.get(index)];
    if (open.length > 0 && (table || line.isMarked || !standsUnder(text, open, line))) {
      yield* linesAsBlocks(text, open, kind, lineBreak);
      open = [];
    }
    if (!table) open.push(line);
    else {
      yield* table.blocks;
      index = table.next - 1;
    }
  }
  yield* linesAsBlocks(text, open, kind, lineBreak);
}

function standsUnder(text: string, open: readonly ProseLine[], line: ProseLine): boolean {
  const last = open[open.length - 1];
  const indentOf = ({ lineStart, start }: ProseLine) => text.slice(lineStart, start);
  if (open.length > 1 || !last.isMarked) return indentOf(line) === indentOf(last);
  return line.indent - line.lineStart >= last.indent - last.lineStart;
}

function* linesAsBlocks(
  text: string,
  lines: readonly ProseLine[],
  kind: string,
  lineBreak: string,
): Generator<ProseBlock> {
  const pieces = lines.map(({ start, end }): CharacterRange => [start, end]);
  if (!isWrapped(text, lines)) {
    for (const piece of pieces)
      if (hasWord(text.slice(...piece))) yield { kind, pieces: [piece], protected: wideSpaces(text, piece) };
    return;
  }
  if (!pieces.some(piece => hasWord(text.slice(...piece)))) return;
  const { lineStart, start } = lines[1];
  const wrap = { width: widthOf(lines), continuation: lineBreak + text.slice(lineStart, start) };
  yield { kind, pieces, protected: [], wrap };
}

/** True when every line but the last ends where the first word of the next one had no room, and a sentence goes on in another line. */
function isWrapped(text: string, lines: readonly ProseLine[]): boolean {
  if (lines.length < 2 || lines.slice(0, -1).every(({ end }) => /[.!?。！？]/.test(text[end - 1]))) return false;
  const width = widthOf(lines);
  if (width < minWrapWidth) return false;
  return lines.slice(0, -1).every(({ lineStart, end }, index) => {
    const next = lines[index + 1];
    const space = text.slice(next.start, Math.min(next.end, next.start + width)).search(/\s/);
    const firstWord = space === -1 ? next.end - next.start : space;
    return end - lineStart + 1 + firstWord > width - raggedness;
  });
}

function widthOf(lines: readonly ProseLine[]): number {
  return lines.reduce((longest, { lineStart, end }) => Math.max(longest, end - lineStart), 0);
}
