import assert from 'node:assert/strict';
import { sinkTokens } from '../../../src/model/attention/sinks';

const token = (start: number, end: number) => ({ range: [start, end] as const, special: start === end });

describe('sinkTokens', () => {
  it('are the tokens that stand for no text, and the final punctuation', () => {
    assert.deepEqual(sinkTokens('Go.', [token(0, 0), token(0, 2), token(2, 3), token(3, 3)]), [0, 2, 3]);
  });

  it('are no words, and no punctuation within the text', () => {
    assert.deepEqual(sinkTokens('A, b', [token(0, 1), token(1, 2), token(2, 4)]), []);
  });

  it('look past space at the end', () => {
    assert.deepEqual(sinkTokens('A! ', [token(0, 1), token(1, 2), token(2, 3)]), [1]);
  });
});
