import assert from 'node:assert/strict';
import { requireSequences } from '../../../src/model/generation/requiredSequences';
import { ScoreRow } from '../../../src/model/generation/scoreRow';

const end = 0;

/** Writes greedily with the same scores in each step until the end token comes. */
function written(sequences: number[][][], scores: readonly number[]): number[] {
  const rule = requireSequences(sequences, [end]);
  const generated: number[] = [];
  while (generated.length < 20) {
    const row = new ScoreRow(Float32Array.from(scores), undefined, undefined);
    rule.apply(generated, row);
    let best = 0;
    for (let index = 1; index < row.values.length; index++) if (row.values[index] > row.values[best]) best = index;
    const tokenId = row.tokenIdAt(best);
    if (tokenId === end) return generated;
    generated.push(tokenId);
  }
  return generated;
}

describe('requireSequences', () => {
  it('writes what is missing where the model would end, each as often as it is required', () => {
    assert.deepEqual(written([[[3, 4, 5]]], [1, 0, 0, 0, 0, 0]), [3, 4, 5]);
    assert.deepEqual(written([[[3, 4]], [[2]], [[3, 4]]], [1, 0, 0, 0, 0, 0]), [3, 4, 2, 3, 4]);
  });

  it('takes either form of a sequence', () => {
    assert.deepEqual(written([[[3, 4], [5]]], [1, 0, 0, 0, 0, 2]).slice(0, 1), [5]);
  });

  it('leaves the scores alone when nothing is missing', () => {
    assert.deepEqual(written([], [1, 0]), []);
  });

  it('takes the end away while something is missing', () => {
    const row = new ScoreRow(Float32Array.of(1, 2, 0), undefined, undefined);
    requireSequences([[[2, 2]]], [end]).apply([], row);
    assert.deepEqual([...row.values], [Number.NEGATIVE_INFINITY, 2, 0]);
  });
});
