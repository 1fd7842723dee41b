// Prose of a reStructuredText document, line by line: titles, paragraphs, lists, tables and what directives hold. Runs anywhere.
// Nesting needs no tree: what is code or data ends where a line stands no further in than its head.

import type { CharacterRange } from '../../types';
import type { Cell, ProseBlock } from '../document';
import { columnCount } from '../ideographs';
import { sphinxTypes } from './docLines';
import { hasWord, lineBreakOf, linesOf, skipSpaces, skipSpacesBack } from './lines';
import { directiveProse, restructuredRanges } from './restructuredMarkup';
import { cellAt, findTables, proseCells, type TextLine } from './tables';
import { heldTogether, rangesIn } from './wrappedRanges';

const adornment = /^([!-/:-@[-`{-~])\1*$/;
const listMark = /^(?:[-*+•‣⁃]|\(?(?:\d{1,9}|[a-zA-Z]|[ivxlcdm]{1,8}|[IVXLCDM]{1,8}|#)[.)])(?=[ \t]+\S)/;
/** Lists within lists on one line go no further in. */
const deepestMark = 200;
const option = /^(?:--?|\/)[^\s-][^\n]*?(?=[ \t]{2,}\S)/;
const field = /^:(?![\s:`])((?:[^:\\\n`]|\\.|`[^`\n]*`|:(?=\S)){1,200}?):(?=\s|$)/;
/** Fields at the head of a document, and types: names and data. */
const dataFields =
  /^(?:authors?|address|contact|copyright|date|organization|revision|status|version|orphan|tocdepth|nocomments|nosearch|license|id)$/i;
const directive = /^\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?([a-zA-Z][\w+.:-]*?)[ \t]?::(?=\s|$)[ \t]*/;
const footnote = /^\.\.[ \t]+\[(?:\d+|#[\w.-]*|\*|[a-zA-Z][\w.-]*)\](?=\s|$)[ \t]*/;
const simpleRule = /^=+(?: +=+)+$/;
const spanRule = /^[-=]+(?: +[-=]+)*$/;

/** Lazy. */
export function* restructuredBlocks(text: string): Generator<ProseBlock> {
  yield* new RestructuredReader(text).read();
}

interface Line extends TextLine {
  /** Columns before the text. */
  readonly indent: number;
}

class RestructuredReader {
  private readonly lines: Line[];
  private readonly lineBreak: string;
  private at = 0;
  /** A table without an end was looked for one: those after it have none either. */
  private hasNoMoreTables = false;

  constructor(private readonly text: string) {
    this.lineBreak = lineBreakOf(text);
    this.lines = Array.from(linesOf(text), ({ start, end }) => this.lineFrom(start, start, end));
  }

  *read(): Generator<ProseBlock> {
    while (this.at < this.lines.length) {
      if (this.isBlank(this.at)) this.at++;
      else yield* this.element();
    }
  }

  /** What begins at the line, which is the first one of its block. */
  private *element(): Generator<ProseBlock> {
    const line = this.lines[this.at];
    const content = this.contentOf(this.at);
    if (/^(?:\.\.|__)(?:\s|$)/.test(content)) yield* this.explicit(line, content);
    else if (content.startsWith('>>>')) this.skipToBlank();
    else if (/^\+[-=]/.test(content)) yield* this.gridTable();
    else if (simpleRule.test(content) && this.simpleTableEnd() > this.at) yield* this.simpleTable();
    else if (this.titleLength() > 0) yield* this.title();
    else if (adornment.test(content) && content !== '::') this.at++;
    else if (/^\|(?:\s|$)/.test(content)) yield* this.lineOf(line, 'line', 1);
    else if (option.test(content)) yield* this.behind(line, option.exec(content)![0].length);
    else if (field.test(content)) yield* this.field(line, content);
    else if (line.start - line.lineStart < deepestMark && listMark.test(content)) {
      // What stands behind the mark begins a block of its own, as far in as it stands.
      const { lineStart, start, end } = line;
      this.lines[this.at] = this.lineFrom(lineStart, start + listMark.exec(content)![0].length, end);
    } else yield* this.paragraph();
  }

  private *explicit(line: Line, content: string): Generator<ProseBlock> {
    const note = footnote.exec(content);
    if (note) {
      yield* this.behind(line, note[0].length);
      return;
    }
    const found = directive.exec(content);
    const prose = found && !/^\.\.[ \t]+\|/.test(content) ? directiveProse(found[1]) : 'none';
    const length = found?.[0].length ?? 0;
    if (prose === 'none') {
      // An empty comment ends before the next empty line.
      this.at++;
      if (content !== '..' || !this.isBlank(this.at)) this.skipDeeper(line.indent);
      return;
    }
    const version = prose === 'version' ? /^\S*[ \t]*/.exec(content.slice(length))![0].length : 0;
    if (prose === 'text' || prose === 'version') yield* this.behind(line, length + version);
    else if (prose === 'title') yield* this.lineOf(line, 'heading', length);
    else this.at++;
    // Its options, and what else it is given.
    while (this.isDeeper(this.at, line.indent) && (prose === 'body' || field.test(this.contentOf(this.at)))) this.at++;
  }

  private *field(line: Line, content: string): Generator<ProseBlock> {
    const [mark, name] = field.exec(content)!;
    if (dataFields.test(name) || sphinxTypes.has(name.split(/\s/)[0])) {
      this.at++;
      this.skipDeeper(line.indent);
    } else yield* this.behind(line, mark.length);
  }

  /** The text behind a mark, whose later lines may stand anywhere further in than the mark. */
  private *behind({ lineStart, start, end, indent }: Line, length: number): Generator<ProseBlock> {
    const rest = this.lineFrom(lineStart, start + length, end);
    if (rest.start === rest.end) {
      this.at++;
      return;
    }
    this.lines[this.at] = rest;
    yield* this.paragraph(indent);
  }

  /** `hangingFrom`: the column that later lines stand right of. Absent: they stand under the first one. */
  private *paragraph(hangingFrom?: number): Generator<ProseBlock> {
    const first = this.at;
    const { indent } = this.lines[first];
    const second = this.lines[first + 1];
    const isTerm =
      hangingFrom === undefined && this.isDeeper(first + 1, indent) && !this.contentOf(first).endsWith('::');
    const laterIndent = hangingFrom !== undefined && second && second.indent > hangingFrom ? second.indent : indent;
    this.at++;
    while (!isTerm && !this.isBlank(this.at) && this.lines[this.at].indent === laterIndent) this.at++;
    const lines = this.lines.slice(first, this.at);
    const last = lines[lines.length - 1];
    const opensLiteral = this.text.slice(last.start, last.end).endsWith('::');
    if (opensLiteral) {
      const end = skipSpacesBack(this.text, last.start, last.end - 2);
      lines[lines.length - 1] = { ...last, end };
    }
    if (isTerm) yield* this.term(lines[0]);
    else
      yield* this.block(
        'paragraph',
        lines.filter(({ start, end }) => start < end),
      );
    if (opensLiteral) this.skipLiteral(hangingFrom ?? indent);
  }

  /** A term is kept with a type behind it, as in the docstrings of NumPy. */
  private *term(line: Line): Generator<ProseBlock> {
    if (!/\s:\s/.test(this.text.slice(line.start, line.end))) yield* this.block('term', [line]);
  }

  private skipLiteral(indent: number): void {
    while (this.isBlank(this.at) && this.at < this.lines.length) this.at++;
    const quote = /^[!-/:-@[-`{-~]/.exec(this.contentOf(this.at))?.[0];
    if (this.isDeeper(this.at, indent)) this.skipDeeper(indent);
    else if (quote && this.lines[this.at].indent === indent)
      while (this.contentOf(this.at).startsWith(quote)) this.at++;
  }

  private *lineOf({ lineStart, start, end }: Line, kind: string, length: number): Generator<ProseBlock> {
    this.at++;
    yield* this.block(
      kind,
      [this.lineFrom(lineStart, start + length, end)].filter(line => line.start < line.end),
    );
  }

  /** Lines of the title at hand: two, or three with a rule over it; 0: there is none. */
  private titleLength(): number {
    const hasOverline = adornment.test(this.contentOf(this.at));
    const title = this.at + (hasOverline ? 1 : 0);
    const rule = this.contentOf(title + 1);
    if (this.isBlank(title) || !adornment.test(rule) || this.lines[title + 1].indent !== this.lines[this.at].indent)
      return 0;
    if (hasOverline) return rule === this.contentOf(this.at) ? 3 : 0;
    if (this.lines[title].indent !== this.lines[title + 1].indent) return 0;
    return rule.length >= Math.min(4, columnCount(this.contentOf(title))) ? 2 : 0;
  }

  /** The rules are as long as the title needs. */
  private *title(): Generator<ProseBlock> {
    const length = this.titleLength();
    const lines = this.lines.slice(this.at, this.at + length);
    this.at += length;
    const title = length - 2;
    const rows = lines.map(({ lineStart, start, end }, index) => [
      cellAt(this.text, lineStart, [start, end], index !== title),
    ]);
    for (const block of this.block('heading', [lines[title]])) yield { ...block, table: { rows, isFixed: false } };
  }

  private *gridTable(): Generator<ProseBlock> {
    const first = this.at;
    this.skipToBlank();
    for (const { blocks } of findTables(this.text, this.lines.slice(first, this.at), 'tableCell').values())
      for (const block of blocks) yield this.withMarkup(block);
  }

  /** Index after the last rule, which an empty line follows. The table's own index: there is none. */
  private simpleTableEnd(): number {
    if (this.hasNoMoreTables) return this.at;
    for (let index = this.at + 1; index < this.lines.length; index++)
      if (/^=+(?: +=+)*$/.test(this.contentOf(index)) && this.isBlank(index + 1)) return index + 1;
    this.hasNoMoreTables = true;
    return this.at;
  }

  private *simpleTable(): Generator<ProseBlock> {
    const [first, end] = [this.at, this.simpleTableEnd()];
    const top = this.lines[first];
    const columns = [...this.contentOf(first).matchAll(/=+/g)].map(({ index }) => index);
    this.at = end;
    const rows: Cell[][] = [];
    const wrapped = new Set<Cell>();
    for (const line of this.lines.slice(first, end)) {
      if (line.start === line.end) continue;
      const cells = this.cellsOf(line, top, columns);
      // A text over two columns is in none.
      if (!cells) return;
      const last = rows.at(-1)?.at(-1);
      const isMore = last && line.indent > top.indent && !cells[0].isRule;
      if (isMore && cells.length === 1 && cells[0].column === last.column && columns.length === rows.at(-1)!.length)
        rows[rows.length - 1].splice(-1, 1, { ...last, lines: [...last.lines, ...cells[0].lines] });
      else {
        if (isMore) for (const cell of [...rows[rows.length - 1], ...cells]) wrapped.add(cell);
        rows.push(cells);
      }
    }
    const prose = proseCells(this.text, rows);
    const pieces = rows.flat().flatMap(cell => (prose.has(cell) && !wrapped.has(cell) ? cell.lines : []));
    if (pieces.length > 0)
      yield this.withMarkup({ kind: 'tableCell', pieces, protected: [], table: { rows, isFixed: false } });
  }

  /** The cells of a line by the columns of its table; undefined where a text stands between two of them. */
  private cellsOf({ lineStart, end }: Line, top: Line, columns: readonly number[]): Cell[] | undefined {
    const isRule = spanRule.test(this.text.slice(skipSpaces(this.text, lineStart, end), end));
    const cells: Cell[] = [];
    for (const [index, column] of columns.entries()) {
      const from = lineStart + (top.start - top.lineStart) + column;
      if (from >= end) break;
      const to = index + 1 < columns.length ? Math.min(end, from + columns[index + 1] - column) : end;
      if (!isRule && index > 0 && !/\s/.test(this.text[from - 1])) return undefined;
      const start = skipSpaces(this.text, from, to);
      const last = skipSpacesBack(this.text, start, to);
      if (start < last) cells.push(cellAt(this.text, lineStart, [start, last], isRule));
    }
    return cells.length > 0 ? cells : undefined;
  }

  private *block(kind: string, lines: readonly TextLine[]): Generator<ProseBlock> {
    if (lines.length === 0) return;
    const pieces = lines.map(({ start, end }): CharacterRange => [start, end]);
    const block = this.withMarkup({ kind, pieces, protected: [] });
    if (!hasWord(this.proseOf(pieces))) return;
    if (lines.length === 1) yield block;
    else {
      const width = Math.max(...lines.map(({ lineStart, end }) => end - lineStart));
      const continuation = this.lineBreak + this.text.slice(lines[1].lineStart, lines[1].start);
      yield { ...block, wrap: { width, continuation } };
    }
  }

  private withMarkup(block: ProseBlock): ProseBlock {
    const cells = block.table ? block.pieces.map(piece => [piece]) : [block.pieces];
    const inside = cells.flatMap(pieces => rangesIn(pieces, restructuredRanges(this.proseOf(pieces))));
    return { ...block, pieces: block.table ? block.pieces : heldTogether(block.pieces, inside), protected: inside };
  }

  private proseOf(pieces: readonly CharacterRange[]): string {
    return pieces.map(range => this.text.slice(...range)).join(' ');
  }

  private skipToBlank(): void {
    while (this.at < this.lines.length && !this.isBlank(this.at)) this.at++;
  }

  private skipDeeper(indent: number): void {
    let last = this.at;
    for (let index = this.at; index < this.lines.length; index++) {
      if (this.isBlank(index)) continue;
      if (this.lines[index].indent <= indent) break;
      last = index + 1;
    }
    this.at = last;
  }

  private isDeeper(index: number, indent: number): boolean {
    return !this.isBlank(index) && this.lines[index].indent > indent;
  }

  /** True after the last line too. */
  private isBlank(index: number): boolean {
    return index >= this.lines.length || this.lines[index].start === this.lines[index].end;
  }

  private contentOf(index: number): string {
    return this.isBlank(index) ? '' : this.text.slice(this.lines[index].start, this.lines[index].end);
  }

  private lineFrom(lineStart: number, from: number, to: number): Line {
    const start = skipSpaces(this.text, from, to);
    return {
      lineStart,
      start,
      end: skipSpacesBack(this.text, start, to),
      indent: indentOf(this.text.slice(lineStart, start)),
    };
  }
}

/** A tab goes on to the next eighth column. */
function indentOf(before: string): number {
  let column = 0;
  for (const character of before) column = character === '\t' ? column - (column % 8) + 8 : column + 1;
  return column;
}
