// The first prose of a document, to tell its language by: the code around comments would be taken for English. Pure.

import type { ProseBlock } from './document';

/** As much as a detector reads. */
const sampleLength = 2000;
/** After so many parts less of it is enough, and after so many nothing more is waited for: a file may begin with much code. */
const usualParts = 4;
const smallSampleLength = 200;
const mostParts = 40;

type Parts = AsyncIterable<readonly ProseBlock[]>;

/** `blocks`: all of them, to be read once, in place of `parts`. */
export async function sampleProse(
  document: string,
  parts: Parts,
): Promise<{ readonly sample: string; readonly blocks: Parts }> {
  const iterator = parts[Symbol.asyncIterator]();
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
    try {
      yield* read;
      while (!isLast) {
        const { value, done } = await iterator.next();
        if (done) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { sample, blocks: blocks() };
}
