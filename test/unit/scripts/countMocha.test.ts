// How `npm test` counts: nothing passes that did not run.

import assert from 'node:assert/strict';
import { countMocha } from '../../../scripts/tiers/runTier.mjs';

describe('counting the tests of a tier', () => {
  it('takes the numbers of the closing lines', () => {
    const { passed, failed, closingLines } = countMocha('  a test\n\n  12 passing (3s)\n  2 failing\n\n  1) why\n', 2);
    assert.deepEqual({ passed, failed }, { passed: 12, failed: 2 });
    assert.deepEqual(closingLines, ['12 passing (3s)', '2 failing']);
  });

  it('keeps what is told of the failures', () => {
    const report = '  2 failing\n\n  1) a test:\n     AssertionError: why';
    assert.deepEqual(countMocha(`  a test\n  12 passing (3s)\n${report}\n\n`, 2).failures, [report]);
    assert.deepEqual(countMocha('  12 passing (3s)\n', 0).failures, []);
    assert.match(countMocha('  3 passing (1s)\nthe host died\n', 70).failures[0], /the host died$/);
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
