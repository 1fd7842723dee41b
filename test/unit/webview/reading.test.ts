import assert from 'node:assert/strict';
import type { WordAlignment } from '../../../src/model/attention/methods';
import type { PanelMatrix, PanelSegment, PanelToken } from '../../../src/protocol/webview';
import { alignmentReading, meanSinkShare, readingOf, startTokenIndex } from '../../../webview/reading';

function token(text: string, start: number, special = false): PanelToken {
  const range = special ? ([start, start] as const) : ([start, start + text.length] as const);
  return { id: 1, text, range, special, unknown: false, probability: undefined };
}

/** "ab c" to "x yz", a word of two tokens on each side, each with its end token. */
const segment: PanelSegment = {
  index: 0,
  variantIndex: 0,
  variants: [],
  source: 'ab c',
  target: 'x yz',
  sourceBefore: '',
  targetBefore: '',
  sourceTokens: [token('a', 0), token('b', 1), token('c', 3), token('</s>', 4, true)],
  targetTokens: [token('x', 0), token('y', 2), token('z', 3), token('</s>', 4, true)],
  score: 0,
};

const matrixOf = (...rows: readonly (readonly number[])[]): PanelMatrix => ({
  rowCount: rows.length,
  columnCount: rows[0].length,
  data: Float32Array.from(rows.flat()),
  rowPool: 1,
  columnPool: 1,
});

/** Every number is exact in 32 bits. */
const matrix = matrixOf([0.5, 0.25, 0.125, 0.125], [0.25, 0.25, 0.25, 0.25], [0, 0.5, 0.25, 0.25], [0, 0, 0.5, 0.5]);

const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name);

describe('readingOf', () => {
  it('reads target rows and source columns from cross attention, token by token', () => {
    const reading = readingOf('cross', segment, matrix, 'subwords', false);
    assert.deepEqual(names(reading.rows), ['x', 'y', 'z', '</s>']);
    assert.deepEqual(names(reading.columns), ['a', 'b', 'c', '</s>']);
    assert.deepEqual(reading.weights, matrix.data);
    assert.deepEqual([...reading.visibleCounts], [4, 4, 4, 4]);
  });

  it('adds up the columns of a word and averages its rows, so that rows still sum to 1', () => {
    const reading = readingOf('cross', segment, matrix, 'words', false);
    assert.deepEqual(names(reading.rows), ['x', 'yz', '</s>']);
    assert.deepEqual(names(reading.columns), ['ab', 'c', '</s>']);
    assert.deepEqual([...reading.weights], [0.75, 0.125, 0.125, 0.5, 0.25, 0.25, 0, 0.5, 0.5]);
  });

  it('reads the source on both sides for the encoder', () => {
    const { rows, columns } = readingOf('encoder', segment, matrix, 'words', false);
    assert.ok([...rows, ...columns].every(({ side }) => side === 'source'));
  });

  it('puts the start token before the shifted target for the decoder, and hides what comes later', () => {
    const masked = matrixOf([1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25, 0.25, 0.5, 0], [0.25, 0.25, 0.25, 0.25]);
    const reading = readingOf('decoder', segment, masked, 'subwords', false);
    assert.deepEqual(names(reading.columns), ['start', 'x', 'y', 'z']);
    assert.deepEqual(reading.columns[0].tokens, [startTokenIndex]);
    assert.deepEqual([...reading.visibleCounts], [1, 2, 3, 4]);
    const words = readingOf('decoder', segment, masked, 'words', false);
    assert.deepEqual(names(words.columns), ['start', 'x', 'yz']);
    assert.deepEqual([...words.visibleCounts], [1, 3, 3], 'the second token of a word sees its first');
  });

  it('leaves out sinks, divides rows by what is left, and says how much was hidden', () => {
    const reading = readingOf('cross', segment, matrix, 'words', true);
    assert.deepEqual(names(reading.columns), ['ab', 'c']);
    const expected = [6 / 7, 1 / 7, 2 / 3, 1 / 3, 0, 1];
    for (const [cell, weight] of expected.entries()) assert.ok(Math.abs(reading.weights[cell] - weight) < 1e-6);
    assert.deepEqual([...reading.sinkShares], [0.125, 0.25, 0.5]);
    assert.ok(Math.abs(meanSinkShare(reading) - 0.875 / 3) < 1e-6);
  });

  it('says how much rests on sinks when they are shown, too', () => {
    const reading = readingOf('cross', segment, matrix, 'words', false);
    assert.equal(reading.hidesSinks, false);
    assert.deepEqual([...reading.sinkShares], [0.125, 0.25, 0.5]);
  });

  it('keeps the rows and columns of a pooled map', () => {
    const small: PanelMatrix = { ...matrixOf([0.75, 0.25], [0.5, 0.5]), rowPool: 2, columnPool: 2 };
    const reading = readingOf('cross', segment, small, 'words', false);
    assert.deepEqual(names(reading.rows), ['x … y', 'z … </s>']);
    assert.deepEqual([...reading.weights], [0.75, 0.25, 0.5, 0.5]);
  });

  it('rejects a map that does not fit the tokens', () => {
    assert.throws(() => readingOf('cross', segment, matrixOf([1, 0, 0, 0]), 'words', false), {
      code: 'internal',
      details: { rule: '4 x 4', found: '1 x 4' },
    });
  });
});

describe('alignmentReading', () => {
  it('names words, and shows a row of which nothing is known as hidden', () => {
    const word = (range: readonly [number, number], ...tokens: number[]) => ({ range, tokens, isPunctuation: false });
    const alignment: WordAlignment = {
      sourceWords: [word([0, 2], 0, 1), word([3, 4], 2)],
      targetWords: [word([0, 1], 0), word([2, 4], 1, 2)],
      links: [[0, 0, 1]],
      weights: { rowCount: 2, columnCount: 2, data: Float32Array.of(1, 0, 0, 0) },
      heads: { layer: 0, heads: [0], inputShift: true },
      origin: 'declared',
      doubts: [],
    };
    const reading = alignmentReading(segment, alignment);
    assert.deepEqual(names(reading.rows), ['x', 'yz']);
    assert.deepEqual(names(reading.columns), ['ab', 'c']);
    assert.deepEqual([...reading.visibleCounts], [2, 0]);
  });
});
