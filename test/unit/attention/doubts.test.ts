import assert from 'node:assert/strict';
import { doubtMasks, doubtsOf, omissionCandidates } from '../../../src/model/attention/doubts';
import type { Word, WordAlignment } from '../../../src/model/attention/methods';

const word = (isPunctuation: boolean, ...tokens: number[]): Word => ({ range: [0, 1], tokens, isPunctuation });

/** Three source words of four tokens and a full stop after a prefix; two output words of one and two tokens. */
const alignment: WordAlignment = {
  sourceWords: [word(false, 1), word(false, 2, 3), word(false, 4), word(true, 5)],
  targetWords: [word(false, 0), word(false, 1, 2)],
  links: [],
  weights: { rowCount: 2, columnCount: 4, data: Float32Array.of(0.9, 0.1, 0, 0, 0.5, 0.125, 0.375, 0) },
  heads: { layer: 0, heads: [0], inputShift: true },
  origin: 'declared',
  doubts: [],
};

const every = () => true;
const none: WordAlignment = {
  ...alignment,
  targetWords: [],
  weights: { rowCount: 0, columnCount: 4, data: new Float32Array() },
};

describe('omissionCandidates', () => {
  it('are source words that no output word reads, but no punctuation', () =>
    assert.deepEqual(omissionCandidates(alignment, every), [1]));

  it('leave out what is not to be judged', () =>
    assert.deepEqual(
      omissionCandidates(alignment, ({ tokens }) => tokens.length < 2),
      [],
    ));

  it('are none where there is no output', () => assert.deepEqual(omissionCandidates(none, every), []));
});

describe('doubtMasks', () => {
  it('hide nothing, every word, and each candidate', () =>
    assert.deepEqual(doubtMasks(alignment, [1], 7), [
      [1, 1, 1, 1, 1, 1, 1],
      [1, 0, 0, 0, 0, 0, 1],
      [1, 1, 0, 0, 1, 1, 1],
    ]));
});

describe('doubtsOf', () => {
  const sure = [-0.1, -0.2, -0.1];
  const blind = [-4, -5, -6];

  it('calls a word omitted when the output is as probable without it', () => {
    assert.deepEqual(doubtsOf(alignment, [1], [sure, blind, [-0.1, -0.3, -0.2]]), [
      { kind: 'omitted', word: 1, value: 0.125 },
    ]);
    assert.deepEqual(doubtsOf(alignment, [1], [sure, blind, [-0.1, -2, -0.2]]), []);
  });

  it('calls an improbable word invented when the source does not make it more probable', () => {
    const [doubt, ...others] = doubtsOf(alignment, [], [[-0.1, -2, -1], blind, []].slice(0, 2));
    assert.equal(doubt, undefined, 'three times as probable with the source');
    assert.deepEqual(others, []);
    assert.deepEqual(
      doubtsOf(
        alignment,
        [],
        [
          [-0.1, -2, -1],
          [-4, -2.5, -1.25],
        ],
      ),
      [{ kind: 'invented', word: 1, value: Math.exp(-3) }],
    );
  });

  it('calls a probable word invented never', () => assert.deepEqual(doubtsOf(alignment, [], [sure, sure]), []));

  it('doubts nothing without a source', () =>
    assert.deepEqual(doubtsOf({ ...alignment, sourceWords: [] }, [], [[-9], [-9]]), []));
});
