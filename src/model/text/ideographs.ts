// Characters of Chinese and Japanese, which have no space between words and are two columns wide. Pure.

/** One of them, as part of a pattern with the flag `u`. */
export const ideograph = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]`;

const pattern = new RegExp(ideograph, 'u');

export function isIdeograph(character: string): boolean {
  return pattern.test(character);
}

const narrow = /[\p{M}\p{Cf}]/u;
const wide = new RegExp(`${ideograph}|[\\p{Script=Hangul}\\p{Emoji_Presentation}]`, 'u');

/** Columns that a text takes on a screen or on paper. A tab counts as one. */
export function columnCount(text: string): number {
  let count = 0;
  for (const character of text) if (!narrow.test(character)) count += wide.test(character) ? 2 : 1;
  return count;
}
