import assert from 'node:assert/strict';
import { linksAbove, wordWeights } from '../../../src/model/attention/alignment';
import type { AttentionMap } from '../../../src/model/attention/maps';
import type { Word } from '../../../src/model/attention/methods';
import { normOfHeads, normWeighted, valueNorms } from '../../../src/model/attention/normWeighted';
import { occludedWordLimit, occlusionMap, occlusionMasks } from '../../../src/model/attention/occlusion';
import { rolloutMaps } from '../../../src/model/attention/rollout';

const word = (tokens: readonly number[], isPunctuation = false): Word => ({ range: [0, 1], tokens, isPunctuation });

const assertNear = (actual: Float32Array, expected: readonly number[]) => {
  assert.equal(actual.length, expected.length);
  for (const [index, value] of actual.entries())
    assert.ok(Math.abs(value - expected[index]) < 1e-6, `${index}: ${value} is not ${expected[index]}`);
};

const map = (shape: AttentionMap['shape'], data: readonly number[]): AttentionMap => ({
  shape,
  data: Float32Array.from(data),
});

describe('norm-weighted attention, by hand', () => {
  // Two heads of one dimension each, two columns, a model of two dimensions: f(x) = value * row of the projection.
  const layer = {
    headCount: 2,
    columnCount: 2,
    headDimension: 1,
    values: Float32Array.from([1, 2, 3, 0]),
    projection: Float32Array.from([3, 4, 0, 2]),
  };

  it('takes the length of each value after its part of the output projection', () => {
    assertNear(valueNorms(layer), [5, 10, 6, 0]);
  });

  it('weighs each row and divides it by its sum', () => {
    const weights = Float32Array.from([0.5, 0.5, 1, 0, 0.25, 0.75, 0, 1]); // [head, row, column]
    // Head 0: 2.5 and 5 of 7.5; head 1: 1.5 and 0 of 1.5; its last row only reads what carries nothing.
    assertNear(normWeighted(weights, valueNorms(layer), 2), [1 / 3, 2 / 3, 1, 0, 1, 0, 0, 0]);
  });

  it('adds what heads carry before it takes the length, so that opposites cancel out', () => {
    const opposite = {
      ...layer,
      values: Float32Array.from([1, 1, -1, 1]),
      projection: Float32Array.from([1, 0, 1, 0]),
    };
    const weights = Float32Array.from([0.5, 0.5, 0.5, 0.5]);
    assertNear(normOfHeads(weights, opposite, [0, 1]), [0, 1]);
    assertNear(normOfHeads(weights, opposite, [0]), [0.5, 0.5]);
  });
});

describe('rollout, by hand', () => {
  it('multiplies layers of half what was read and half what was there', async () => {
    const self = map([2, 1, 2, 2], [1, 0, 0.5, 0.5, 1, 0, 1, 0]);
    const cross = map([1, 1, 2, 2], [1, 0, 0, 1]);
    const decoder = map([1, 1, 2, 2], [1, 0, 0.5, 0.5]);
    const { encoder, ...others } = await rolloutMaps({ encoder: self, decoder, cross });
    // Layer 1: [1 0; .25 .75]; layer 2: [1 0; .5 .5]. Row 1: .5 * [1 0] + .5 * [.25 .75].
    assert.deepEqual([...encoder.shape], [1, 1, 2, 2]);
    assertNear(encoder.data, [1, 0, 0.625, 0.375]);
    assertNear(others.decoder.data, [1, 0, 0.25, 0.75]);
    // Each step reads one row of the encoder's rollout, and holds nothing else of the source.
    assertNear(others.cross.data, [1, 0, 0.625, 0.375]);
  });
});

describe('occlusion, by hand', () => {
  it('hides one word in each mask, with all its tokens', () => {
    assert.deepEqual(occlusionMasks([word([1, 2]), word([3])], 5), [
      [1, 0, 0, 1, 1],
      [1, 1, 1, 0, 1],
    ]);
  });

  it('shares a change evenly among the tokens of the word and counts a rise like a fall', () => {
    const { shape, data } = occlusionMap(
      [-1, -1],
      [
        [-3, -1],
        [-1, 0],
        [-0.5, -1],
      ],
      [word([1, 2]), word([3]), word([0])],
      4,
    );
    assert.deepEqual([...shape], [1, 1, 2, 4]);
    assertNear(data, [0.2, 0.4, 0.4, 0, 0, 0, 0, 1]);
  });

  it('hides no more words than its limit', () => {
    const words = Array.from({ length: occludedWordLimit + 5 }, (_, index) => word([index]));
    assert.equal(occlusionMasks(words, words.length).length, occludedWordLimit);
  });
});

describe('word alignment, by hand', () => {
  // Columns: prefix, "un" + "do", "it", ".", end. Rows: steps.
  const columnCount = 6;
  const rows = [
    [1, 0, 0, 0, 0, 0],
    [0, 0.2, 0.4, 0.2, 0.2, 0],
    [0, 0, 0.2, 0.6, 0, 0.2],
    [0.5, 0, 0, 0, 0.4, 0.1],
  ];
  const weights = { rowCount: rows.length, columnCount, data: Float32Array.from(rows.flat()) };
  const source = [word([1, 2]), word([3]), word([4], true)];
  const target = [word([0, 1]), word([2], true)];

  it('reads the next step, takes the most of a source word and the mean of a target word, and leaves sinks out', () => {
    const { rowCount, data } = wordWeights(weights, source, target, true);
    assert.equal(rowCount, 2);
    // Word 0: steps 1 and 2: "undo" (.4 + .2) / 2 = .3, "it" (.2 + .6) / 2 = .4; final punctuation left out: of .7.
    assertNear(data, [3 / 7, 4 / 7, 0, 0, 0, 1]);
  });

  it('reads a token at its own step without the shift', () => {
    const { data } = wordWeights(weights, source, [word([1])], false);
    assertNear(data, [0.4 / 0.6, 0.2 / 0.6, 0]);
  });

  it('links no word when only sinks were read or no step has read it', () => {
    const unread = wordWeights(weights, source, [word([3]), word([0])], true);
    assertNear(unread.data.subarray(0, 3), [0, 0, 0]);
    assert.deepEqual(
      linksAbove(unread).filter(([, targetWord]) => targetWord === 0),
      [],
    );
  });

  it('keeps every link from the threshold on', () => {
    const matrix = { rowCount: 2, columnCount: 2, data: Float32Array.from([0.5, 0.5, 0.75, 0.25]) };
    assert.deepEqual(linksAbove(matrix, 0.5), [
      [0, 0, 0.5],
      [1, 0, 0.5],
      [0, 1, 0.75],
    ]);
  });
});
