import assert from 'node:assert/strict';
import { headStatistics } from '../../../src/model/attention/headStatistics';

describe('headStatistics', () => {
  it('tells a head that points from one that spreads', () => {
    const pointing = headStatistics(Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), 3, 3, []);
    assert.deepEqual(pointing, { entropy: 0, sinkMass: 0, sharpness: 1, coverage: 1, distance: 0 });
    const even = headStatistics(new Float32Array(16).fill(0.25), 4, 4, []);
    assert.ok(Math.abs(even.entropy - 2) < 1e-6);
    assert.ok(Math.abs(even.sharpness - 0.25) < 1e-6);
  });

  it('leaves sinks out of sharpness and coverage, and says how much rests on them', () => {
    // Two rows: half and three quarters on the sink in column 2.
    const { sinkMass, sharpness, coverage } = headStatistics(Float32Array.of(0.5, 0, 0.5, 0.25, 0, 0.75), 2, 3, [2]);
    assert.equal(sinkMass, 0.625);
    assert.equal(sharpness, 1);
    assert.equal(coverage, 0.5);
  });

  it('measures distance from where a row would stand if both axes were of one length', () => {
    // Two rows over four columns: home is column 0 and column 3.
    assert.equal(headStatistics(Float32Array.of(1, 0, 0, 0, 0, 0, 0, 1), 2, 4, []).distance, 0);
    assert.equal(headStatistics(Float32Array.of(0, 0, 0, 1, 1, 0, 0, 0), 2, 4, []).distance, 3);
  });
});
