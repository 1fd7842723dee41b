// Writes a block again with the translations of its sentences: wrapped as it was, escaped as its file wants. Pure.

import type { CharacterRange } from '../types';
import type { TargetPart } from './carrySpans';
import type { ProseBlock } from './document';
import { escapeText } from './escapes';
import { ideograph, isIdeograph } from './ideographs';
import { mayBeginLine } from './lineStarts';
import type { Prose } from './prose';
import type { ProseSentence } from './proseSentences';

/** A sentence and what stands in its place; undefined: it stays as it is. */
export interface SentenceOutput {
  readonly sentence: ProseSentence;
  readonly parts: readonly TargetPart[] | undefined;
}

export interface WrittenSentence {
  /** In the written block. */
  readonly target: CharacterRange;
  /** Offset in the text of the parts -> offset in the written block. */
  readonly moved: (offset: number) => number;
}

export interface WrittenBlock {
  /** In place of the document from the first piece to the end of the last. */
  readonly text: string;
  /** One for each output, in order. */
  readonly sentences: readonly WrittenSentence[];
}

/** The part of a document that a block is written in place of. */
export function blockRange({ block }: Prose): CharacterRange {
  return block.into?.range ?? piecesRange(block);
}

function piecesRange({ pieces }: ProseBlock): CharacterRange {
  return [pieces[0][0], pieces[pieces.length - 1][1]];
}

/** What is written of the block; without a changed sentence the very characters of its range, line breaks included. */
export function writeProse(document: string, prose: Prose, outputs: readonly SentenceOutput[]): WrittenBlock {
  const isChanged = outputs.some(({ parts }) => parts !== undefined);
  const writer = new BlockWriter(document, prose, outputs.length);
  if (!isChanged && prose.block.into) return writer.writeNothing();
  const hasLines = isChanged && prose.joints.length > 0;
  const fragments = fragmentsOf(document, prose, outputs, hasLines);
  return hasLines ? writer.writeLines(wordsOf(fragments)) : writer.writeInPlace(fragments);
}

/**
 * What is certain of the block when its first sentences are known, in lines as `writeProse` makes them. `outputs`: the first ones;
 * of the last one all that is certain. The word at the end may go on, and waits.
 */
export function writeBeginning(document: string, prose: Prose, outputs: readonly SentenceOutput[]): string {
  const writer = new BlockWriter(document, prose, outputs.length);
  const words = wordsOf(fragmentsOf(document, prose, outputs, true, false));
  return writer.writeLines(words.slice(0, -1)).text;
}

/** A stretch of output. */
interface Fragment {
  readonly text: string;
  /** Index of the sentence; -1 between sentences. */
  readonly owner: number;
  /** Where it begins in the text of the sentence's parts. */
  readonly offset: number;
  /** Characters of the parts' text that it stands for. */
  readonly length: number;
  /** No line break may cut it. */
  readonly isSolid: boolean;
}

interface Word {
  readonly fragments: Fragment[];
  /** What stands before it on the same line: a space, or nothing between two ideographs. */
  readonly space: string;
}

/**
 * Everything of the block in order: translations, and the document's own characters around and in place of them. `isWhole`: with
 * what follows the last output.
 */
function* fragmentsOf(
  document: string,
  prose: Prose,
  outputs: readonly SentenceOutput[],
  hasLines: boolean,
  isWhole = true,
): Generator<Fragment> {
  const [start, end] = piecesRange(prose.block);
  let nextJoint = 0;
  let nextProtected = 0;
  /** `owner`'s own characters; where lines are made anew, the layout between two pieces is a space. */
  function* original([from, to]: CharacterRange, owner: number): Generator<Fragment> {
    let offset = 0;
    const fragment = (text: string, isSolid: boolean): Fragment => {
      offset += text.length;
      return { text, owner, offset: offset - text.length, length: text.length, isSolid };
    };
    function* characters(start: number, end: number): Generator<Fragment> {
      let done = start;
      const { protected: ranges } = prose.block;
      for (; nextProtected < ranges.length && ranges[nextProtected][0] < end; nextProtected++) {
        const [first, last] = ranges[nextProtected];
        if (first < done || last > end) continue;
        if (done < first) yield fragment(document.slice(done, first), false);
        yield fragment(document.slice(first, last), true);
        done = last;
      }
      if (done < end) yield fragment(document.slice(done, end), false);
    }
    let done = from;
    for (; hasLines && nextJoint < prose.joints.length; nextJoint++) {
      const { range, written } = prose.joints[nextJoint];
      if (range[0] >= to) break;
      if (range[0] < from) continue;
      yield* characters(done, range[0]);
      if (written !== '') yield fragment(written, false);
      done = range[1];
    }
    yield* characters(done, to);
  }
  let done = start;
  for (const [owner, { sentence, parts }] of outputs.entries()) {
    yield* original([done, sentence.source[0]], -1);
    if (!parts) yield* original(sentence.source, owner);
    let offset = 0;
    for (const { text, raw } of parts ?? []) {
      const written = raw ?? escapeText(prose.block.escape, text);
      yield { text: written, owner, offset, length: text.length, isSolid: raw !== undefined };
      offset += text.length;
    }
    done = sentence.source[1];
  }
  if (isWhole) yield* original([done, end], -1);
}

/** Words as a line break may separate them. */
function wordsOf(fragments: Iterable<Fragment>): Word[] {
  const words: Word[] = [];
  let isOpen = false;
  let space = '';
  const add = (fragment: Fragment) => {
    if (isOpen) words[words.length - 1].fragments.push(fragment);
    else words.push({ fragments: [fragment], space });
    isOpen = true;
    space = '';
  };
  for (const fragment of fragments) {
    if (fragment.isSolid) {
      add(fragment);
      continue;
    }
    for (const { 0: run, index } of fragment.text.matchAll(wordPattern)) {
      if (/^\s/.test(run)) {
        isOpen = false;
        space = ' ';
        continue;
      }
      if (isIdeograph(run) && !closingIdeograph.test(run)) isOpen = false;
      const isWhole = run.length === fragment.text.length;
      add({
        ...fragment,
        text: run,
        offset: fragment.offset + index,
        length: isWhole ? fragment.length : run.length,
      });
    }
  }
  return words;
}

/** Punctuation that begins no line. */
const closingIdeograph = /^[、。，．：；！？）」』】〉》ー]/;
const wordPattern = new RegExp(String.raw`\s+|${ideograph}|(?:(?!${ideograph})\S)+`, 'gu');

class BlockWriter {
  private text = '';
  private column: number;
  /** Of each sentence: offsets in its parts' text, ascending, with their offsets in the block. */
  private readonly places: (readonly [from: number, to: number])[][];

  constructor(
    private readonly document: string,
    private readonly prose: Prose,
    sentenceCount: number,
  ) {
    this.places = Array.from({ length: sentenceCount }, () => []);
    const [start] = blockRange(prose);
    this.column = prose.block.wrap?.column ?? start - (document.lastIndexOf('\n', start - 1) + 1);
  }

  writeNothing(): WrittenBlock {
    this.write(this.document.slice(...blockRange(this.prose)));
    return this.finish();
  }

  writeInPlace(fragments: Iterable<Fragment>): WrittenBlock {
    this.write(this.prose.block.into?.before ?? '');
    for (const fragment of fragments) this.append(fragment);
    return this.end();
  }

  writeLines(words: readonly Word[]): WrittenBlock {
    const { wrap, into } = this.prose.block;
    this.write(into?.before ?? '');
    if (wrap) this.wrapAt(words, wrap.width, wrap.continuation);
    else this.divide(words);
    return this.end();
  }

  private wrapAt(words: readonly Word[], width: number, continuation: string): void {
    for (const [index, { fragments, space }] of words.entries()) {
      const wordWidth = fragments.reduce((sum, { text }) => sum + text.length, 0);
      const isNewLine =
        this.column + space.length + wordWidth > width && mayBeginLine(fragments.map(({ text }) => text).join(''));
      if (index > 0) this.write(isNewLine ? continuation : space);
      for (const fragment of fragments) this.append(fragment);
    }
  }

  /** As many lines as there were, each with its share of the words. */
  private divide(words: readonly Word[]): void {
    const { pieces } = this.prose.block;
    const lengths = pieces.map(([start, end]) => end - start);
    const sourceLength = lengths.reduce((sum, length) => sum + length, 0);
    const widths = words.map(({ fragments, space }) =>
      fragments.reduce((sum, { text }) => sum + text.length, space.length),
    );
    const targetLength = widths.reduce((sum, width) => sum + width, 0);
    const limits = lengths.map((_, line) =>
      lengths.slice(0, line + 1).reduce((sum, length) => sum + (length / sourceLength) * targetLength, 0),
    );
    let line = 0;
    let done = 0;
    for (const [index, { fragments, space }] of words.entries()) {
      const isNewLine = index > 0 && line < pieces.length - 1 && done + widths[index] / 2 >= limits[line];
      if (isNewLine) this.write(this.layoutAfter(line++));
      else if (index > 0) this.write(space);
      for (const fragment of fragments) this.append(fragment);
      done += widths[index];
    }
    while (line < pieces.length - 1) this.write(this.layoutAfter(line++));
  }

  private layoutAfter(line: number): string {
    return this.document.slice(...this.prose.joints[line].range);
  }

  private append({ text, owner, offset, length }: Fragment): void {
    const start = this.text.length;
    this.write(text);
    if (owner !== -1) this.places[owner].push([offset, start], [offset + length, this.text.length]);
  }

  private write(text: string): void {
    this.text += text;
    const lineBreak = text.lastIndexOf('\n');
    this.column = lineBreak === -1 ? this.column + text.length : text.length - lineBreak - 1;
  }

  private end(): WrittenBlock {
    this.write(this.prose.block.into?.after ?? '');
    return this.finish();
  }

  private finish(): WrittenBlock {
    return {
      text: this.text,
      sentences: this.places.map(places => ({
        target: [places[0]?.[1] ?? 0, places.at(-1)?.[1] ?? 0],
        moved: offset => movedBy(places, offset),
      })),
    };
  }
}

/** Between two known places as far from the first as before, but not past the second. */
function movedBy(places: readonly (readonly [from: number, to: number])[], offset: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle][0] <= offset) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return places[0]?.[1] ?? 0;
  const [from, to] = places[low - 1];
  return low < places.length ? Math.min(to + offset - from, places[low][1]) : to;
}
