// Damaged model files by the thousand: each gives a result or a typed error, in bounded time and memory. `npm run fuzz` does more.

import assert from 'node:assert/strict';
import { runFuzz } from '../fuzz/fuzzRun';
import { makeInput } from '../fuzz/makeInput';
import { plantedDefectOf } from '../fuzz/planted';

/** About a minute on one core: bounded by number, so that a seed finds the same on every machine. */
const inputCount = 5000;

describe('the readers of model files, fuzzed', function () {
  this.timeout(10 * 60_000);

  it('end every damaged file in a result or in a typed error', async () => {
    const { failures, outcomes } = await runFuzz({ seed: 2026, count: inputCount });
    const problems = failures.map(({ index, problem }) => `input ${index}: ${problem}`);
    assert.equal(problems.length, 0, `npm run fuzz -- --seed 2026 --count ${inputCount}\n${problems.join('\n')}`);
    for (const subject of ['graph', 'config', 'tokenizer', 'sentencePiece', 'folder'])
      for (const outcome of ['result', 'model-file-corrupt'])
        assert.ok(outcomes[`${subject}: ${outcome}`] > 20, `${subject} ends in ${outcome} now and then`);
  });

  it('is seen to hang, to be slow, to fill the memory and to throw what has no code, where that is planted', async () => {
    const subjectNames = ['planted'];
    const seed = 3;
    const expected = Array.from({ length: 24 }, (_, index) =>
      plantedDefectOf(makeInput(seed, index, subjectNames).files),
    );
    for (const defect of ['throws', 'slow', 'grows', 'hangs', undefined] as const)
      assert.ok(expected.includes(defect), `an input that ${defect ?? 'is read'}`);
    const { failures } = await runFuzz({ seed, count: expected.length, subjectNames, stallLimitMs: 8000 });
    const found = new Map(failures.map(({ index, problem }) => [index, problem]));
    const patterns = {
      throws: /planted: not a typed error/,
      slow: /it took \d+ ms of the processor/,
      grows: /the process grew to \d+ MB/,
      hangs: /it did not end within 8 s/,
    };
    for (const [index, defect] of expected.entries()) {
      if (defect === undefined) assert.equal(found.get(index), undefined);
      else assert.match(found.get(index) ?? 'nothing was found', patterns[defect], `input ${index}`);
    }
  });
});
