import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readAlignedPairs } from '../../../src/model/attention/alignedPairs';
import { copiedItems, scoreItems } from '../../../src/model/attention/items';
import { wordsOf } from '../../../src/model/attention/words';
import { root } from '../../support/paths';

/** A token for each character but white space. */
const characters = (text: string) =>
  [...text.matchAll(/\S/gu)].map(({ index, 0: { length } }) => ({
    range: [index, index + length] as const,
    special: false,
  }));

const wordTexts = (text: string) => wordsOf(text, characters(text)).map(({ range }) => text.slice(...range));

describe('wordsOf', () => {
  it('keeps names, numbers and joined words whole and punctuation alone', () => {
    assert.deepEqual(wordTexts("don't call a.b_c() 3.14 times, on-device!"), [
      ...["don't", 'call', 'a.b_c', '(', ')', '3.14', 'times', ',', 'on-device', '!'],
    ]);
  });

  it('takes each character of a script without spaces for a word', () => {
    assert.deepEqual(wordTexts('漢字 and かな'), ['漢', '字', 'and', 'か', 'な']);
  });

  it('joins words that one token covers, and leaves out special tokens and white space', () => {
    const tokens = [
      { range: [0, 0] as const, special: true },
      { range: [0, 1] as const, special: false },
      { range: [1, 3] as const, special: false },
      { range: [3, 4] as const, special: false },
    ];
    assert.deepEqual(wordsOf('a). ', tokens), [
      { range: [0, 1], tokens: [1], isPunctuation: false },
      { range: [1, 3], tokens: [2], isPunctuation: true },
    ]);
  });

  it('moves ranges by an offset', () => {
    const tokens = [{ range: [10, 12] as const, special: false }];
    assert.deepEqual(wordsOf('ab', tokens, 10), [{ range: [10, 12], tokens: [0], isPunctuation: false }]);
  });
});

describe('copiedItems', () => {
  it('finds names, numbers and code that stand once on both sides', () => {
    const items = copiedItems(
      'Set maxSize to 5, then call `run()` and 7 or 7.',
      'Pon maxSize en 5, luego 7 y `run()`.',
    );
    assert.deepEqual(
      items.map(({ text }) => text),
      ['maxSize', '5', '`run()`'],
    );
  });

  it('counts an item right only when all its target words give most to a word of it', () => {
    const words = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        range: [2 * index, 2 * index + 1] as const,
        tokens: [index],
        isPunctuation: false,
      }));
    const items = [{ text: 'x', source: [0, 1] as const, target: [0, 3] as const }];
    const score = (data: readonly number[]) =>
      scoreItems(items, { rowCount: 2, columnCount: 2, data: Float32Array.from(data) }, words(2), words(2)).right;
    assert.equal(score([0.9, 0.1, 0.6, 0.4]), 1);
    assert.equal(score([0.9, 0.1, 0.4, 0.6]), 0);
    assert.equal(score([0.9, 0.1, 0, 0]), 0);
  });
});

describe('the sentences aligned by hand', () => {
  const text = readFileSync(path.join(root, 'test', 'fixtures', 'alignment', 'en-es.txt'), 'utf8');

  it('are fifty, and every link is between words of the two sentences', () => {
    const pairs = readAlignedPairs(text);
    assert.equal(pairs.length, 50);
    for (const { source, target, links, targetWords } of pairs) {
      assert.deepEqual(targetWords, wordTexts(target), target);
      const sourceCount = wordTexts(source).length;
      for (const [from] of links) assert.ok(from < sourceCount, `${source}: there is no word ${from}`);
      // Whoever counts wrongly leaves the last mark without a link.
      assert.ok(
        links.some(([from]) => from === sourceCount - 1),
        `${source}: the last mark is linked`,
      );
    }
  });
});
