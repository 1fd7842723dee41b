// Finds what a translation broke, whatever made it. Each finding is a sentence.

import type { IGrammar } from 'vscode-textmate';
import type { ProseBlock, TextFormat } from '../../src/model/text/document';
import { commentBlocks } from '../../src/model/text/formats/comments';
import { parsers } from '../../src/model/text/formats/documentBlocks';
import { findProtectedSpans } from '../../src/model/text/protectedSpans';
import type { CharacterRange } from '../../src/model/types';
import { structureOf } from './structure';

export interface CheckedText {
  readonly format: TextFormat;
  readonly grammar?: IGrammar;
  readonly source: string;
  readonly target: string;
}

export interface Finding {
  readonly faults: readonly string[];
  readonly blockCount: number;
  /** Blocks whose words stand in the target as they did in the source. */
  readonly unchangedCount: number;
}

export function checkTranslation({ format, grammar, source, target }: CheckedText): Finding {
  const sourceBlocks = blocksOf(source, format, grammar);
  const targetBlocks = blocksOf(target, format, grammar);
  const faults = [
    ...differences('structure', structureOf(source, format, grammar), structureOf(target, format, grammar)),
    ...lostSpans(source, target, sourceBlocks, targetBlocks),
  ];
  const left = countsOf(targetBlocks.map(block => proseOf(target, block)));
  let unchangedCount = 0;
  for (const block of sourceBlocks) {
    const prose = proseOf(source, block);
    const count = left.get(prose) ?? 0;
    if (count > 0) unchangedCount++;
    left.set(prose, count - 1);
  }
  // Names of constants alone come back as they are, and so do a keyword and a name.
  const hasWords = sourceBlocks.some(block => /\p{Ll}{2,} \p{Ll}{2,} \p{Ll}{2,}/u.test(proseOf(source, block)));
  if (hasWords && unchangedCount === sourceBlocks.length) faults.push('no prose has changed');
  if (sourceBlocks.length === 0 && source !== target) faults.push('there is no prose, but the text has changed');
  return { faults, blockCount: sourceBlocks.length, unchangedCount };
}

export function blocksOf(text: string, format: TextFormat, grammar?: IGrammar): ProseBlock[] {
  return format === 'comments' ? [...commentBlocks(text, grammar!)] : [...parsers[format](text)];
}

function proseOf(text: string, { pieces }: ProseBlock): string {
  return pieces
    .map(([start, end]) => text.slice(start, end))
    .join(' ')
    .replace(/\s+/g, ' ');
}

/**
 * Spans that the target has less often than they are protected, or more often than they stand in the source. Marks without a letter
 * stand in wrapped lines too. A missing translation that was written has its spans once more.
 */
function lostSpans(
  source: string,
  target: string,
  sourceBlocks: readonly ProseBlock[],
  targetBlocks: readonly ProseBlock[],
): string[] {
  const [before, after] = [withoutLayout(source), withoutLayout(target)];
  const missing = countsOf(sourceBlocks.filter(({ into }) => into).flatMap(block => spansOf(source, block)));
  const stillMissing = countsOf(targetBlocks.filter(({ into }) => into).flatMap(block => spansOf(target, block)));
  const spans = countsOf(sourceBlocks.flatMap(block => spansOf(source, block)));
  return [...spans].flatMap(([span, count]) => {
    if (!/[\p{L}\p{N}]/u.test(span)) return [];
    const found = countIn(after, span);
    const written = (missing.get(span) ?? 0) - (stillMissing.get(span) ?? 0);
    // What looks like layout at the start of a line is taken out on both sides.
    const standing = countIn(before, span);
    const least = Math.min(count, standing) + written;
    const isKept = least <= found && found <= standing + written;
    return isKept ? [] : [`the protected ${shown(span)} was there ${least} times, is ${found} times`];
  });
}

/** What the parser protects, and what is protected in prose of any kind. */
function spansOf(text: string, { pieces, protected: ranges }: ProseBlock): string[] {
  const inProse = pieces.flatMap(([start, end]) =>
    findProtectedSpans(text.slice(start, end))
      .filter(({ strict }) => strict)
      .map(({ range: [from, to] }): CharacterRange => [start + from, start + to])
      .filter(([from, to]) => !ranges.some(range => range[0] < to && from < range[1])),
  );
  return [...ranges, ...inProse].map(range => withoutLayout(text.slice(...range)));
}

/** A line break with the comment mark after it is a space. */
function withoutLayout(text: string): string {
  return text.replace(/\s*[\n\r][ \t]*(?:\*|\/\/+!?|#+|--+|;+|%+|'+|>)*/g, ' ').replace(/\s+/g, ' ');
}

function countIn(text: string, part: string): number {
  return text.split(part).length - 1;
}

function countsOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** The first place where two lists of parts differ. */
function differences(what: string, before: readonly string[], after: readonly string[]): string[] {
  const length = Math.max(before.length, after.length);
  for (let index = 0; index < length; index++) {
    if (before[index] === after[index]) continue;
    return [`${what} ${index} of ${before.length} was ${shown(before[index])}, is ${shown(after[index])}`];
  }
  return [];
}

function shown(part: string | undefined): string {
  return part === undefined ? 'not there' : JSON.stringify(part.length > 300 ? `${part.slice(0, 300)}…` : part);
}
