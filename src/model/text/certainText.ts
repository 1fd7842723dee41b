// What may be shown of a sentence while a search writes it: whole words, up to one that may begin a span that its source lacks. Pure.

import { ideograph } from './ideographs';
import { mayBeginInvention } from './protectedSpans';

/** Words end before a space and, as lines may, between two ideographs. */
const wordEnd = new RegExp(String.raw`(?<=\S)(?=\s)|(?<=${ideograph})(?=${ideograph})`, 'gu');

/** Shown text only grows, and no invented span is ever shown: what follows such a word waits until the whole is verified. */
export class CertainText {
  /** The word that may go on. */
  private held = '';
  private isHolding = false;
  private length = 0;

  /** Characters of the text that were let through. */
  get shownLength(): number {
    return this.length;
  }

  /** Takes more of the text; gives what may be shown now, which may be nothing. */
  push(text: string): string {
    if (this.isHolding) return '';
    // No word ends before the last character that is held.
    wordEnd.lastIndex = this.held.length;
    this.held += text;
    let end = 0;
    for (const { index } of this.held.matchAll(wordEnd)) {
      this.isHolding = mayBeginInvention(this.held.slice(end, index));
      if (this.isHolding) break;
      end = index;
    }
    const shown = this.held.slice(0, end);
    this.held = this.held.slice(end);
    this.length += shown.length;
    return shown;
  }
}
