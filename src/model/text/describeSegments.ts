// What a document is cut into, without translating it. Pure.

import type { CharacterRange } from '../types';
import { boundedBlocks } from './boundedBlocks';
import type { ProseBlock } from './document';
import { DocumentBlock } from './documentBlock';
import type { Glossary } from './glossary';

/** A part of a document. All of them in order are the document. */
export interface DescribedSegment {
  /** That of its block, such as `paragraph`; `layout` for what is never translated. */
  readonly kind: string;
  readonly source: CharacterRange;
  /** Where its text stands, when that is not where its translation goes. */
  readonly readFrom?: CharacterRange;
  /** Index of its block in the document, which may have other sentences; absent for layout. */
  readonly block?: number;
  /** What a translator reads; absent for layout. */
  readonly text?: string;
  /** Ranges of the document inside that must come back as they are, markup among them; absent for layout. */
  readonly protected?: readonly CharacterRange[];
}

export function* describeSegments(
  document: string,
  blocks: Iterable<ProseBlock>,
  glossary?: Glossary,
): Generator<DescribedSegment> {
  let done = 0;
  let index = -1;
  for (const piece of boundedBlocks(document, blocks)) {
    const { prose, sentences, block } = new DocumentBlock(document, piece, glossary);
    index++;
    const spans = [
      ...prose.spans.map(({ range }) => prose.documentRange(range)),
      ...prose.marks.map(({ range }) => range),
    ].sort((left, right) => left[0] - right[0]);
    for (const { source: read, text } of sentences) {
      const source = block.into ? afterDone(block.into.range, done) : read;
      if (source[0] > done) yield { kind: 'layout', source: [done, source[0]] };
      const inside = spans.filter(([start, end]) => start >= read[0] && end <= read[1]);
      yield { kind: block.kind, source, ...(block.into && { readFrom: read }), block: index, text, protected: inside };
      done = source[1];
    }
  }
  if (done < document.length) yield { kind: 'layout', source: [done, document.length] };
}

/** The first sentence of a missing translation has its whole range. */
function afterDone([start, end]: CharacterRange, done: number): CharacterRange {
  return [Math.max(start, done), end];
}
