import assert from 'node:assert/strict';
import type { PanelMap, PanelSegment, PanelToken } from '../../../src/protocol/webview';
import { readingOf, startTokenIndex } from '../../../webview/reading';

function token(text: string, start: number, special = false): PanelToken {
  const range = special ? ([start, start] as const) : ([start, start + text.length] as const);
  return { id: 1, text, range, special, unknown: false, probability: undefined };
}

/** "a b" to "x y", each with its end token. */
const segment: PanelSegment = {
  index: 0,
  source: 'a b',
  target: 'x y',
  sourceTokens: [token('a', 0), token('b', 2), token('</s>', 3, true)],
  targetTokens: [token('x', 0), token('y', 2), token('</s>', 3, true)],
  score: 0,
};

/** Two heads of 3 x 3; head 0 holds 0 to 8, head 1 ten times that. */
const map: PanelMap = {
  shape: [2, 3, 3],
  data: Float32Array.from({ length: 18 }, (_, cell) => (cell < 9 ? cell : (cell - 9) * 10)),
};

const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name);

describe('readingOf', () => {
  it('reads target rows and source columns from cross attention', () => {
    const reading = readingOf('cross', segment, map, 0, undefined);
    assert.deepEqual(names(reading.rows), ['x', 'y', '</s>']);
    assert.deepEqual(names(reading.columns), ['a', 'b', '</s>']);
    assert.deepEqual([...reading.weights], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual([...reading.visibleCounts], [3, 3, 3]);
  });

  it('takes the chosen head, and the mean of all without one', () => {
    assert.deepEqual([...readingOf('cross', segment, map, 1, undefined).weights.slice(0, 3)], [0, 10, 20]);
    assert.deepEqual([...readingOf('cross', segment, map, undefined, undefined).weights.slice(0, 3)], [0, 5.5, 11]);
  });

  it('reads the source on both sides for the encoder', () => {
    const { rows, columns } = readingOf('encoder', segment, map, 0, undefined);
    assert.ok([...rows, ...columns].every(({ side }) => side === 'source'));
  });

  it('puts the start token before the shifted target for the decoder, and hides what comes later', () => {
    const reading = readingOf('decoder', segment, map, 0, undefined);
    assert.deepEqual(names(reading.rows), ['x', 'y', '</s>']);
    assert.deepEqual(names(reading.columns), ['start', 'x', 'y']);
    assert.equal(reading.columns[0].tokenIndex, startTokenIndex);
    assert.equal(reading.columns[1].tokenIndex, 0);
    assert.deepEqual([...reading.visibleCounts], [1, 2, 3]);
  });

  it('aligns a word with what the step read whose input it was, and leaves out the end token', () => {
    const reading = readingOf('alignment', segment, map, 0, { layer: 0, heads: [0], inputShift: true });
    assert.deepEqual(names(reading.rows), ['x', 'y']);
    assert.deepEqual([...reading.weights], [3, 4, 5, 6, 7, 8]);
    assert.deepEqual([...reading.visibleCounts], [3, 3]);
  });

  it('shows that no step read the last word of an output that was cut short', () => {
    const cut: PanelSegment = {
      ...segment,
      target: 'x y z',
      targetTokens: [token('x', 0), token('y', 2), token('z', 4)],
    };
    const reading = readingOf('alignment', cut, map, undefined, { layer: 0, heads: [0], inputShift: true });
    assert.deepEqual(names(reading.rows), ['x', 'y', 'z']);
    assert.deepEqual([...reading.visibleCounts], [3, 3, 0]);
    assert.deepEqual([...reading.weights], [3, 4, 5, 6, 7, 8, 0, 0, 0]);
  });

  it('averages the declared heads only, unshifted where the model says so', () => {
    const reading = readingOf('alignment', segment, map, 0, { layer: 0, heads: [0, 1], inputShift: false });
    assert.equal(reading.rows.length, 3);
    assert.deepEqual([...reading.weights.slice(0, 3)], [0, 5.5, 11]);
  });

  it('rejects a map that does not fit the tokens', () => {
    const small: PanelMap = { shape: [1, 2, 3], data: new Float32Array(6) };
    assert.throws(() => readingOf('cross', segment, small, 0, undefined), {
      code: 'internal',
      details: { rule: '3 x 3', found: '2 x 3' },
    });
  });
});
