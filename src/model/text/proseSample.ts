// The first prose of a document, to tell its language by: the code around comments would be taken for English. Pure.

import type { ProseBlock } from './document';

/** As much as a detector reads. */
const sampleLength = 2000;
/** After so many parts less of it is enough, and after so many nothing more is waited for: a file may begin with much code. */
const usualParts = 4;
const smallSampleLength = 200;
const mostParts = 40;

type Parts = AsyncIterable<readonly ProseBlock[]>;

export interface SampledProse {
  readonly sample: string;
  /** All blocks, to be read once. */
  readonly blocks: Parts;
}

/** Gives `read` the sample and the blocks of `parts`, which are given up when it ends, even if it never read a block. */
export async function withProseSample<T>(
  document: string,
  parts: Parts,
  read: (prose: SampledProse) => Promise<T>,
): Promise<T> {
  const iterator = parts[Symbol.asyncIterator]();
  try {
    return await read(await sampled(document, iterator));
  } finally {
    await iterator.return?.();
  }
}

async function sampled(document: string, iterator: AsyncIterator<readonly ProseBlock[]>): Promise<SampledProse> {
  const read: (readonly ProseBlock[])[] = [];
  let sample = '';
  let isLast = false;
  while (!isLast && read.length < mostParts) {
    if (sample.length >= (read.length < usualParts ? sampleLength : smallSampleLength)) break;
    const { value, done } = await iterator.next();
    isLast = done === true;
    if (done) break;
    read.push(value);
    for (const { pieces } of value) {
      if (sample.length >= sampleLength) break;
      sample += `${pieces.map(([start, end]) => document.slice(start, end)).join(' ')}\n`;
    }
  }
  async function* blocks(): AsyncGenerator<readonly ProseBlock[]> {
    yield* read;
    while (!isLast) {
      const { value, done } = await iterator.next();
      if (done) return;
      yield value;
    }
  }
  return { sample, blocks: blocks() };
}
