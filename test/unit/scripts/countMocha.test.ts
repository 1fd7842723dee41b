// How `npm test` counts: nothing passes that did not run.

import assert from 'node:assert/strict';
import { countMocha } from '../../../scripts/tiers/runTier.mjs';

describe('counting the tests of a tier', () => {
  it('takes the numbers of the closing lines', () => {
    const { passed, failed, closingLines } = countMocha('  a test\n\n  12 passing (3s)\n  2 failing\n\n  1) why\n', 2);
    assert.deepEqual({ passed, failed }, { passed: 12, failed: 2 });
    assert.deepEqual(closingLines, ['12 passing (3s)', '2 failing']);
  });

  it('takes a skipped test for a failure', () => {
    const { passed, failed } = countMocha('  3 passing (1s)\n  1 pending\n', 0);
    assert.deepEqual({ passed, failed }, { passed: 3, failed: 1 });
  });

  it('takes a tier without tests for a failure', () => {
    for (const [output, exitCode] of [
      ['', 0],
      ['  0 passing (1ms)\n', 0],
      ['Error: No test files found\n', 1],
    ] as const)
      assert.deepEqual(countMocha(output, exitCode).failed, 1, output);
  });

  it('takes a runner that fails after its last test for a failure', () => {
    const { passed, failed } = countMocha('  3 passing (1s)\n', 70);
    assert.deepEqual({ passed, failed }, { passed: 3, failed: 1 });
  });
});
