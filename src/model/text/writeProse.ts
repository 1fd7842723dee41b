// Writes a block again with the translations of its sentences: wrapped as it was, escaped as its file wants. Pure.

import type { CharacterRange } from '../types';
import type { TargetPart } from './carrySpans';
import type { Cell, ProseBlock, Table } from './document';
import { escapeText } from './escapes';
import { columnCount, ideograph, isIdeograph } from './ideographs';
import { mayBeginLine } from './lineStarts';
import type { Prose } from './prose';
import type { ProseSentence } from './proseSentences';
import { gapBetween, hasRoom, resizedGap, tableLayout } from './tableLayout';

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
  return block.into?.range ?? wholeRange(block);
}

function wholeRange({ pieces, table }: ProseBlock): CharacterRange {
  if (table) return [table.rows[0][0].lines[0][0], cellEnd(table.rows.at(-1)!.at(-1)!)];
  return [pieces[0][0], pieces[pieces.length - 1][1]];
}

/** What is written of the block; without a changed sentence the very characters of its range, line breaks included. */
export function writeProse(document: string, prose: Prose, outputs: readonly SentenceOutput[]): WrittenBlock {
  const isChanged = outputs.some(({ parts }) => parts !== undefined);
  const writer = new BlockWriter(document, prose, outputs.length);
  if (!isChanged && prose.block.into) return writer.writeNothing();
  const { table } = prose.block;
  if (isChanged && table) return writer.writeTable(table, cellTexts(document, prose, table, outputs));
  const hasLines = isChanged && (prose.joints.length > 0 || prose.block.wrap !== undefined);
  const fragments = fragmentsOf(document, prose, [...outputs.entries()], hasLines);
  return hasLines ? writer.writeLines(wordsOf(fragments)) : writer.writeInPlace(fragments);
}

/**
 * What is certain of the block when its first sentences are known, in lines as `writeProse` makes them. `outputs`: the first ones;
 * of the last one all that is certain. The word at the end may go on, and waits.
 */
export function writeBeginning(document: string, prose: Prose, outputs: readonly SentenceOutput[]): string {
  const writer = new BlockWriter(document, prose, outputs.length);
  const range = [wholeRange(prose.block)[0], outputs[outputs.length - 1].sentence.source[1]] as const;
  const words = wordsOf(fragmentsOf(document, prose, [...outputs.entries()], true, range));
  return writer.writeLines(words.slice(0, -1)).text;
}

/** False for a drawing in which an output has no room. */
export function fitsTable(document: string, prose: Prose, outputs: readonly SentenceOutput[]): boolean {
  const { table } = prose.block;
  if (!table?.isFixed) return true;
  const texts = cellTexts(document, prose, table, outputs);
  return hasRoom(document, table, cell => widthOf(texts.get(cell)!));
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

/** Everything of a range of the block in order: translations, and the document's own characters around and in place of them. */
function* fragmentsOf(
  document: string,
  prose: Prose,
  outputs: readonly (readonly [owner: number, output: SentenceOutput])[],
  hasLines: boolean,
  [start, end]: CharacterRange = wholeRange(prose.block),
): Generator<Fragment> {
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
  for (const [owner, { sentence, parts }] of outputs) {
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
  yield* original([done, end], -1);
}

/** What is written of each cell; of one that was wrapped, without its line breaks. */
function cellTexts(
  document: string,
  prose: Prose,
  { rows }: Table,
  outputs: readonly SentenceOutput[],
): ReadonlyMap<Cell, readonly Fragment[]> {
  const texts = new Map<Cell, readonly Fragment[]>();
  const owned = [...outputs.entries()];
  let next = 0;
  for (const cell of rows.flat()) {
    const range = [cell.lines[0][0], cellEnd(cell)] as const;
    const first = next;
    while (next < owned.length && owned[next][1].sentence.source[0] < range[1]) next++;
    texts.set(cell, [...fragmentsOf(document, prose, owned.slice(first, next), cell.lines.length > 1, range)]);
  }
  return texts;
}

function cellEnd({ lines }: Cell): number {
  return lines[lines.length - 1][1];
}

function widthOf(fragments: readonly Fragment[]): number {
  return fragments.reduce((sum, { text }) => sum + columnCount(text), 0);
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
        // Some write two spaces after a sentence.
        space = fragment.owner === -1 && run === '  ' ? run : ' ';
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

  writeTable(table: Table, texts: ReadonlyMap<Cell, readonly Fragment[]>): WrittenBlock {
    const linesWidth = ({ lines }: Cell) => Math.max(...lines.map(range => columnCount(this.document.slice(...range))));
    const tableWidth = Math.max(...table.rows.flat().map(cell => cell.column + linesWidth(cell)));
    const { shiftOf, widthOf: columnsOf } = tableLayout(this.document, table, cell =>
      cell.lines.length > 1 ? linesWidth(cell) : widthOf(texts.get(cell)!),
    );
    this.write(this.prose.block.into?.before ?? '');
    let rowEnd: number | undefined;
    for (const row of table.rows) {
      if (rowEnd !== undefined) this.write(this.document.slice(rowEnd, row[0].lines[0][0]));
      for (const [index, cell] of row.entries()) {
        const [shift, last] = [shiftOf(cell), row[index - 1]];
        if (!last) this.write(' '.repeat(shift));
        else {
          const room = cell.column + shift - (last.column + shiftOf(last) + columnsOf(last));
          this.write(resizedGap(gapBetween(this.document, last, cell), room));
        }
        this.writeCell(cell, texts.get(cell)!, columnsOf(cell), tableWidth + shift, shift);
      }
      rowEnd = cellEnd(row[row.length - 1]);
    }
    return this.end();
  }

  private writeCell(
    { lines, isRule }: Cell,
    text: readonly Fragment[],
    columns: number,
    width: number,
    shift: number,
  ): void {
    if (isRule) this.write(this.document[lines[0][0]].repeat(columns));
    else if (lines.length === 1) for (const fragment of text) this.append(fragment);
    else this.wrapAt(wordsOf(text), width, this.document.slice(lines[0][1], lines[1][0]) + ' '.repeat(shift));
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
