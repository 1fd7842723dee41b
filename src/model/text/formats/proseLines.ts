// Paragraphs of a comment or docstring: what is prose, what is code, a tag, a directive or a licence. Runs anywhere; knows
// nothing of grammars, only lines without their markers.

import type { CharacterRange } from '../../types';
import type { ProseBlock } from '../document';
import { codeElements } from '../markup';
import { docLines } from './docHtml';
import { lineRole, looksLikeCode, sectionName } from './docLines';
import { hasWord, skipSpaces } from './lines';
import { closedLine, findTables, type TextLine } from './tables';
import { heldTogether, rangesIn, strongMarks } from './wrappedRanges';

/** A line of a comment, without its marker. */
export type CommentLine = TextLine;

export interface ProseStyle {
  readonly kind: 'comment' | 'docstring';
  /** False where a longer output may not become a second line: one-line blocks, comments after code. */
  readonly canWrap: boolean;
  readonly lineBreak: string;
  /** What would end the comment early. */
  readonly forbidden: readonly string[];
}

/** A paragraph of one line says nothing of the width it may have: it is wrapped past this, were no line of its comment longer. */
const usualWidth = 80;

const licence =
  /copyright[\s:]+(?:\(c\)|©|\d{4}|\w+)|SPDX-|@licen[sc]e|licen[sc]e is |@preserve|licen[sc]ed (?:under|to)|permission is hereby granted|all rights reserved|redistribution and use|without warrant|the software is provided|under the terms of|this software is provided|governed by an? [\w-]+ licen[sc]e|found in the licen[sc]e file/i;

/** Prose in a comment, in order. A comment that states a licence has none: its wording is the licence. */
export function* proseOfLines(text: string, lines: readonly CommentLine[], style: ProseStyle): Generator<ProseBlock> {
  if (lines.length === 0) return;
  const whole = text.slice(lines[0].start, lines[lines.length - 1].end);
  if (!hasWord(whole) || licence.test(whole)) return;
  const width = lines.reduce((longest, line) => Math.max(longest, line.end - line.lineStart), 0);
  for (const found of paragraphs(text, lines, style)) {
    const block = 'lines' in found ? blockOf(text, found, style, width) : tableBlock(text, found, style);
    if (block) yield block;
  }
}

/** One of several under each other: `bit 0: ...`. */
const entry = /^[\p{L}\w.-]{1,24}(?: \d{1,6})?:[ \t]+\S/u;

interface Paragraph {
  readonly lines: CommentLine[];
  /** The first line as it was before its tag or list mark was cut off. */
  readonly origin: CommentLine;
  /** Later lines may stand further in than the first: under a tag or a list mark. */
  readonly hanging: boolean;
  /** A box: its right border must stay, so that no line may move. */
  readonly boxed: boolean;
}

/** What is being skipped, and until when. */
interface Skipping {
  readonly what: 'fence' | 'example' | 'literal' | 'session';
  readonly indent: number;
  readonly mark: string;
}

/** Paragraphs, and the blocks of tables between them. */
function* paragraphs(
  text: string,
  whole: readonly CommentLine[],
  style: ProseStyle,
): Generator<Paragraph | ProseBlock> {
  const lines = docLines(text, whole);
  const tables = findTables(text, lines, style.kind);
  let tableEnd = 0;
  let open: Paragraph | undefined;
  let skipping: Skipping | undefined;
  let section: { readonly name: string; readonly indent: number; readonly underlined: boolean } | undefined;
  let sawBlank = false;
  for (const [index, line] of lines.entries()) {
    if (index < tableEnd) continue;
    const content = text.slice(line.start, line.end);
    const outer = { ...line, start: line.outerStart };
    const indent = indentOf(text, outer);
    const wasBlank = sawBlank;
    sawBlank = content === '';
    if (skipping && !isOver(skipping, content, indent)) {
      if (closes(skipping, content)) skipping = undefined;
      continue;
    }
    skipping = undefined;
    const table = tables.get(index);
    if (content === '' || table) {
      if (open) yield open;
      open = undefined;
      if (table) {
        yield* table.blocks;
        tableEnd = table.next;
      }
      continue;
    }
    const end = proseEnd(content);
    const next = lines[index + 1];
    const underlined = next !== undefined && /^([-=~^"'`*+#])\1{2,}$/.test(text.slice(next.start, next.end));
    const opened = opensSkipping(content, indent);
    const isSection = (sectionName.test(content) && (content.endsWith(':') || underlined)) || underlined;
    if (opened || isSection || end === 0 || !hasWord(content)) {
      if (open) yield open;
      open = undefined;
      skipping = opened;
      if (isSection) section = { name: content.replace(/:$/, '').toLowerCase(), indent, underlined };
      continue;
    }
    if (section && !section.underlined && indent <= section.indent && !sectionName.test(content)) section = undefined;
    if (line.isTagged && line.isClosed && isName(content)) continue;
    const isTight = line.start > line.lineStart && !/[\s>]/.test(text[line.start - 1]);
    const role = sectionRole(section, content, indent, style) ?? lineRole(content, isTight);
    if (role.role === 'skip') {
      if (open) yield open;
      open = undefined;
      if (role.opens) skipping = { what: role.opens, indent, mark: '' };
      continue;
    }
    const start = line.start + (role.role === 'start' ? role.at : 0);
    const trimmed: CommentLine = { lineStart: line.lineStart, start, end: line.start + end };
    const boxed = end < content.length && !content.endsWith('::') && !line.isClosed;
    const isCode = start >= trimmed.end || looksLikeCode(text.slice(start, trimmed.end));
    const isIndentedCode =
      wasBlank && !line.isTagged && indent >= 4 && style.kind === 'comment' && indentOf(text, lines[0]) + 4 <= indent;
    if (isCode || isIndentedCode) {
      if (open) yield open;
      open = undefined;
      // Lines of code follow each other, as far in as the first one.
      if (isIndentedCode) skipping = { what: 'literal', indent: indent - 1, mark: '' };
      continue;
    }
    const isEntry = open && entry.test(content) && entry.test(text.slice(open.origin.start, open.origin.end));
    const goesOn = role.role === 'continue' && !line.isTagged && !isEntry && !boxed;
    if (open && goesOn && !open.boxed && continues(text, open, line)) open.lines.push(trimmed);
    else {
      if (open) yield open;
      const hanging = line.isTagged || (role.role === 'start' && role.hanging);
      open = { lines: [trimmed], origin: outer, hanging, boxed };
    }
    if (line.isClosed) {
      yield open;
      open = undefined;
    } else if (content.endsWith('::')) {
      yield open;
      open = undefined;
      skipping = { what: 'literal', indent, mark: '' };
    }
  }
  if (open) yield open;
}

/** A tab is more than the four spaces that code is further in. */
const columnsOfTab = 8;

/** Columns between the marker, or the line's start, and the prose. */
function indentOf(text: string, line: CommentLine): number {
  let at = line.start;
  let columns = 0;
  for (; at > line.lineStart && (text[at - 1] === ' ' || text[at - 1] === '\t'); at--)
    columns += text[at - 1] === '\t' ? columnsOfTab : 1;
  return columns;
}

function opensSkipping(content: string, indent: number): Skipping | undefined {
  const fence = /^(`{3,}|~{3,})/.exec(content);
  return fence ? { what: 'fence', indent, mark: fence[1] } : undefined;
}

/** One word, in a cell or item of its own, that is written as a name is. */
function isName(content: string): boolean {
  return /^\S+$/.test(content) && !/^(?:\p{Lu}\p{Ll}+|\p{Lo}+)[.:!?]?$/u.test(content);
}

/** True when the line no longer belongs to what is skipped. */
function isOver({ what, indent: from }: Skipping, content: string, indent: number): boolean {
  if (content === '') return what === 'session';
  if (what === 'example') return /^[@\\][a-zA-Z]|^\.[A-Z]{4,}/.test(content);
  return what === 'literal' && indent <= from;
}

/** True when the line is the last one of what is skipped. */
function closes({ what, mark }: Skipping, content: string): boolean {
  return what === 'fence' && content.startsWith(mark);
}

/** Entries of the sections of Google and NumPy docstrings: `name (type): description`, `name : type`. */
function sectionRole(
  section: { readonly name: string; readonly indent: number; readonly underlined: boolean } | undefined,
  content: string,
  indent: number,
  style: ProseStyle,
): ReturnType<typeof lineRole> | undefined {
  if (!section || style.kind !== 'docstring') return undefined;
  if (section.name === 'see also' && section.underlined) return seeAlsoRole(content);
  if (/^(?:notes?|warnings?|see also|references|todo|details|description|examples?|usage)$/.test(section.name))
    return undefined;
  if (section.underlined) {
    // NumPy: names stand where the heading does, their descriptions further in.
    return indent <= section.indent && /^[*\w`][\w*`., []*(?:[ \t]*:|$)|^[\w.]+\[/.test(content)
      ? { role: 'skip' }
      : undefined;
  }
  const entry =
    /^(?:\*{0,2}`{0,2}[\w.][\w.*, |[\]`'"-]{0,60}?)(?:[ \t]*\([^)]{0,200}\)|\[[^\]]{0,80}\])?:(?:[ \t]+|$)/.exec(
      content,
    );
  if (!entry || (entry[0].match(/\S+/g)?.length ?? 0) > 4) return undefined;
  return entry[0].length < content.length ? { role: 'start', at: entry[0].length, hanging: true } : { role: 'skip' };
}

/** Names, or one name and what it is; a description may stand under it. */
function seeAlsoRole(content: string): ReturnType<typeof lineRole> | undefined {
  const names = /^[\w.`:~]+(?:, *[\w.`:~]+)*,?(?:[ \t]+:(?:[ \t]+|$)|$)/.exec(content)?.[0];
  if (names === undefined) return undefined;
  return names.length < content.length ? { role: 'start', at: names.length, hanging: true } : { role: 'skip' };
}

/** Where the prose of a line ends: before the right border of a box and the `::` of reStructuredText. */
function proseEnd(content: string): number {
  if (content.endsWith('::')) return content.slice(0, -2).trimEnd().length;
  const border = /(?:[ \t]{2,}[*#|;%/+]{1,3}|[ \t]#{2,}|[-=*#~_/]{3,})$/.exec(content.slice(-120));
  if (!border) return content.length;
  return content.slice(0, content.length - border[0].length).trimEnd().length;
}

/** One paragraph while its lines stand under each other; under a tag or a list mark, the first one aside. */
function continues(text: string, { lines, origin, hanging }: Paragraph, line: CommentLine): boolean {
  const last = lines[lines.length - 1];
  if (lines.length > 1) return text.slice(line.lineStart, line.start) === text.slice(last.lineStart, last.start);
  const [first, indent] = [indentOf(text, origin), indentOf(text, line)];
  // The first line of a docstring stands after its quotes.
  return hanging ? indent >= first : indent === first || origin.start - origin.lineStart > line.start - line.lineStart;
}

function blockOf(text: string, paragraph: Paragraph, style: ProseStyle, width: number): ProseBlock | undefined {
  const lines = paragraph.lines.map(({ start, end }): CharacterRange => [start, end]);
  const block = withMarkup(text, { kind: style.kind, pieces: lines, protected: [] }, style);
  if (!block) return undefined;
  if (paragraph.boxed) return { ...block, table: boxOf(text, paragraph) };
  const { lineStart, start } = paragraph.origin;
  if (!style.canWrap || (lines.length === 1 && !repeatable.test(text.slice(lineStart, start)))) return block;
  const wrapWidth = lines.length === 1 ? Math.max(width, usualWidth) : width;
  return { ...block, wrap: { width: wrapWidth, continuation: style.lineBreak + continuationOf(text, paragraph) } };
}

/** Of a table; where no line may be new, without what is wrapped in its column. */
function tableBlock(text: string, block: ProseBlock, style: ProseStyle): ProseBlock | undefined {
  if (style.canWrap) return withMarkup(text, block, style);
  const isWrapped = block.table?.rows.some(row => row.some(({ lines }) => lines.length > 1));
  const { wrap: _, ...rest } = block;
  return isWrapped ? undefined : withMarkup(text, rest, style);
}

/** What may stand before a line that is new: no code, and no mark that opens a comment. */
const repeatable = /^[ \t]*(?:\/{2,}!?|#+'?|-{2,}|;+|%+|\*)?[ \t]*$/;

/** A line with a right border, which stays where it is, or with a line behind it, which ends where it ended. */
function boxOf(text: string, { lines: [{ start, end }], origin }: Paragraph): ProseBlock['table'] {
  const isFixed = !/([-=*#~_/])\1\1$/.test(text.slice(end, origin.end));
  const border = isFixed ? skipSpaces(text, end, origin.end) : origin.end - 3;
  return { rows: closedLine(text, origin.lineStart, [start, end], [border, origin.end]), isFixed };
}

/** The block with the markup in it protected; undefined without a word. */
function withMarkup(text: string, block: ProseBlock, { forbidden }: ProseStyle): ProseBlock | undefined {
  const { pieces } = block;
  const prose = pieces.map(([start, end]) => text.slice(start, end)).join(' ');
  if (!hasWord(prose)) return undefined;
  const inside = rangesIn(pieces, markupIn(prose));
  return {
    ...block,
    pieces: block.table ? pieces : heldTogether(pieces, inside),
    protected: block.table ? inside.filter(range => pieces.some(piece => holds(piece, range))) : inside,
    ...(forbidden.length > 0 ? { forbidden: [...forbidden, ...(block.forbidden ?? [])] } : {}),
  };
}

function holds([start, end]: CharacterRange, [from, to]: CharacterRange): boolean {
  return start <= from && to <= end;
}

function continuationOf(text: string, { lines, origin, hanging }: Paragraph): string {
  const line = lines[1] ?? origin;
  const prefix = text.slice(line.lineStart, line.start);
  return lines.length === 1 && hanging ? `${prefix}  ` : prefix;
}

const markup = new RegExp(
  [
    String.raw`<(${codeElements.join('|')})>[^<>]{0,300}</\1>`,
    String.raw`\{@[a-z]+[^{}]*\}`,
    String.raw`:[a-z]{1,20}(?::[a-z]{1,20}){0,3}:\x60[^\x60\n]+\x60`,
    String.raw`\x60\x60[^\x60\n]+\x60\x60`,
    String.raw`</?[a-zA-Z][\w:-]*(?:\s[^<>\n]*)?/?>`,
    String.raw`\\[a-zA-Z]+(?![a-zA-Z])(?:\s\w+)?`,
    String.raw`\]\([^)\s]{0,500}\)`,
  ].join('|'),
  'g',
);

function* markupIn(prose: string): Generator<CharacterRange> {
  const strong = [...strongMarks(prose)];
  for (const { index, 0: found } of prose.matchAll(markup)) {
    while (strong.length > 0 && strong[0][0] < index) yield strong.shift()!;
    while (strong.length > 0 && strong[0][0] < index + found.length) strong.shift();
    yield [index, index + found.length];
  }
  yield* strong;
}
