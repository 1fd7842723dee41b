// Lines of a text by offset. Runs anywhere.

import type { CharacterRange } from '../../types';

/** A line and where its content ends; the break is between `end` and `next`. */
export interface Line {
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/** Every line of the text, the empty one after a last line break left out. `\n`, `\r\n` and a lone `\r` end a line. Lazy. */
export function* linesOf(text: string, from = 0, to = text.length): Generator<Line> {
  const breaks = /\r\n|\n|\r/g;
  breaks.lastIndex = from;
  let start = from;
  while (start < to) {
    const match = breaks.exec(text);
    const end = match && match.index < to ? match.index : to;
    const next = match && match.index < to ? match.index + match[0].length : to;
    yield { start, end, next };
    start = next;
  }
}

/** The line break that the text uses first; `\n` when it has none. */
export function lineBreakOf(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
}

/** Where the line begins that an offset is in. By hand: a search for a break that the text has not would go to its beginning. */
export function lineStartOf(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && text[start - 1] !== '\n' && text[start - 1] !== '\r') start--;
  return start;
}

export function skipSpaces(text: string, start: number, end: number): number {
  let index = start;
  while (index < end && isSpace(text.charCodeAt(index))) index++;
  return index;
}

export function skipSpacesBack(text: string, start: number, end: number): number {
  let index = end;
  while (index > start && isSpace(text.charCodeAt(index - 1))) index--;
  return index;
}

/** What a wide space inside a sentence has more than one: it stays between its words. After a sentence it is outside of it anyway. */
export function wideSpaces(text: string, [start, end]: CharacterRange): CharacterRange[] {
  return [...text.slice(start, end).matchAll(/(?<=[^\s.!?] )[ \t]+(?=\S)/g)].map(
    ({ 0: spaces, index }): CharacterRange => [start + index, start + index + spaces.length],
  );
}

/** Space, tab, form feed, vertical tab, no-break space, byte order mark. */
function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0c || code === 0x0b || code === 0xa0 || code === 0xfeff;
}

/** True when there is a word of two letters or more, or one letter of a script that writes words with one. */
export function hasWord(text: string): boolean {
  return /\p{L}\p{M}*\p{L}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(text);
}
