// Puts the output of a document together in its order, and shows what is certain as soon as all before it is shown. Pure.

import type { Segment } from '../types';
import type { DocumentBlock } from './documentBlock';
import type { DocumentProgress } from './translateDocument';

/** Short strings take more memory than what they hold: so many are made one. */
const partsOfChunk = 4096;

export class DocumentWriter {
  private readonly segments: Segment[] = [];
  /** The output so far: long parts, then the newest ones. */
  private readonly chunks: string[] = [];
  private parts: string[] = [];
  private targetLength = 0;
  private sourceDone = 0;
  /** Blocks that are not written yet, in document order. */
  private readonly open: OpenBlock[] = [];
  private readonly byBlock = new WeakMap<DocumentBlock, OpenBlock>();

  constructor(
    private readonly source: string,
    private readonly keepSegments: boolean,
    private readonly report: (progress: DocumentProgress) => void,
  ) {}

  /** The next block in document order. */
  expect(block: DocumentBlock): void {
    const open: OpenBlock = { block, next: 0, targetStart: undefined, shownLength: 0, held: new Map() };
    this.open.push(open);
    this.byBlock.set(block, open);
  }

  /** More of the final text of a sentence. */
  stream(block: DocumentBlock, sentenceIndex: number, append: string): void {
    const open = this.byBlock.get(block)!;
    open.held.set(sentenceIndex, (open.held.get(sentenceIndex) ?? '') + append);
    if (open !== this.open[0]) return;
    if (!block.isDirect) this.showBeginning(open);
    else if (sentenceIndex === open.next) this.showHeld(open);
  }

  /** Writes every finished sentence that has nothing unfinished before it. */
  advance(): void {
    for (let open = this.open[0]; open; open = this.open[0]) {
      const isWritten = open.block.isDirect ? this.advanceDirect(open) : this.writeWhole(open);
      if (!isWritten) return;
      this.open.shift();
    }
  }

  finish(): { readonly target: string; readonly segments: readonly Segment[] } {
    this.copySource(this.source.length);
    return { target: [...this.chunks, ...this.parts].join(''), segments: this.segments };
  }

  private writeWhole(open: OpenBlock): boolean {
    const { block } = open;
    if (!block.isFinished) {
      this.showBeginning(open);
      return false;
    }
    this.beginBlock(open);
    const { text, segments } = block.write(open.targetStart!);
    this.append(text.slice(open.shownLength));
    this.sourceDone = block.range[1];
    for (const segment of segments) this.close(segment);
    return true;
  }

  /** What is certain of a block that is written as a whole. */
  private showBeginning(open: OpenBlock): void {
    const { block } = open;
    while (open.next < block.sentences.length && block.translationOf(open.next)) open.next++;
    const text = block.beginning(open.held.get(open.next) ?? '');
    if (text.length <= open.shownLength) return;
    this.beginBlock(open);
    this.append(text.slice(open.shownLength));
    open.shownLength = text.length;
  }

  private beginBlock(open: OpenBlock): void {
    if (open.targetStart !== undefined) return;
    this.copySource(open.block.range[0]);
    open.targetStart = this.targetLength;
  }

  private advanceDirect(open: OpenBlock): boolean {
    const { block } = open;
    for (; open.next < block.sentences.length; open.next++) {
      const translation = block.translationOf(open.next);
      if (!translation) {
        this.showHeld(open);
        return false;
      }
      this.begin(open);
      const { source } = block.sentences[open.next];
      const text = translation.parts?.map(part => part.text).join('') ?? this.source.slice(...source);
      this.append(text.slice(open.shownLength));
      const start = open.targetStart!;
      const target = [start, this.targetLength] as const;
      this.sourceDone = source[1];
      this.close(block.segment(open.next, { target, moved: offset => start + Math.min(offset, text.length) }, 0));
      open.targetStart = undefined;
      open.shownLength = 0;
    }
    return true;
  }

  private showHeld(open: OpenBlock): void {
    const text = open.held.get(open.next);
    if (!text) return;
    this.begin(open);
    open.held.delete(open.next);
    this.append(text);
    open.shownLength += text.length;
  }

  /** The characters before a sentence, once. */
  private begin(open: OpenBlock): void {
    if (open.targetStart !== undefined) return;
    this.copySource(open.block.sentences[open.next].source[0]);
    open.targetStart = this.targetLength;
  }

  private copySource(end: number): void {
    this.append(this.source.slice(this.sourceDone, end));
    this.sourceDone = Math.max(this.sourceDone, end);
  }

  private close(segment: Segment): void {
    if (this.keepSegments) this.segments.push(segment);
    this.report({ kind: 'segment', segment, sourceDone: segment.source[1], sourceLength: this.source.length });
  }

  private append(text: string): void {
    if (text === '') return;
    this.parts.push(text);
    if (this.parts.length === partsOfChunk) {
      this.chunks.push(this.parts.join(''));
      this.parts = [];
    }
    this.targetLength += text.length;
    this.report({ kind: 'text', append: text });
  }
}

interface OpenBlock {
  readonly block: DocumentBlock;
  /** Index of the first sentence that is not finished. */
  next: number;
  /** Where its text begins, or that of the sentence in work; undefined until something of it is shown. */
  targetStart: number | undefined;
  shownLength: number;
  /** By sentence: text that waits until all before it is shown. */
  readonly held: Map<number, string>;
}
