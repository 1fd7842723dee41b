// Tables and drawings among lines of text: cells with two spaces, a tab or leading dots between them, boxes of `+--+` and `|`.
// Runs anywhere; knows lines without their markers, of plain text and of comments.

import type { CharacterRange } from '../../types';
import type { Cell, ProseBlock, Table } from '../document';
import { columnCount } from '../ideographs';
import { columnsOf } from '../tableLayout';
import { looksLikeCode, sectionName } from './docLines';
import { hasWord, skipSpacesBack } from './lines';

/** A line of text. What stands before `start` (indentation, marker) stays. `start === end` for an empty one. */
export interface TextLine {
  readonly lineStart: number;
  readonly start: number;
  readonly end: number;
}

export interface FoundTable {
  readonly blocks: readonly ProseBlock[];
  /** Index of the line after it. */
  readonly next: number;
}

/** Longer lines are no rows: a cell is a few words. */
const longestRow = 400;
/** Rows are laid out together, so many characters of them at most. */
const largestTable = 5000;

/** Between two cells. The double space after a sentence is none, nor a tab there. */
const gap = /(?<![.!?]["')\]]?)(?: {2}[ \t]*| ?\t[ \t]*)| {5}[ \t]*| ?(?:\.[. ]?){4,} */g;
const ruleLine = /^(?:([-=~])\1+(?:[ \t]+|$))+$/;
/** Options as they stand before what they do: `-o, --output=FILE`. */
export const options = /^--?\w[^\s,]*(?: <[^>\s]*>| [A-Z]{2,})?(?:, --?\w[^\s,]*(?: <[^>\s]*>| [A-Z]{2,})?)*$/;

/** The tables among the lines, by the index of their first line. */
export function findTables(text: string, lines: readonly TextLine[], kind: string): ReadonlyMap<number, FoundTable> {
  const found = new Map<number, FoundTable>();
  for (let index = 0; index < lines.length; ) {
    const pipesEnd = pipeTableEnd(text, lines, index);
    if (pipesEnd > index) {
      found.set(index, { blocks: pipeBlocks(text, lines.slice(index, pipesEnd), kind), next: pipesEnd });
      index = pipesEnd;
      continue;
    }
    const next = drawingEnd(text, lines, index);
    if (next > index) {
      const isAlone = [lines[index - 1], lines[next]].every(line => !line || line.start === line.end);
      found.set(index, { blocks: drawingBlocks(text, lines.slice(index, next), kind, isAlone), next });
      index = next;
      continue;
    }
    const heading = titleBlock(text, lines, index, kind);
    if (heading) {
      found.set(index, { blocks: [heading], next: index + 2 });
      index += 2;
      continue;
    }
    const run = rowsFrom(text, lines, index);
    if (run.length === 0) {
      index++;
      continue;
    }
    for (const rows of tablesIn(text, lines, run)) {
      const [first, last] = [rows[0].index, rows[rows.length - 1]];
      found.set(first, { blocks: tableBlocks(text, rows, kind), next: last.index + last.lineCount });
    }
    const last = run[run.length - 1];
    index = last.index + last.lineCount;
  }
  return found;
}

/** A text on one line and the mark that closes the line after some space, which keeps its place. */
export function closedLine(
  text: string,
  lineStart: number,
  range: CharacterRange,
  closer: CharacterRange,
): Table['rows'] {
  return [[cellAt(text, lineStart, range), cellAt(text, lineStart, closer)]];
}

export function cellAt(text: string, lineStart: number, range: CharacterRange, isRule = false): Cell {
  return { lines: [range], column: columnCount(text.slice(lineStart, range[0])), isRule };
}

/** A title and the rule under it, which is as long as it is. */
function titleBlock(text: string, lines: readonly TextLine[], index: number, kind: string): ProseBlock | undefined {
  const [above, line, rule] = [lines[index - 1], lines[index], lines[index + 1]];
  if (!rule || (above && above.start < above.end) || rule.start - rule.lineStart !== line.start - line.lineStart)
    return undefined;
  const title = text.slice(line.start, Math.min(line.end, line.start + longestRow));
  if (!/^([-=~*^"'#+_])\1{2,}$/.test(text.slice(rule.start, Math.min(rule.end, rule.start + longestRow))))
    return undefined;
  if (!hasWord(title) || sectionName.test(title) || Math.abs(rule.end - rule.start - columnCount(title)) > 2)
    return undefined;
  const rows = [line, rule].map(({ lineStart, start, end }) => [
    cellAt(text, lineStart, [start, end], start === rule.start),
  ]);
  return { kind, pieces: [[line.start, line.end]], protected: [], table: { rows, isFixed: false } };
}

interface Row {
  /** Of its line. */
  readonly index: number;
  /** More than one where its last cell was wrapped. */
  readonly lineCount: number;
  readonly cells: readonly Cell[];
  readonly lineStart: number;
}

/** Lines under each other with more than one cell each, rules between them too. */
function rowsFrom(text: string, lines: readonly TextLine[], first: number): Row[] {
  const rows: Row[] = [];
  let length = 0;
  for (let index = first; index < lines.length && length < largestTable; ) {
    const line = lines[index];
    const cells = cellsUnder(text, line, rows.at(-1));
    const isRule = cells.length > 0 && cells.every(cell => cell.isRule);
    if (cells.length < 2 && !(isRule && rows.length > 0)) break;
    if (!isRule && (isJustified(text, cells) || !mayBeRow(text, line, cells[0]))) break;
    const lineCount = isRule ? 1 : 1 + continuationCount(text, lines, index, cells[cells.length - 1].column);
    rows.push({ index, lineCount, cells: withContinuation(cells, lines, index, lineCount), lineStart: line.lineStart });
    length += lines[index + lineCount - 1].end - line.start;
    index += lineCount;
  }
  return rows;
}

/** A program that justifies a text puts a second space, or a third, between some of its words. */
function isJustified(text: string, cells: readonly Cell[]): boolean {
  const gaps = cells.slice(1).map((_, index) => gapBefore(text, cells, index + 1));
  return gaps.length > 2 && gaps.includes(2) && gaps.every(gap => gap < 4);
}

/** Tags of documentation have their own columns, and so has code; options may look like it. */
function mayBeRow(text: string, { start, end }: TextLine, { lines: [first] }: Cell): boolean {
  const content = text.slice(start, end);
  if (/^(?:[@\\][a-zA-Z]|:[a-z]+[ :]|>>>|\.\.(?:\s|$)|\||`{3})/.test(content)) return false;
  return options.test(text.slice(...first)) || !looksLikeCode(content);
}

function cellsOf(text: string, { lineStart, start, end }: TextLine): Cell[] {
  if (start === end || end - lineStart > longestRow) return [];
  const content = text.slice(start, end);
  const isRule = ruleLine.test(content);
  const cells: Cell[] = [];
  const add = (from: number, until: number) => {
    // Behind a full stop a double space is no gap, but the leading dots after it are one.
    const to = skipSpacesBack(content, from, until);
    if (from < to) cells.push(cellAt(text, lineStart, [start + from, start + to], isRule));
  };
  let done = 0;
  for (const { 0: found, index } of content.matchAll(gap)) {
    add(done, index);
    done = index + found.length;
  }
  add(done, content.length);
  return cells;
}

/** The cells of a line under a row: one space parts them too where an option reaches to the last column. */
function cellsUnder(text: string, line: TextLine, above: Row | undefined): readonly Cell[] {
  const cells = cellsOf(text, line);
  if (cells.length !== 1 || !above) return cells;
  const from = line.start + above.cells[above.cells.length - 1].column - cells[0].column;
  const isNarrow = line.start < from && from < line.end && options.test(text.slice(line.start, from - 1));
  if (!isNarrow || text[from - 1] !== ' ' || text[from] === ' ') return cells;
  return [cellAt(text, line.lineStart, [line.start, from - 1]), cellAt(text, line.lineStart, [from, line.end])];
}

/** Lines of one cell under the last one of a row. */
function continuationCount(text: string, lines: readonly TextLine[], index: number, column: number): number {
  let count = 0;
  for (let next = index + 1; next < lines.length; next++, count++) {
    const { lineStart, start, end } = lines[next];
    if (start === end || columnCount(text.slice(lineStart, start)) !== column) break;
    if (cellsOf(text, lines[next]).length !== 1) break;
  }
  return count;
}

function withContinuation(
  cells: readonly Cell[],
  lines: readonly TextLine[],
  index: number,
  lineCount: number,
): readonly Cell[] {
  const last = cells[cells.length - 1];
  const more = lines.slice(index + 1, index + lineCount).map(({ start, end }) => [start, end] as const);
  return [...cells.slice(0, -1), { ...last, lines: [...last.lines, ...more] }];
}

/**
 * The rows of a run that are columns and no text with wide spaces: those whose cells stand under each other, and those that begin
 * with an option or have a tab. Other lines end a table.
 */
function* tablesIn(text: string, lines: readonly TextLine[], run: readonly Row[]): Generator<Row[]> {
  const isAlone = [run[0].index - 1, run[run.length - 1].index + run[run.length - 1].lineCount].every(
    index => lines[index] === undefined || lines[index].start === lines[index].end,
  );
  let rows: Row[] = [];
  for (const [position, row] of run.entries()) {
    const isAligned = [run[position - 1], run[position + 1]].some(other => other && areAligned(text, row, other));
    const isInText = position === 0 && goesOnFrom(text, lines, row);
    if (isAligned || (!isInText && isTerm(text, row, isAlone))) {
      rows.push(row);
      continue;
    }
    if (rows.length > 0) yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

/** True when the line above is a text at the same place. */
function goesOnFrom(text: string, lines: readonly TextLine[], { index, cells: [first] }: Row): boolean {
  const above = lines[index - 1];
  if (!above || above.start === above.end || text[above.start] === '-') return false;
  return columnCount(text.slice(above.lineStart, above.start)) === first.column;
}

/** True when a column of both begins or ends at one place, after a gap that shows that it was made to. */
function areAligned(text: string, row: Row, other: Row): boolean {
  if ([row, other].some(({ cells }) => cells.length === 1)) return true;
  const edges = ({ cells }: Row) =>
    cells.slice(1).flatMap((cell, index): [edge: number, gap: number][] => {
      const gap = cell.isRule ? Number.POSITIVE_INFINITY : gapBefore(text, cells, index + 1);
      return [
        [cell.column, gap],
        [-endOf(text, cell), gap],
      ];
    });
  const others = new Map(edges(other));
  return edges(row).some(([edge, gap]) => Math.max(gap, others.get(edge) ?? 0) > 2 && others.has(edge));
}

function gapBefore(text: string, cells: readonly Cell[], index: number): number {
  if (index === 0) return 0;
  const [from, to] = [cells[index - 1].lines[0][1], cells[index].lines[0][0]];
  return text.slice(from, to).includes('\t') ? Number.POSITIVE_INFINITY : to - from;
}

/** `isAlone`: no line of other text is over or under it. */
function isTerm(text: string, { cells }: Row, isAlone: boolean): boolean {
  const first = text.slice(...cells[0].lines[0]);
  const gaps = cells.slice(1).map((_, index) => gapBefore(text, cells, index + 1));
  if (gaps.includes(Number.POSITIVE_INFINITY) || /^--?\w/.test(first)) return true;
  return isAlone && (gaps.every(gap => gap > 4) || (gaps[0] > 2 && !/\s/.test(first)));
}

/** A table as one block where a cell that is not the last of its row holds prose; else its texts, each for itself. */
function tableBlocks(text: string, rows: readonly Row[], kind: string): ProseBlock[] {
  const prose = proseCells(
    text,
    rows.map(({ cells }) => cells),
  );
  const isProse = ({ cells }: Row) => cells.filter(cell => prose.has(cell));
  if (prose.size === 0) return [];
  if (rows.some(row => row.cells.slice(0, -1).some(cell => prose.has(cell)) || isRuleRow(row.cells))) {
    const pieces = rows.flatMap(isProse).flatMap(({ lines }) => lines);
    const table: Table = { rows: rows.map(({ cells }) => cells), isFixed: false };
    return [{ kind, pieces, protected: [], table }];
  }
  const width = Math.max(...rows.flatMap(({ cells, lineStart }) => rowWidth(cells, lineStart)));
  const continuations = new Map(
    rows.flatMap(({ cells }) => {
      const { lines, column } = cells[cells.length - 1];
      return lines.length > 1 ? [[column, text.slice(lines[0][1], lines[1][0])] as const] : [];
    }),
  );
  return rows.flatMap(isProse).map(({ lines, column }) => {
    const continuation = continuations.get(column);
    return { kind, pieces: lines, protected: [], ...(continuation && { wrap: { width, continuation } }) };
  });
}

function rowWidth(cells: readonly Cell[], lineStart: number): number[] {
  const { lines, column } = cells[cells.length - 1];
  return lines.map(([start, end], index) => (index === 0 ? end - lineStart : column + end - start));
}

/** Words, not names: begins with a capital as a text does. */
const titled = /^\p{Lu}[\p{L}'’-]*(?: (?:[\p{L}'’-]+|\([\p{L} ]+\)))*[.:?]?$/u;
/** A name in capitals, or with one inside. */
const named = /^(?:\S*\p{Lu}\p{Lu}\S*|\S*\p{Ll}\p{Lu}\S*)$/u;
const title = /^\p{L}[\p{L}'’-]*(?: [\p{L}'’-]+){0,2}[.:?]?$/u;

/**
 * The last column is prose where one of its cells has two words beside each other, another one where each of its cells begins as a
 * text does: what stands under each other is of one kind, and a lone word in small letters is a name. Over the columns may be titles.
 */
export function proseCells(text: string, rows: Table['rows']): ReadonlySet<Cell> {
  const contentOf = ({ lines }: Cell) => lines.map(range => text.slice(...range)).join(' ');
  const head = headOf(rows, contentOf);
  const prose = new Set(head);
  const body = rows.filter(row => row !== head && !isRuleRow(row));
  const last = new Set(body.map(row => row[row.length - 1]));
  const isText = (cell: Cell) => titled.test(contentOf(cell)) && !named.test(contentOf(cell));
  for (const column of columnsOf(text, [body.flat().filter(cell => !last.has(cell))]))
    if (column.every(isText)) for (const cell of column) prose.add(cell);
  for (const column of columnsOf(text, [[...last]]))
    if (column.some(cell => /\p{L}{2,} \p{L}{2,}/u.test(contentOf(cell)))) for (const cell of column) prose.add(cell);
  return new Set([...prose].filter(cell => hasWord(contentOf(cell)) && !options.test(contentOf(cell))));
}

/** A first row of titles: over a rule, with three of them, or each with a capital. */
function headOf(rows: Table['rows'], contentOf: (cell: Cell) => string): Table['rows'][number] | undefined {
  const [first, second] = isRuleRow(rows[0]) ? rows.slice(1) : rows;
  if (!first || !second || !first.every(cell => title.test(contentOf(cell)))) return undefined;
  const isTitled = first.every(cell => /^\p{Lu}/u.test(contentOf(cell)));
  return isRuleRow(second) || isTitled || first.length > 2 ? first : undefined;
}

function isRuleRow(row: Table['rows'][number]): boolean {
  return row.every(({ isRule }) => isRule);
}

const boxLine = /^[^\p{L}]{0,80}(?:\+[-=]+\+|[┌├└╔╠╚┬┴┼─═]{2,})/u;
const drawn = /[|+│║┌┐└┘├┤─═╔╗╚╝\\/]/;
const border = '[|│║]';

/** The lines from a border on that have something drawn; `first` where no drawing begins there. */
function drawingEnd(text: string, lines: readonly TextLine[], first: number): number {
  const contentOf = ({ start, end }: TextLine) => text.slice(start, Math.min(end, start + longestRow));
  if (!boxLine.test(contentOf(lines[first]))) return first;
  let next = first + 1;
  while (next < lines.length && drawn.test(contentOf(lines[next]))) next++;
  return next - first > 2 ? next : first;
}

/**
 * One block of the texts between two borders. A closed frame grows with them; any other drawing holds them or stays as it is, because
 * what else is drawn would have to move. A text of several lines is none of a line, and stays.
 */
function drawingBlocks(text: string, lines: readonly TextLine[], kind: string, isAlone: boolean): ProseBlock[] {
  const isFrame = isAlone && isClosed(text, lines);
  const rows = lines.map(line => (isFrame ? frameCells(text, line) : boxedCells(text, line)));
  const isText = (cell: Cell) => !cell.isRule && hasWord(text.slice(...cell.lines[0]));
  const goesOn = (cell: Cell, other: readonly Cell[] = []) =>
    other.some(next => isText(next) && next.column < endOf(text, cell) && cell.column < endOf(text, next));
  const pieces = rows.flatMap((row, index) =>
    row
      .filter(cell => isText(cell) && !goesOn(cell, rows[index - 1]) && !goesOn(cell, rows[index + 1]))
      .flatMap(cell => cell.lines),
  );
  const table: Table = { rows: rows.filter(row => row.length > 0), isFixed: !isFrame };
  return pieces.length > 0 ? [{ kind, pieces, protected: [], table }] : [];
}

const pipeRow = /^\|.*\|$/;
const pipeRule = /^\|(?:[ :]*-+[ :]*\|)+$/;

/** The lines of a table as Markdown has it; `first` where there is none. */
function pipeTableEnd(text: string, lines: readonly TextLine[], first: number): number {
  const isRow = (index: number, pattern = pipeRow) => {
    const line = lines[index];
    return line !== undefined && line.end - line.start <= longestRow && pattern.test(text.slice(line.start, line.end));
  };
  if (!isRow(first) || !isRow(first + 1, pipeRule)) return first;
  let next = first + 2;
  while (isRow(next)) next++;
  return next;
}

/** One block where its borders stand under each other, which they keep doing; else its texts, each for itself. */
function pipeBlocks(text: string, lines: readonly TextLine[], kind: string): ProseBlock[] {
  const rows = lines.map((line, index) => frameCells(text, line, index === 1));
  const prose = proseCells(
    text,
    rows.map(row => row.filter(({ lines: [range] }) => text.slice(...range) !== '|')),
  );
  const pieces = rows.flat().flatMap(cell => (prose.has(cell) ? cell.lines : []));
  if (pieces.length === 0) return [];
  if (areEven(text, lines)) return [{ kind, pieces, protected: [], table: { rows, isFixed: false } }];
  return pieces.map(piece => ({ kind, pieces: [piece], protected: [], forbidden: ['|'] }));
}

function endOf(text: string, { column, lines }: Cell): number {
  return column + columnCount(text.slice(...lines[0]));
}

/** One rectangle whose rules go from side to side. */
function isClosed(text: string, lines: readonly TextLine[]): boolean {
  return areEven(text, lines) && lines.every(({ start, end }) => frameLine.test(text.slice(start, end)));
}

/** True when all lines begin at one place and end at one. */
function areEven(text: string, lines: readonly TextLine[]): boolean {
  const edges = lines.map(
    ({ lineStart, start, end }) => `${start - lineStart} ${columnCount(text.slice(lineStart, end))}`,
  );
  return new Set(edges).size === 1;
}

const frameLine = /^(?:\+(?:[-=]{2,}\+)+|\|(?!.*\+[-=]).*\|)$/;
const frameToken = /\||\+(?=[-=+]|$)|(?<=\| *)-+(?= *\|)|[-=]+(?=\+)|[^|\s](?:[^|]*[^|\s])?/g;

/** Each border, rule and text. */
function frameCells(text: string, { lineStart, start, end }: TextLine, isRule = text[start] === '+'): Cell[] {
  const content = text.slice(start, end);
  return [...content.matchAll(frameToken)].map(({ 0: found, index }) =>
    cellAt(text, lineStart, [start + index, start + index + found.length], isRule && /^[-=]+$/.test(found)),
  );
}

const boxedText = new RegExp(`(?<=${border})[ \\t]*([^ \\t|│║](?:[^|│║]*[^ \\t|│║])?)[ \\t]*(?=${border})`, 'gu');

/** Each text with the border after it. */
function boxedCells(text: string, { lineStart, start, end }: TextLine): Cell[] {
  const content = text.slice(start, Math.min(end, start + longestRow));
  return [...content.matchAll(boxedText)].flatMap(({ 0: whole, 1: words, index }) => {
    if (!/\p{L}{2}/u.test(words)) return [];
    const from = start + index + whole.indexOf(words);
    const to = start + index + whole.length;
    return [cellAt(text, lineStart, [from, from + words.length]), cellAt(text, lineStart, [to, to + 1])];
  });
}
