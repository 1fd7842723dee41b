import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Tensor } from 'onnxruntime-node';
import { gatherRows, moveRows, rowMoves } from '../../../src/model/engine/tensors';

/** Row `i` of three holds `10 i`, `10 i + 1` and `10 i + 2`. */
function rowsOfThree(count: number): Tensor {
  const values = Array.from({ length: 3 * count }, (_, index) => 10 * Math.floor(index / 3) + (index % 3));
  return new Tensor('float32', Float32Array.from(values), [count, 1, 3]);
}

/** Rows to pick, no more than there are. */
const picks = fc
  .integer({ min: 1, max: 12 })
  .chain(count =>
    fc
      .array(fc.nat({ max: count - 1 }), { minLength: 1, maxLength: count })
      .map(rows => ({ count, rows: rows as readonly number[] })),
  );

describe('moveRows', () => {
  it('gives the rows that gathering gives, in the memory that was there', () => {
    fc.assert(
      fc.property(picks, ({ count, rows }) => {
        const tensor = rowsOfThree(count);
        const { buffer } = tensor.data as Float32Array;
        const expected = gatherRows(tensor, rows);
        const moved = moveRows(tensor, rowMoves(rows), rows.length);
        assert.deepEqual([...(moved.data as Float32Array)], [...(expected.data as Float32Array)]);
        assert.deepEqual(moved.dims, expected.dims);
        assert.equal((moved.data as Float32Array).buffer, buffer);
      }),
    );
  });

  it('turns rows in circles, with one row of memory beside', () => {
    const rows = [1, 2, 0, 4, 3];
    const moved = moveRows(rowsOfThree(5), rowMoves(rows), 5);
    assert.deepEqual(
      [...(moved.data as Float32Array)].filter((_, index) => index % 3 === 0),
      [10, 20, 0, 40, 30],
    );
    assert.equal(rowMoves(rows).length, 7);
  });

  it('reads a view with an offset, and touches nothing around it', () => {
    const buffer = Float32Array.of(7, 0, 1, 2, 10, 11, 12, 7);
    const view = new Tensor('float32', buffer.subarray(1, 7), [2, 3]);
    moveRows(view, rowMoves([1, 0]), 2);
    assert.deepEqual([...buffer], [7, 10, 11, 12, 0, 1, 2, 7]);
  });
});

describe('rowMoves', () => {
  it('moves nothing that stays, and each other row once, beside one more for a circle', () => {
    assert.deepEqual(rowMoves([0, 1, 2]), []);
    assert.deepEqual(rowMoves([0, 0, 2]), [{ from: 0, to: 1 }]);
    assert.deepEqual(
      rowMoves([1, 2, 3]).map(({ to }) => to),
      [0, 1, 2],
    );
  });
});
