// How much of a source the vocabulary of a model lacks. Runs anywhere.

import type { Token, UnknownText } from '../types';

/** Of the characters of the whole source: two backticks in a line are told, an emoji in a paragraph is not. */
export const unknownShareOfSource = 1 / 50;
/** Of the characters of one segment: a Chinese sentence in a long English document is told, too. */
export const unknownShareOfSegment = 1 / 2;

const exampleCount = 3;
const exampleLength = 12;

/** Counts, segment by segment, the characters that stand in unknown tokens. Spaces between words are in no token. */
export class UnknownCounter {
  private unknownLength = 0;
  private length = 0;
  private worstShare = 0;
  private readonly examples = new Set<string>();

  add(sourceTokens: readonly Token[]): void {
    const lengthOf = (tokens: readonly Token[]) => tokens.reduce((sum, { range }) => sum + range[1] - range[0], 0);
    const unknownTokens = sourceTokens.filter(({ unknown }) => unknown);
    const length = lengthOf(sourceTokens);
    const unknownLength = lengthOf(unknownTokens);
    this.length += length;
    this.unknownLength += unknownLength;
    if (length > 0) this.worstShare = Math.max(this.worstShare, unknownLength / length);
    for (const { text } of unknownTokens)
      if (this.examples.size < exampleCount) this.examples.add([...text].slice(0, exampleLength).join(''));
  }

  /** Undefined while it is too little to tell anybody: see `unknownShareOfSource` and `unknownShareOfSegment`. */
  get found(): UnknownText | undefined {
    const { unknownLength, length, examples } = this;
    const isMuch = unknownLength >= length * unknownShareOfSource || this.worstShare >= unknownShareOfSegment;
    return unknownLength > 0 && isMuch ? { unknownLength, length, examples: [...examples] } : undefined;
  }
}
