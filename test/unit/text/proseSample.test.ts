import assert from 'node:assert/strict';
import type { ProseBlock } from '../../../src/model/text/document';
import { lineBlocks } from '../../../src/model/text/lineBlocks';
import { withProseSample } from '../../../src/model/text/proseSample';

const text = Array.from({ length: 90 }, (_, index) => `A line of some words with the number ${index}.`).join('\n');
const all = [...lineBlocks(text)];

/** Parts of a document, the first ones empty, and whether they were given up. */
function partsOf(emptyCount: number) {
  const state = { isClosed: false };
  async function* parts(): AsyncGenerator<readonly ProseBlock[]> {
    try {
      for (let count = 0; count < emptyCount; count++) yield [];
      for (let start = 0; start < all.length; start += 10) yield all.slice(start, start + 10);
    } finally {
      state.isClosed = true;
    }
  }
  return { parts: parts(), state };
}

describe('the first prose of a document', () => {
  for (const emptyCount of [0, 6, 100])
    it(`is read without losing a block, after ${emptyCount} parts without prose`, async () => {
      const read: ProseBlock[] = [];
      await withProseSample(text, partsOf(emptyCount).parts, async ({ sample, blocks }) => {
        assert.equal(sample === '', emptyCount === 100);
        assert.ok(text.startsWith(sample.trimEnd()));
        for await (const part of blocks) read.push(...part);
      });
      assert.deepEqual(read, all);
    });

  it('gives the document up with whoever reads on', async () => {
    const { parts, state } = partsOf(0);
    await withProseSample(text, parts, async ({ blocks }) => {
      for await (const _ of blocks) break;
    });
    assert.equal(state.isClosed, true);
  });

  it('gives the document up when nobody came to read it', async () => {
    const { parts, state } = partsOf(0);
    const failing = withProseSample(text, parts, () => Promise.reject(new Error('no such direction')));
    await assert.rejects(failing, /no such direction/);
    assert.equal(state.isClosed, true);
  });
});
