// What the operators appended to a decoder find, against its logits, on exports of every kind.

import assert from 'node:assert/strict';
import path from 'node:path';
import { openModelFolder } from '../../src/model/engine/modelFolder';
import { Seq2SeqModel } from '../../src/model/engine/seq2seqModel';
import { logSumExp, topCandidates } from '../../src/model/generation/logits';
import type { BestScores, WholeScores } from '../../src/model/generation/scoreRow';
import { root } from '../support/paths';

describe('the best tokens that a decoder finds itself', () => {
  for (const folder of ['marianSplit', 'marianMerged', 'bartSplit', 'bartQuantized', 'm2m100Dynamo', 'opusMtDynamo'])
    it(`are those of its logits, in every step: ${folder}`, async () => {
      const model = await Seq2SeqModel.load(
        await openModelFolder(path.join(root, 'test', 'fixtures', 'models', folder)),
        'cpu',
      );
      try {
        const sources = [[7, 8, 9], [10]];
        const whole = await model.decoderFor(sources);
        const best = await model.decoderFor(sources);
        check(await best.start([1], 5), await whole.start([1], undefined), whole.vocabularySize);
        for (const count of [5, 1, 12])
          check(
            await best.step([20, 21], [1, 0], count),
            await whole.step([20, 21], [1, 0], undefined),
            whole.vocabularySize,
          );
        for (const decoder of [best, whole]) decoder.dispose();
      } finally {
        await model.release();
      }
    });
});

function check(found: unknown, from: unknown, vocabularySize: number): void {
  const best = found as BestScores;
  const { kind, logits } = from as WholeScores;
  assert.equal(best.kind, 'best');
  assert.equal(kind, 'whole');
  for (const [row, logSum] of best.logSums.entries()) {
    const values = logits.subarray(row * vocabularySize, (row + 1) * vocabularySize);
    const expectedSum = logSumExp(values);
    assert.ok(Math.abs(logSum - expectedSum) < 1e-5, `${logSum}, expected ${expectedSum}`);
    const expected = topCandidates([values], [0], best.count);
    assert.deepEqual(
      [...best.tokenIds.subarray(row * best.count, (row + 1) * best.count)],
      expected.map(({ index }) => index),
    );
    assert.deepEqual(
      [...best.logits.subarray(row * best.count, (row + 1) * best.count)],
      expected.map(({ value }) => value),
    );
  }
}
