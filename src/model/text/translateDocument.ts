// Takes a document through a translator: blocks, sentences, windows of them, and the output put together. Pure.

import { HeadlightError, throwIfAborted } from '../errors';
import type { CharacterRange, DocumentCounts, Segment } from '../types';
import { boundedBlocks } from './boundedBlocks';
import type { ProseBlock } from './document';
import { DocumentBlock } from './documentBlock';
import { DocumentWriter } from './documentWriter';
import type { Glossary } from './glossary';
import type { SentenceTranslation, SentenceTranslator } from './sentenceTranslator';

/** A part of the output. In document order without gaps as `text`; from the visible part outwards as `block`. */
export type DocumentProgress =
  | { readonly kind: 'text'; readonly append: string }
  | { readonly kind: 'segment'; readonly segment: Segment; readonly sourceDone: number; readonly sourceLength: number }
  | {
      readonly kind: 'block';
      /** In the source. */
      readonly source: CharacterRange;
      /** In place of it. */
      readonly target: string;
      readonly segmentCount: number;
    };

export interface DocumentInput {
  readonly text: string;
  readonly blocks: AsyncIterable<readonly ProseBlock[]> | Iterable<readonly ProseBlock[]>;
  readonly glossary?: Glossary;
  /** False for a sentence that is too long for the translator: it is cut in two. Absent: every sentence fits. */
  readonly fits?: (text: string) => boolean;
  /**
   * A range of the source that is looked at: its blocks go first, then those around it, and the output is reported by blocks.
   * Absent: in document order.
   */
  readonly visible?: CharacterRange;
  /** False: the result has no segments, because the caller collects them from the reports. */
  readonly keepSegments: boolean;
}

export interface DocumentContext {
  readonly signal: AbortSignal | undefined;
  readonly report: (progress: DocumentProgress) => void;
  /** Resolves when what was reported has been taken: a document is not put together faster than somebody reads it. */
  readonly drained: () => Promise<void>;
}

export interface DocumentOutput {
  readonly target: string;
  readonly segments: readonly Segment[];
  readonly counts: DocumentCounts;
}

/** The first sentence alone, so that the first words come soon; later windows are sorted by length. */
const windowSizes = [1, 4, 64] as const;

/**
 * The whole document with its prose translated. Blocks without a changed sentence keep their bytes.
 * Errors: `source-empty` for a text without a visible character; those of the translator and of `blocks`.
 */
export async function translateDocument(
  input: DocumentInput,
  translator: SentenceTranslator,
  context: DocumentContext,
): Promise<DocumentOutput> {
  if (input.text.trim() === '') throw new HeadlightError('source-empty', 'there is no text to work on', {});
  const run = new DocumentRun(input, translator, context);
  return input.visible ? run.outwards(input.visible) : run.inOrder();
}

interface Work {
  readonly block: DocumentBlock;
  readonly sentenceIndex: number;
}

class DocumentRun {
  private readonly counts: Record<keyof DocumentCounts, number> = {
    blocks: 0,
    sentences: 0,
    already: 0,
    left: 0,
    cached: 0,
    copied: 0,
    aligned: 0,
    constrained: 0,
  };
  private readonly output: DocumentWriter;
  private windowCount = 0;

  constructor(
    private readonly input: DocumentInput,
    private readonly translator: SentenceTranslator,
    private readonly context: DocumentContext,
  ) {
    // Text in document order would come late: the caller puts blocks in their place instead.
    const report = (progress: DocumentProgress) => {
      if (!input.visible || progress.kind !== 'text') context.report(progress);
    };
    this.output = new DocumentWriter(input.text, input.keepSegments, report);
  }

  async inOrder(): Promise<DocumentOutput> {
    let window: Work[] = [];
    for await (const blocks of this.input.blocks)
      for (const block of this.read(blocks)) {
        this.output.expect(block);
        for (const sentenceIndex of block.sentences.keys()) {
          window.push({ block, sentenceIndex });
          if (window.length < this.windowSize) continue;
          await this.translate(window);
          window = [];
        }
      }
    if (window.length > 0) await this.translate(window);
    return { ...this.output.finish(), counts: this.counts };
  }

  async outwards(visible: CharacterRange): Promise<DocumentOutput> {
    const blocks: DocumentBlock[] = [];
    for await (const part of this.input.blocks) {
      throwIfAborted(this.context.signal);
      blocks.push(...this.read(part));
    }
    for (const block of blocks) this.output.expect(block);
    const work = [...blocks]
      .sort((left, right) => distance(left.range, visible) - distance(right.range, visible))
      .flatMap(block => [...block.sentences.keys()].map((sentenceIndex): Work => ({ block, sentenceIndex })));
    for (let done = 0; done < work.length; ) {
      const window = work.slice(done, done + this.windowSize);
      await this.translate(window);
      done += window.length;
    }
    return { ...this.output.finish(), counts: this.counts };
  }

  /** The next windows are longer. */
  private get windowSize(): number {
    return windowSizes[Math.min(this.windowCount, windowSizes.length - 1)];
  }

  /** Blocks that have a sentence. */
  private *read(blocks: readonly ProseBlock[]): Generator<DocumentBlock> {
    for (const piece of boundedBlocks(this.input.text, blocks)) {
      const block = new DocumentBlock(this.input.text, piece, this.input.glossary, this.input.fits);
      this.counts.blocks++;
      this.counts.sentences += block.sentences.length;
      if (!block.isFinished) yield block;
    }
  }

  private async translate(window: readonly Work[]): Promise<void> {
    const { signal } = this.context;
    throwIfAborted(signal);
    const isLong = this.windowCount >= windowSizes.length;
    this.windowCount++;
    const sentences = window.map(({ block, sentenceIndex }) => block.sentences[sentenceIndex]);
    await this.translator.translate(sentences, isLong, {
      onText: (index, append) => this.output.stream(window[index].block, window[index].sentenceIndex, append),
      onFinished: (index, translation) => {
        const { block, sentenceIndex } = window[index];
        block.settle(sentenceIndex, translation);
        if (block.isFinished) for (const index of block.sentences.keys()) this.count(block.translationOf(index)!);
        this.output.advance();
        if (this.input.visible && block.isFinished) this.reportBlock(block);
      },
    });
    await this.context.drained();
    throwIfAborted(signal);
  }

  private count({ fate, outcome, cached }: SentenceTranslation): void {
    if (fate !== 'translated') this.counts[fate]++;
    if (cached) this.counts.cached++;
    if (outcome) this.counts[outcome]++;
  }

  private reportBlock(block: DocumentBlock): void {
    const { text, segments } = block.write(0);
    this.context.report({ kind: 'block', source: block.range, target: text, segmentCount: segments.length });
  }
}

function distance([start, end]: CharacterRange, visible: CharacterRange): number {
  if (end < visible[0]) return visible[0] - end;
  return start > visible[1] ? start - visible[1] : 0;
}
