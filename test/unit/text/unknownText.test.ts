import assert from 'node:assert/strict';
import { UnknownCounter, unknownShareOfSegment, unknownShareOfSource } from '../../../src/model/text/unknownText';
import type { Token } from '../../../src/model/types';

/** Tokens of so many characters each; a negative length is an unknown token. */
const tokens = (...lengths: readonly number[]): Token[] => {
  let start = 0;
  return lengths.map((length, id) => {
    const end = start + Math.abs(length);
    const token = { id, text: `t${id}`, range: [start, end] as const, special: false, unknown: length < 0 };
    start = end;
    return token;
  });
};

const found = (...segments: readonly Token[][]) => {
  const counter = new UnknownCounter();
  for (const segment of segments) counter.add(segment);
  return counter.found;
};

describe('UnknownCounter', () => {
  it('tells nothing of a source that the vocabulary has, or of no source at all', () => {
    assert.equal(found(tokens(5, 5, 5)), undefined);
    assert.equal(found(), undefined);
    assert.equal(found([]), undefined);
  });

  it('tells two backticks in a line, and not one emoji in a paragraph', () => {
    assert.deepEqual(found(tokens(20, -1, 6, -1, 20)), { unknownLength: 2, length: 48, examples: ['t1', 't3'] });
    assert.equal(found(tokens(200, -2, 200)), undefined);
  });

  it('has its limit of the whole source at one character in fifty', () => {
    assert.equal(unknownShareOfSource, 1 / 50);
    assert.notEqual(found(tokens(49, -1)), undefined);
    assert.equal(found(tokens(50, -1)), undefined);
  });

  it('tells one sentence of another script in a long document', () => {
    assert.equal(unknownShareOfSegment, 1 / 2);
    const long = tokens(1000);
    assert.deepEqual(found(long, tokens(1, -12)), { unknownLength: 12, length: 1013, examples: ['t1'] });
    assert.equal(found(long, tokens(13, -12)), undefined);
  });

  it('gives a few short examples, each once', () => {
    const [token] = tokens(-40);
    const texts = ['漢'.repeat(40), '漢'.repeat(40), 'a', '🙂'.repeat(20), 'b'];
    const { examples } = found(texts.map(text => ({ ...token, text })))!;
    assert.deepEqual(examples, ['漢'.repeat(12), 'a', '🙂'.repeat(12)]);
  });
});
