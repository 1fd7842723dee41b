import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  levelOfWeight,
  maximumOverHeads,
  pooled,
  poolSize,
  thumbnails,
  weightOfLevel,
} from '../../../src/model/attention/pooling';

describe('levels of weights', () => {
  it('are at most 0.004 off, and keep small weights apart', () => {
    for (let weight = 0; weight <= 1; weight += 0.001)
      assert.ok(Math.abs(weightOfLevel(levelOfWeight(weight)) - weight) <= 0.004);
    assert.ok(levelOfWeight(0.001) > levelOfWeight(0.0005));
  });
});

describe('thumbnails', () => {
  it('hold each head, the mean and the maximum', () => {
    const layer = Float32Array.of(1, 0, 0, 1, 0, 1, 1, 0);
    const { levels, rowCount, columnCount } = thumbnails(layer, [2, 2, 2], 128);
    assert.deepEqual([rowCount, columnCount], [2, 2]);
    assert.deepEqual([...levels.subarray(0, 8)], [255, 0, 0, 255, 0, 255, 255, 0]);
    assert.deepEqual([...levels.subarray(8, 12)], new Array(4).fill(levelOfWeight(0.5)));
    assert.deepEqual([...levels.subarray(12)], [255, 255, 255, 255]);
  });

  it('keep the strongest cell of what becomes one pixel, and no side longer than the limit', () => {
    const layer = new Float32Array(300 * 500);
    layer[299 * 500 + 499] = 1;
    const { levels, rowCount, columnCount } = thumbnails(layer, [1, 300, 500], 128);
    assert.deepEqual([rowCount, columnCount], [100, 125]);
    assert.equal(levels[rowCount * columnCount - 1], 255);
    assert.equal(levels.indexOf(255), rowCount * columnCount - 1);
  });
});

describe('pooled', () => {
  it('keeps rows that sum to 1, at any sizes', () => {
    const size = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (rows, columns, rowPool, columnPool) => {
          const weights = new Float32Array(rows * columns).fill(1 / columns);
          const result = pooled(weights, rows, columns, rowPool, columnPool);
          const width = Math.ceil(columns / columnPool);
          for (let row = 0; row < Math.ceil(rows / rowPool); row++) {
            const sum = result.subarray(row * width, (row + 1) * width).reduce((total, weight) => total + weight, 0);
            assert.ok(Math.abs(sum - 1) < 1e-5);
          }
        },
      ),
    );
  });

  it('makes as few cells one as the limit needs', () => {
    assert.deepEqual([poolSize(512, 512), poolSize(513, 512), poolSize(2048, 512)], [1, 2, 4]);
  });
});

describe('maximumOverHeads', () => {
  it('takes the strongest of each cell', () => {
    assert.deepEqual([...maximumOverHeads(Float32Array.of(1, 0, 0.25, 0.5), 2)], [1, 0.5]);
  });
});
