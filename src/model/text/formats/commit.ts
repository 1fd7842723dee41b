// A commit message: its subject and body. Prefixes, trailers, commands of a rebase and comments for the writer stay. Runs anywhere.

import type { ProseBlock } from '../document';
import { hasWord, type Line, lineBreakOf, linesOf, skipSpaces, skipSpacesBack } from './lines';
import { paragraphBlocks } from './plainText';

/** `feat(scope)!: `, `fixup! `, `[area] `, `net/http: `. */
const subjectPrefix =
  /^(?:(?:fixup|squash|amend)! )*(?:\[[^\]]{1,40}\][ \t]*)*(?:(?:[a-z][\w/.-]{0,30}(?:, ?[\w/.-]{1,30}){0,3}(?:\([^)]{0,60}\))?!?|[A-Z][A-Z\d]+-\d+|:[a-z_]+:):[ \t]+|:[a-z_]+:[ \t]+)*/;
/** `(#123)`, which a merge adds. */
const subjectSuffix = /(?:[ \t]*\(#\d+\))+$/;
const trailer =
  /^(?:[A-Z][A-Za-z]*(?:-[A-Za-z]+)+|Fixes|Closes|Resolves|Refs|Ref|See|Link|Bug|Issue|PR|Cc|CC|BREAKING CHANGE|Depends|Related|Change-Id|Reverts)(?::[ \t]|[ \t]+#\d)|^\(cherry picked from commit/;
const itemMark = /^[ \t]*(?:[-*+•]|\d+[.)])[ \t]+/;
const scissors = /^. -+ >8 -+/;

/** Lazy. */
export function* commitBlocks(text: string): Generator<ProseBlock> {
  yield* messageBlocks(text, linesOf(text), lineBreakOf(text));
}

/** Blocks of a message whose lines are given in order. */
export function* messageBlocks(text: string, lines: Iterable<Line>, lineBreak: string): Generator<ProseBlock> {
  let hasSubject = false;
  let paragraph: Line[] = [];
  for (const line of lines) {
    const content = text.slice(line.start, line.end);
    if (scissors.test(content)) break;
    if (content.startsWith('#') && !/^#{2,6} /.test(content)) continue;
    if (!hasSubject) {
      if (content.trim() === '') continue;
      hasSubject = true;
      yield* subjectBlock(text, line);
    } else if (content.trim() === '') {
      yield* bodyBlocks(text, paragraph, lineBreak);
      paragraph = [];
    } else paragraph.push(line);
  }
  yield* bodyBlocks(text, paragraph, lineBreak);
}

export function* subjectBlock(text: string, { start, end }: Line): Generator<ProseBlock> {
  const first = skipSpaces(text, start, end);
  const subject = text.slice(first, Math.min(end, first + 1000));
  if (/^(?:Merge (?:branch|pull request|remote|tag|commit)|Revert "|Bump \S+ from|v?\d+\.\d+)/.test(subject)) return;
  const from = first + (subjectPrefix.exec(subject)?.[0].length ?? 0);
  const to = skipSpacesBack(text, from, end - (subjectSuffix.exec(subject)?.[0].length ?? 0));
  if (from < to && hasWord(text.slice(from, to))) yield { kind: 'subject', pieces: [[from, to]], protected: [] };
}

function* bodyBlocks(text: string, lines: readonly Line[], lineBreak: string): Generator<ProseBlock> {
  const contents = lines.map(({ start, end }) => text.slice(start, end));
  if (
    contents.some(content => trailer.test(content)) &&
    contents.every((content, index) => isTrailer(content, index))
  ) {
    const breaking = lines.filter((_, index) => contents[index].startsWith('BREAKING CHANGE: '));
    for (const { start, end } of breaking)
      yield { kind: 'body', pieces: [[start + 'BREAKING CHANGE: '.length, end]], protected: [] };
    return;
  }
  // Four spaces are code or output, as in Markdown, but for a list item and what goes on under its text.
  let itemColumn: number | undefined;
  const prose = lines.filter((_, index) => {
    const mark = itemMark.exec(contents[index])?.[0];
    if (mark) itemColumn = mark.length;
    const indent = /^[ \t]*/.exec(contents[index])![0];
    return mark || indent.length === itemColumn || !/^(?: {4}|\t)/.test(indent);
  });
  yield* paragraphBlocks(text, prose, 'body', lineBreak);
}

/** A trailer, or more of the one before. */
function isTrailer(content: string, index: number): boolean {
  return trailer.test(content) || (index > 0 && /^\s/.test(content));
}
