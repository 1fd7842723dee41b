// What may be shown of a sentence while a search writes it: whole words, up to one that may begin a span that its source lacks. Pure.

import { mayBeginInvention } from './protectedSpans';

/** Shown text only grows, and no invented span is ever shown: what follows such a word waits until the whole is verified. */
export class CertainText {
  private held = '';
  private isHolding = false;
  private length = 0;

  /** Characters of the text that were let through. */
  get shownLength(): number {
    return this.length;
  }

  /** Takes more of the text; gives what may be shown now, which may be nothing. */
  push(text: string): string {
    this.held += text;
    if (this.isHolding) return '';
    let end = 0;
    for (const { 0: word, index } of this.held.matchAll(/\S+(?=\s)/g)) {
      this.isHolding = mayBeginInvention(word);
      if (this.isHolding) break;
      end = index + word.length;
    }
    const shown = this.held.slice(0, end);
    this.held = this.held.slice(end);
    this.length += shown.length;
    return shown;
  }
}
