import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hasLetters, sentences, splitRange } from '../../../src/model/text/sentences';

const cut = (text: string) => [...sentences(text)].map(([start, end]) => text.slice(start, end));

describe('sentences', () => {
  const cases: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
    ['two sentences', 'Open the file. Press Enter.', ['Open the file.', 'Press Enter.']],
    [
      'abbreviations',
      'Use a tool, e.g. Git. See Fig. 3 for details.',
      ['Use a tool, e.g. Git.', 'See Fig. 3 for details.'],
    ],
    [
      'versions and file names',
      'Install version 2.0.1 of node.js first. Then run it.',
      ['Install version 2.0.1 of node.js first.', 'Then run it.'],
    ],
    ['line breaks', 'First line\nSecond line\r\nThird', ['First line', 'Second line', 'Third']],
    ['list marks', '- one item\n  * another\n1. a third\n> quoted', ['one item', 'another', 'a third', 'quoted']],
    ['headings', '# Title\n\nText.', ['Title', 'Text.']],
    [
      'comment marks',
      '// Returns the size.\n/* All of it. */\n * @see other',
      ['Returns the size.', 'All of it.', '@see other'],
    ],
    ['Spanish marks', '¿Está seguro? ¡Sí! Continúe.', ['¿Está seguro?', '¡Sí!', 'Continúe.']],
    ['Japanese', 'これはペンです。それは本です。', ['これはペンです。', 'それは本です。']],
    ['no letters', '123\n---\n=====\n$$', []],
    ['spaces around', '   spaced   ', ['spaced']],
    ['empty', '', []],
  ];
  for (const [name, text, expected] of cases) it(`cuts ${name}`, () => assert.deepEqual(cut(text), expected));

  it('gives ordered ranges without surrounding spaces, and leaves out no letter, for any text', () => {
    const word = fc.constantFrom(
      'Open',
      'the',
      'file.',
      'e.g.',
      'Dr.',
      '1.',
      '-',
      '//',
      '¿qué?',
      '日本。',
      '\n',
      '\r\n',
      '  ',
      '🎉',
      'a,',
      'b;',
      '*/',
    );
    const texts = fc.oneof(
      fc.array(word, { maxLength: 400 }).map(words => words.join(' ')),
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: 'grapheme', minLength: 300, maxLength: 1500 }),
    );
    fc.assert(
      fc.property(texts, text => {
        let previousEnd = 0;
        let between = '';
        for (const [start, end] of sentences(text)) {
          assert.ok(start >= previousEnd && end > start && end <= text.length);
          assert.equal(text.slice(start, end).trim(), text.slice(start, end));
          between += text.slice(previousEnd, start);
          previousEnd = end;
        }
        between += text.slice(previousEnd);
        assert.ok(!hasLetters(between), `letters outside: ${JSON.stringify(between)}`);
      }),
      { numRuns: 500 },
    );
  });

  it('cuts sentences that are too long for the model, never inside a character', () => {
    const text = '🎉'.repeat(300) + 'word, '.repeat(300);
    const parts = cut(text);
    assert.ok(parts.length > 2);
    for (const part of parts) {
      assert.ok(part.length <= 401);
      assert.ok(!/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/.test(part), JSON.stringify(part.slice(0, 5)));
    }
  });

  it('passes a long run of spaces in the time of its length', () => {
    const text = `a${' '.repeat(200_000)}b */`;
    assert.deepEqual(cut(text), ['a', 'b']);
  });

  it('reads a long text as it is asked for, not at once', () => {
    let touched = 0;
    for (const [, end] of sentences('A sentence here. '.repeat(60_000))) {
      touched = end;
      if (end > 100) break;
    }
    assert.ok(touched < 1000);
  });
});

describe('splitRange', () => {
  it('gives two parts that make the whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 2, maxLength: 80 }), text => {
        const [[a, b], [c, d]] = splitRange(text, [0, text.length]);
        assert.deepEqual([a, d], [0, text.length]);
        assert.equal(b, c);
      }),
    );
  });

  it('cuts at a space near the middle', () => {
    const text = 'alpha beta gamma delta';
    const [[, end]] = splitRange(text, [0, text.length]);
    assert.equal(text.slice(0, end), 'alpha beta ');
  });
});
