// Finds the characters behind each source token: the tokenizer library gives none. Runs anywhere.

import type { CharacterRange } from '../types';
import type { NormalizedText } from './normalizedText';

/** What is known of a token before its place is. */
export interface Piece {
  /** As the library gives it: `▁` for a space, `<0xE2>` for a byte, the text itself where the vocabulary lacks it. */
  readonly text: string;
  /** Stands for no text: the template's end token, a task prefix. */
  readonly special: boolean;
  readonly unknown: boolean;
}

const byteToken = /^<0x([0-9A-F]{2})>$/;

/**
 * Ranges in the original text, one for each piece: ordered, in bounds, together covering every character that is not a space.
 * Tokens of one character's bytes share its range; special tokens are empty.
 */
export function alignPieces(
  pieces: readonly Piece[],
  normalized: NormalizedText,
  textLength: number,
): CharacterRange[] {
  const { text } = normalized;
  const ranges: CharacterRange[] = [];
  let position = 0;
  const originalAt = (index: number) => (index < text.length ? normalized.starts[index] : textLength);
  const rangeOf = (start: number, end: number): CharacterRange =>
    start < end ? [normalized.starts[start], normalized.ends[end - 1]] : [originalAt(start), originalAt(start)];

  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index];
    if (piece.special) {
      ranges.push([originalAt(position), originalAt(position)]);
      continue;
    }
    const byteCount = bytesOfOneCharacter(pieces, index);
    if (byteCount > 0) {
      const start = skipSpaces(text, position);
      const end = Math.min(start + String.fromCodePoint(text.codePointAt(start) ?? 0x20).length, text.length);
      const range = rangeOf(start, end);
      for (let byte = 0; byte < byteCount; byte++) ranges.push(range);
      index += byteCount - 1;
      position = end;
      continue;
    }
    const [start, end] = findPiece(piece, pieces[index + 1], text, position);
    ranges.push(rangeOf(start, end));
    position = end;
  }
  return coverGaps(ranges, pieces, normalized, textLength);
}

/** How many byte tokens from `index` on make up one character; 0 when there is none. */
function bytesOfOneCharacter(pieces: readonly Piece[], index: number): number {
  const lead = byteToken.exec(pieces[index].text);
  if (!lead || pieces[index].unknown) return 0;
  const value = Number.parseInt(lead[1], 16);
  const expected = value >= 0xf0 ? 4 : value >= 0xe0 ? 3 : value >= 0xc0 ? 2 : 1;
  let count = 1;
  while (count < expected && index + count < pieces.length && byteToken.test(pieces[index + count].text)) count++;
  return count;
}

function findPiece(piece: Piece, next: Piece | undefined, text: string, position: number): [number, number] {
  const surface = piece.text.replaceAll('▁', ' ');
  const word = surface.trim();
  if (word === '') return spaceRange(surface.length, text, position);
  // A space at the start of a word belongs to no token: pointing at a word points at its letters.
  const start = skipSpaces(text, position);
  if (text.startsWith(surface.trimStart(), start)) return [start, start + surface.trimStart().length];
  if (text.startsWith(word, start)) return [start, start + word.length];
  // Unknown, and not shown as its own text: it reaches to where the next token can begin.
  const nextWord = next && !next.special ? next.text.replaceAll('▁', ' ').trim() : '';
  const found = nextWord === '' ? -1 : text.indexOf(nextWord, start + 1);
  return [start, found === -1 ? Math.max(start, text.trimEnd().length) : found];
}

/** A token of spaces only takes as many as it has, or none where the normaliser or the template added it. */
function spaceRange(length: number, text: string, position: number): [number, number] {
  let end = position;
  while (end < text.length && end - position < length && isSpace(text[end])) end++;
  return [position, end];
}

function skipSpaces(text: string, position: number): number {
  let index = position;
  while (index < text.length && isSpace(text[index])) index++;
  return index;
}

function isSpace(character: string): boolean {
  return /\s/.test(character);
}

/** Characters that no token claimed go to the token before them, or to the first one: no character is dropped in silence. */
function coverGaps(
  ranges: CharacterRange[],
  pieces: readonly Piece[],
  normalized: NormalizedText,
  textLength: number,
): CharacterRange[] {
  const covered = new Uint8Array(textLength);
  for (const [start, end] of ranges) covered.fill(1, start, end);
  const solid = [...ranges.keys()].filter(index => !pieces[index].special);
  if (solid.length === 0) return ranges;
  const result = [...ranges];
  for (let index = 0; index < normalized.text.length; index++) {
    const start = normalized.starts[index];
    const end = normalized.ends[index];
    if (isSpace(normalized.text[index]) || covered[start]) continue;
    const owner = solid.findLast(token => result[token][0] <= start) ?? solid[0];
    result[owner] = [Math.min(result[owner][0], start), Math.max(result[owner][1], end)];
    covered.fill(1, start, end);
  }
  return result;
}
