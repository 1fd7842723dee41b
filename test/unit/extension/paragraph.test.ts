import assert from 'node:assert/strict';
import { type LineSpan, paragraphAt } from '../../../src/extension/paragraph';

function find(text: string, lineIndex: number, markdown = true): LineSpan | undefined {
  const lines = text.split('\n');
  return paragraphAt({ count: lines.length, textAt: index => lines[index] }, lineIndex, markdown);
}

describe('paragraphAt', () => {
  it('finds the lines between blank lines', () => {
    const text = 'one\ntwo\n\nthree\nfour\n \nfive';
    assert.deepEqual(find(text, 1), { first: 0, last: 1 });
    assert.deepEqual(find(text, 3), { first: 3, last: 4 });
    assert.deepEqual(find(text, 6), { first: 6, last: 6 });
  });

  it('finds nothing on a blank line', () => {
    assert.equal(find('one\n\ntwo', 1), undefined);
    assert.equal(find('', 0), undefined);
  });

  it('stops at Markdown headings, tables and rules, and finds nothing on them', () => {
    const text = '# Title\nprose\nmore\n| a | b |\n---\nend';
    assert.deepEqual(find(text, 1), { first: 1, last: 2 });
    for (const line of [0, 3, 4]) assert.equal(find(text, line), undefined, `line ${line}`);
    assert.deepEqual(find(text, 5), { first: 5, last: 5 });
  });

  it('takes a list item for a paragraph of its own', () => {
    const text = '- one\n  more of one\n- two\n3. three';
    assert.deepEqual(find(text, 1), { first: 0, last: 1 });
    assert.deepEqual(find(text, 2), { first: 2, last: 2 });
    assert.deepEqual(find(text, 3), { first: 3, last: 3 });
  });

  it('finds nothing inside a code fence, and prose again after it', () => {
    const text = 'intro\n\n```js\nlet x = 1\n\nlet y = 2\n```\nprose';
    assert.equal(find(text, 3), undefined);
    assert.equal(find(text, 5), undefined);
    assert.deepEqual(find(text, 7), { first: 7, last: 7 });
  });

  it('knows no Markdown in plain text', () => {
    assert.deepEqual(find('# Title\nprose\n| a |', 1, false), { first: 0, last: 2 });
  });

  it('reads no more than 64 KB in each direction', () => {
    const line = 'x'.repeat(1000);
    let readCharacters = 0;
    const lines = {
      count: 10_000,
      textAt() {
        readCharacters += line.length;
        return line;
      },
    };
    assert.equal(paragraphAt(lines, 5000, true), undefined);
    assert.ok(readCharacters <= 68_000, `read ${readCharacters}`);
  });

  it('finds nothing on one line of a megabyte', () => {
    assert.equal(find('y'.repeat(1_000_000), 0, false), undefined);
  });
});
