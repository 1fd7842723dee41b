// Cuts a text into words and says which tokens make up each. Runs anywhere; knows no model.

import type { CharacterRange, Token } from '../types';
import type { Word } from './methods';

/** Written without spaces: each character is a word of its own. */
const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const unspacedWord = new RegExp(`^[${unspaced}]\\p{M}*$`, 'u');
const wordCharacter = `(?:(?![${unspaced}])[\\p{L}\\p{N}\\p{M}_])`;

/**
 * A run of letters, digits and underscores, joined inside by an apostrophe, hyphen or dot (`don't`, `on-device`, `3.14`, `a.b_c`);
 * a character of a script without spaces; or any other visible character, alone.
 */
const wordPattern = new RegExp(`[${unspaced}]\\p{M}*|${wordCharacter}+(?:['’.-]${wordCharacter}+)*|[^\\s\\p{C}]`, 'gu');

/**
 * The words of `text` that the tokens make up, in order. A token that covers several words joins them into one; special tokens and
 * tokens of white space are in no word. Token ranges are in `text`, or `offset` characters further on.
 */
export function wordsOf(text: string, tokens: readonly Pick<Token, 'range' | 'special'>[], offset = 0): Word[] {
  const ranges = [...text.matchAll(wordPattern)].map(({ index, 0: { length } }) => [
    index + offset,
    index + offset + length,
  ]);
  const words: { range: CharacterRange; tokens: number[] }[] = [];
  let first = 0; // the first range that does not end before the token
  for (const [index, token] of tokens.entries()) {
    const [start, end] = token.range;
    if (token.special || start === end) continue;
    while (first < ranges.length && ranges[first][1] <= start) first++;
    let last = first;
    while (last < ranges.length && ranges[last][0] < end) last++;
    if (last === first) continue;
    const covered: CharacterRange = [ranges[first][0], ranges[last - 1][1]];
    const previous = words.at(-1);
    if (previous && covered[0] < previous.range[1]) {
      previous.range = [previous.range[0], Math.max(previous.range[1], covered[1])];
      previous.tokens.push(index);
    } else words.push({ range: covered, tokens: [index] });
  }
  return words.map(word => ({ ...word, isPunctuation: isPunctuation(text, word.range, offset) }));
}

/** True for a character of a script without spaces: a word of its own here, a part of one to a reader. */
export function isUnspaced(word: string): boolean {
  return unspacedWord.test(word);
}

function isPunctuation(text: string, [start, end]: CharacterRange, offset: number): boolean {
  return !/[\p{L}\p{N}]/u.test(text.slice(start - offset, end - offset));
}
