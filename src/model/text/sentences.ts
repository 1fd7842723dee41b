// Cuts text into sentences and leaves everything between them where it is. Runs anywhere.

import type { CharacterRange } from '../types';
import { endsWithAbbreviation } from './abbreviations';
import { findProtectedSpans } from './protectedSpans';

/** Longer sentences are cut at clauses, then at spaces: the shipped model was trained on texts of about this length. */
const maxSentenceLength = 400;
/** Intl.Segmenter takes quadratic time on very long strings without a break: feed it windows of this size. */
const windowLength = 4000;

/** List, quote and comment marks at the start of a line; they stay as they are. */
const lineMarker = /^(?:(?:\/\/[/!]?|\/\*\*?|\*(?!\*)|#{1,6}|--|;+|<!--|>|[-+•–]|\(?\d{1,3}[.)])[ \t]+)+/;
const lineClosers = ['*/', '-->'];

const listNumber = /^\(?\d{1,3}[.)]$/;

const maskLetter = 'X';

const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });

/**
 * Sentences of a text in order, as ranges without surrounding spaces. What lies between them (line breaks, indentation, list
 * marks, lines without a letter) is in no range. A line break always ends a sentence. Lazy: a long text is cut as it is read.
 */
export function* sentences(text: string): Generator<CharacterRange> {
  for (const [start, end] of lineBodies(text)) yield* sentencesOfLine(text, start, end);
}

/** What is written on each line that is not blank, without indentation, list and comment marks. Lazy. */
export function* lineBodies(text: string): Generator<CharacterRange> {
  for (const [start, end] of lines(text)) {
    const line = text.slice(start, end);
    const marker = lineMarker.exec(line.trimStart());
    const indent = line.length - line.trimStart().length;
    const from = start + indent + (marker?.[0].length ?? 0);
    const body = withoutCloser(text.slice(from, end).trimEnd());
    if (body !== '') yield [from, from + body.length];
  }
}

function* sentencesOfLine(text: string, from: number, end: number): Generator<CharacterRange> {
  for (const [start, limit] of windows(text, from, end)) {
    const window = text.slice(start, limit);
    const spans = findProtectedSpans(window).map(({ range }) => range);
    for (const [first, last] of sentencesOf(masked(window, spans), 0, window.length))
      yield [start + first, start + last];
  }
}

/**
 * Sentences of a run of prose on one line, in order, as ranges without surrounding spaces. `protectedRanges`: in order; none of
 * them is cut, whatever stands in it.
 */
export function* sentencesOfProse(text: string, protectedRanges: readonly CharacterRange[]): Generator<CharacterRange> {
  const readable = masked(text, protectedRanges);
  for (const [start, end] of windows(readable, 0, text.length))
    for (const range of sentencesOf(readable, start, end)) if (hasLetters(text.slice(...range))) yield range;
}

/** Capital letters in place of what has no sentence in it: a sentence may begin with one. */
function masked(text: string, ranges: readonly CharacterRange[]): string {
  let result = '';
  let done = 0;
  for (const [start, end] of ranges) {
    result += text.slice(done, start) + maskLetter.repeat(end - start);
    done = end;
  }
  return result + text.slice(done);
}

/** True when there is something to translate in it. */
export function hasLetters(text: string): boolean {
  return /\p{L}/u.test(text);
}

function* lines(text: string): Generator<CharacterRange> {
  const breaks = /\r\n|[\n\r\u2028\u2029\u0085\f\v]/g;
  let start = 0;
  for (let match = breaks.exec(text); match; match = breaks.exec(text)) {
    if (match.index > start) yield [start, match.index];
    start = match.index + match[0].length;
  }
  if (start < text.length) yield [start, text.length];
}

/** By hand: a pattern for spaces at an end takes quadratic time on a long run of spaces elsewhere. */
function withoutCloser(line: string): string {
  const closer = lineClosers.find(mark => line.endsWith(mark));
  return closer === undefined ? line : line.slice(0, -closer.length).trimEnd();
}

/** Pieces of a very long line, cut after a space where there is one. */
function* windows(text: string, start: number, end: number): Generator<CharacterRange> {
  let from = start;
  while (end - from > windowLength) {
    const cut = lastSentenceEnd(text, from, from + windowLength);
    yield [from, cut];
    from = cut;
  }
  if (from < end) yield [from, end];
}

function lastSentenceEnd(text: string, start: number, limit: number): number {
  const window = text.slice(start, limit);
  const sentenceEnd = Math.max(
    window.lastIndexOf('. '),
    window.lastIndexOf('! '),
    window.lastIndexOf('? '),
    window.lastIndexOf('。'),
  );
  if (sentenceEnd > window.length / 2) return start + sentenceEnd + 1;
  const space = window.lastIndexOf(' ');
  return safeCut(text, space > window.length / 2 ? start + space : limit);
}

function* sentencesOf(text: string, start: number, end: number): Generator<CharacterRange> {
  const line = text.slice(start, end);
  let open: [number, number] | undefined;
  for (const { segment, index } of segmenter.segment(line)) {
    const segmentEnd = index + segment.length;
    if (open) open[1] = segmentEnd;
    else open = [index, segmentEnd];
    if (continues(line.slice(open[0], segmentEnd), line.slice(segmentEnd))) continue;
    yield* trimmed(text, start + open[0], start + open[1]);
    open = undefined;
  }
  if (open) yield* trimmed(text, start + open[0], start + open[1]);
}

/** Intl.Segmenter ends a sentence too early after abbreviations, list numbers and before lower case, but not at a line break. */
function continues(sentence: string, rest: string): boolean {
  if (rest === '' || /[\r\n]\s*$/.test(sentence)) return false;
  const body = sentence.trimEnd();
  return endsWithAbbreviation(body, rest) || listNumber.test(body.trimStart()) || /^\p{Ll}/u.test(rest);
}

function* trimmed(text: string, start: number, end: number): Generator<CharacterRange> {
  if (hasLetters(text.slice(start, end))) yield* clauses(text, ...withoutSpaces(text, [start, end]));
}

/** A sentence in parts of at most `maxSentenceLength` characters. */
function* clauses(text: string, start: number, end: number): Generator<CharacterRange> {
  let from = start;
  while (end - from > maxSentenceLength) {
    const cut = bestCut(text, from, from + maxSentenceLength);
    yield* tight(text, from, cut);
    from = cut;
  }
  yield* tight(text, from, end);
}

/** Splits `[start, end)` in two at the best place near its middle; for a segment that has too many tokens. */
export function splitRange(text: string, [start, end]: CharacterRange): readonly [CharacterRange, CharacterRange] {
  const middle = start + Math.ceil((end - start) / 2);
  const space = text.lastIndexOf(' ', middle);
  const cut = safeCut(text, space > start + (end - start) / 4 ? space + 1 : middle);
  return [
    [start, cut],
    [cut, end],
  ];
}

function bestCut(text: string, start: number, limit: number): number {
  const window = text.slice(start, limit);
  for (const mark of [/[;:][^;:]*$/, /,[^,]*$/, /[、，；：][^、，；：]*$/, /\s\S*$/]) {
    const found = mark.exec(window);
    if (found && found.index > window.length / 3) return start + found.index + 1;
  }
  return safeCut(text, limit);
}

function* tight(text: string, start: number, end: number): Generator<CharacterRange> {
  if (hasLetters(text.slice(start, end))) yield withoutSpaces(text, [start, end]);
}

/** The range without the spaces at its ends; empty when there is nothing else in it. */
export function withoutSpaces(text: string, [start, end]: CharacterRange): CharacterRange {
  const part = text.slice(start, end);
  const from = start + part.length - part.trimStart().length;
  return [from, Math.max(from, start + part.trimEnd().length)];
}

/** Never between the two halves of a surrogate pair. */
function safeCut(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code >= 0xdc00 && code <= 0xdfff ? index - 1 : index;
}
