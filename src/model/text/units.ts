// What goes through the model as one source: sentences, lines, or the whole text. Runs anywhere.

import type { CharacterRange, Segmentation } from '../types';
import { sentences } from './sentences';

/** Ranges of the text that a translation takes as one segment each, in order; what lies between them stays as it is. Lazy. */
export function* translationUnits(text: string, segmentation: Segmentation): Generator<CharacterRange> {
  // A line break always ends a sentence, so that lines need nothing of their own.
  if (segmentation === 'whole') yield* wholeText(text);
  else yield* sentences(text);
}

/** As `translationUnits` for a raw run, which cuts nothing: lines, or the text, were it empty. Lazy. */
export function* rawUnits(text: string, segmentation: Segmentation): Generator<CharacterRange> {
  if (segmentation === 'lines') yield* nonEmptyLines(text);
  else yield [0, text.length];
}

/**
 * As `translationUnits` for summaries: runs of sentences of at most `maxLength` characters, broken at blank lines where possible,
 * so that a paragraph is summarised as a whole when it fits.
 */
export function* summaryUnits(text: string, segmentation: Segmentation, maxLength: number): Generator<CharacterRange> {
  if (segmentation !== 'sentences') {
    yield* segmentation === 'lines' ? nonEmptyLines(text) : wholeText(text);
    return;
  }
  let open: [number, number] | undefined;
  for (const [start, end] of sentences(text)) {
    if (open) {
      const length = end - open[0];
      const isNewParagraph = hasBlankLine(text.slice(open[1], start));
      if (length > maxLength || (isNewParagraph && length > maxLength / 2)) {
        yield open;
        open = undefined;
      }
    }
    if (open) open[1] = end;
    else open = [start, end];
  }
  if (open) yield open;
}

function* wholeText(text: string): Generator<CharacterRange> {
  if (text !== '') yield [0, text.length];
}

function hasBlankLine(gap: string): boolean {
  return /\n\s*\n/.test(gap);
}

function* nonEmptyLines(text: string): Generator<CharacterRange> {
  let start = 0;
  while (start < text.length) {
    const lineBreak = text.indexOf('\n', start);
    const end = lineBreak === -1 ? text.length : lineBreak;
    const line = text.slice(start, end).replace(/\r$/, '');
    if (line.trim() !== '') yield [start, start + line.length];
    start = end + 1;
  }
}
