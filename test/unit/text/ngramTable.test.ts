import assert from 'node:assert/strict';
import { readNgramTable, writeNgramTable } from '../../../src/model/text/ngramTable';

describe('readNgramTable', () => {
  const ngrams = { ' the': { 11: 207, 12: 0 }, th: { 11: 3 }, the: { 59: 40 }, 'é\u00ffL ': { 0: 176 }, '~': { 1: 1 } };
  const read = readNgramTable(writeNgramTable(ngrams));

  it('finds every n-gram that was written, the first and the last among them', () => {
    for (const [ngram, scores] of Object.entries(ngrams)) assert.deepEqual(read[ngram], scores, ngram);
  });

  it('finds no other', () => {
    for (const ngram of ['', ' ', 't', 'thx', 'them', '\u0000', '\u00ff', 'constructor'])
      assert.equal(read[ngram], undefined, JSON.stringify(ngram));
    assert.equal(readNgramTable('').the, undefined);
  });
});
