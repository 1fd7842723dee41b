// Characters of Chinese and Japanese, which have no space between words. Pure.

/** One of them, as part of a pattern with the flag `u`. */
export const ideograph = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]`;

const pattern = new RegExp(ideograph, 'u');

export function isIdeograph(character: string): boolean {
  return pattern.test(character);
}
