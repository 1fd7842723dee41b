// Paragraphs of plain text. Lines that were wrapped by hand are one text; a list, a table or verse keeps its lines. Runs anywhere.

import type { CharacterRange } from '../../types';
import type { ProseBlock } from '../document';
import { looksLikeCode, looksLikeSynopsis } from './docLines';
import { hasWord, type Line, lineBreakOf, linesOf, skipSpaces, skipSpacesBack, wideSpaces } from './lines';
import { findTables, options } from './tables';
import { heldTogether, rangesIn, strongMarks } from './wrappedRanges';

/** Narrower lines were not wrapped, they are short. */
const minWrapWidth = 40;
/** A line may end this much before the width where the next word had no room: writers wrap by eye. */
const raggedness = 12;

const longestSynopsis = 400;

const lineMark = /^(?:(?:[-*+•–>#]|o(?= {2})|\(?\d{1,3}(?:\.\d{1,3}){0,5}[.)]|\(?[a-z][.)])[ \t]+)+/;
/** `Type:  `, with text behind it whose later lines may stand further in. */
const wordMark = /^\p{Lu}[\p{L}\d ()/-]{0,30}(?=: {2,}\S)/u;
/** What an example types, who signed a change, and the head of a list of them; a line of a stack trace, or under a message of a compiler. */
const noProse =
  /^(?:\$ |-- [^<]*<\S+@\S+>|[\w.+-]+ \([^)\s]+\) [\w -]+; urgency=|at \S+(?: \[as \w+\])? ?\([^()]*\)$|at \S+:\d+(?::\d+)?$|\.{3} \d+ more$|File ".*", line \d+|Traceback \(most|--> \S+:\d|\d* *\|(?: |$)|[\^~]+$)/;
/** What a message stands behind: the class of an exception, the hash of a commit. */
const messageHead =
  /^(?:(?:Caused by: )?(?:[\w$]+[.:]+)*[\w$]+(?:Error|Exception|Warning): |[\da-f]{7,40} (?:\([^()]*\) )?)(?=\S)/;

export interface ProseLine {
  readonly lineStart: number;
  readonly start: number;
  readonly end: number;
  /** Where the line would begin without its list mark. */
  readonly indent: number;
  readonly isMarked: boolean;
  /** A word with a colon, and where the text behind it begins. */
  readonly label: { readonly range: CharacterRange; readonly next: number } | undefined;
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
    const beginning = text.slice(indent, Math.min(last, indent + 100));
    const mark = (lineMark.exec(beginning) ?? messageHead.exec(beginning))?.[0].length ?? 0;
    const word = wordMark.exec(text.slice(indent + mark, Math.min(last, indent + mark + 100)))?.[0].length ?? 0;
    const from = indent + mark;
    const label =
      word > 0 ? ({ range: [from, from + word], next: skipSpaces(text, from + word + 1, last) } as const) : undefined;
    const line = { lineStart: start, start: from, end: last, indent, isMarked: from > indent || word > 0, label };
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
    const isUnder = open.length > 0 && standsUnder(text, open, line);
    const call = table
      ? undefined
      : isTraced(text, lines[index - 1], line)
        ? ([line.start, line.start] as const)
        : callOf(text, line, isUnder);
    if (open.length > 0 && (table || call || line.isMarked || !isUnder)) {
      yield* linesAsBlocks(text, open, kind, lineBreak);
      open = [];
    }
    if (table) {
      yield* table.blocks;
      index = table.next - 1;
      continue;
    }
    const { label } = line;
    const isProse = label && /\p{L}{2,} \p{L}{2,}/u.test(text.slice(label.next, line.end));
    for (const word of [isProse ? label.range : undefined, call])
      if (word && hasWord(text.slice(...word))) yield { kind, pieces: [word], protected: [] };
    if (!call) open.push(label ? { ...line, start: label.next } : line);
  }
  yield* linesAsBlocks(text, open, kind, lineBreak);
}

/** The line of code that a stack trace of Python has under its place. */
function isTraced(text: string, place: ProseLine | undefined, line: ProseLine): boolean {
  return (
    place !== undefined &&
    line.indent - line.lineStart > place.indent - place.lineStart &&
    tracePlace.test(text.slice(place.start, place.end))
  );
}

const tracePlace = /^File ".*", line \d+/;

const synopsisLabel = /^\p{L}+(?=:[ \t])/u;

/** Of a line that is no prose, but how a command is called, the word before it, which may be empty. `isUnder`: a text goes on in it. */
function callOf(text: string, { start, end }: ProseLine, isUnder: boolean): CharacterRange | undefined {
  if (end - start > longestSynopsis) return undefined;
  const content = text.slice(start, end);
  const length = synopsisLabel.exec(content)?.[0].length ?? 0;
  const call = length > 0 ? content.slice(length + 1) : content;
  if (noProse.test(content) || (looksLikeCode(content) && !(isUnder && /(?:\p{L}{2,} ){3}/u.test(content))))
    return [start, start];
  return !isUnder && (options.test(content) || looksLikeSynopsis(call)) ? [start, start + length] : undefined;
}

function standsUnder(text: string, open: readonly ProseLine[], line: ProseLine): boolean {
  const last = open[open.length - 1];
  const indentOf = ({ lineStart, start }: ProseLine) => text.slice(lineStart, start);
  // The first line of a paragraph may stand further in, or out, when it is as long as the next one.
  const length = ({ lineStart, end }: ProseLine) => end - lineStart;
  if (open.length === 1 && !last.isMarked && length(last) >= Math.max(minWrapWidth, length(line) - raggedness))
    return true;
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
      if (hasWord(text.slice(...piece))) yield { kind, pieces: [piece], protected: marksIn(text, piece) };
    return;
  }
  if (!pieces.some(piece => hasWord(text.slice(...piece)))) return;
  // The hyphen in a word that was parted at the end of its line is layout.
  for (const [index, [start, end]] of pieces.entries())
    if (
      /\p{L}\u2010$/u.test(text.slice(start, end)) &&
      /^\p{Ll}/u.test(text.slice(...(pieces[index + 1] ?? [end, end])))
    )
      pieces[index] = [start, end - 1];
  const { lineStart, start } = lines[1];
  const wrap = { width: widthOf(lines), continuation: lineBreak + text.slice(lineStart, start) };
  const inside = rangesIn(pieces, strongMarks(pieces.map(piece => text.slice(...piece)).join(' ')));
  yield { kind, pieces: heldTogether(pieces, inside), protected: inside, wrap };
}

/** What stays between the words of a line. */
function marksIn(text: string, piece: CharacterRange): CharacterRange[] {
  const strong = rangesIn([piece], strongMarks(text.slice(...piece)));
  return [...strong, ...wideSpaces(text, piece)].sort((left, right) => left[0] - right[0]);
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
