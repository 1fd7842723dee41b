import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { Tokenizer } from '../../../src/model/tokenizer/tokenizer';
import type { Token } from '../../../src/model/types';
import { defaultModel, root } from '../../support/paths';

function tokenizerOf(folder: string): Tokenizer {
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  return Tokenizer.parse(
    read('tokenizer.json'),
    'tokenizer.json',
    read('tokenizer_config.json'),
    'tokenizer_config.json',
  );
}

/** BPE with byte fallback, normaliser NFC: no character is unknown or changed. */
const shipped = tokenizerOf(defaultModel);
/** Unigram without bytes, normaliser NFKC, spaces collapsed: characters are unknown and changed. */
const unigram = tokenizerOf(path.join(root, 'test', 'fixtures', 'tokenizers', 'unigram'));
const tokenizers = [
  ['the shipped vocabulary', shipped],
  ['a Unigram vocabulary', unigram],
] as const;

const samples = [
  '< pad></s><pad>x <sum>a',
  'Open the file and press Enter.',
  'Abra el archivo «config.json» y pulse Intro: ¿está seguro?',
  'Hello  world, 日本 “fancy” ﬁne! {0} `code`',
  'e\u0301te\u0301 cafe\u0301 Å Ⅻ ½ ™ ①',
  'tabs\tand\nline\r\nbreaks   ',
  '🎉 emoji 👩‍👩‍👧‍👦 family 🇪🇸 flag',
  '</s> <pad> <2es> <unk> <0x41> ▁ ▁▁',
  '각 한글 ᄒ\u1161\u11ab',
  ' leading and trailing ',
  'a',
  '…',
];

/** What every list of source tokens promises. */
function checkRanges(text: string, tokens: readonly Token[]): void {
  let previousStart = 0;
  const covered = new Set<number>();
  for (const { range, special } of tokens) {
    const [start, end] = range;
    assert.ok(start >= previousStart, `ordered: ${JSON.stringify(tokens)} in ${JSON.stringify(text)}`);
    assert.ok(start <= end && end <= text.length, `in bounds: [${start}, ${end}] of ${text.length}`);
    previousStart = start;
    if (!special) for (let index = start; index < end; index++) covered.add(index);
  }
  for (let index = 0; index < text.length; index++)
    if (!/\s/.test(text[index]) && !/^\p{C}$/u.test(text[index]))
      assert.ok(
        covered.has(index),
        `covers "${text[index]}" at ${index} of ${JSON.stringify(text)}: ${JSON.stringify(tokens)}`,
      );
}

for (const [name, tokenizer] of tokenizers)
  describe(`Tokenizer.encode with ${name}`, () => {
    it('gives ordered ranges in bounds that cover every visible character', () => {
      for (const text of samples) checkRanges(text, tokenizer.encode(text));
    });

    it('does so for any text', () => {
      const texts = fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc
          .array(fc.constantFrom(...samples.flatMap(sample => sample.split(' ')), ' ', '  ', '\n'), { maxLength: 12 })
          .map(words => words.join(' ')),
      );
      fc.assert(
        fc.property(texts, text => checkRanges(text, tokenizer.encode(text))),
        { numRuns: 2000 },
      );
    });

    it('points at the letters of each word', () => {
      const text = 'Open the file.';
      const words = tokenizer.encode(text, '<2es>').map(({ range: [start, end] }) => text.slice(start, end));
      assert.deepEqual(words, ['', 'Open', 'the', 'file', '.', '']);
    });

    it('marks prefix and template tokens as special, with empty ranges', () => {
      const tokens = tokenizer.encode('Open', '<2es>', 100);
      const special = tokens.filter(token => token.special);
      assert.deepEqual(
        special.map(({ text, range }) => [text, range]),
        [
          ['<2es>', [100, 100]],
          ['</s>', [104, 104]],
        ],
      );
    });

    it('takes a special token written in the text for ordinary text', () => {
      const tokens = tokenizer.encode('a </s> b <2es> c');
      assert.deepEqual(
        tokens.filter(token => token.special).map(({ text }) => text),
        ['</s>'],
        'only the end token of the template',
      );
    });

    it('maps what the normaliser changed back to the original', () => {
      const text = 'ﬁne ½ cafe\u0301';
      const tokens = tokenizer.encode(text);
      const last = tokens[tokens.length - 2];
      assert.equal(last.range[1], text.length);
      assert.equal(tokens[0].range[0], 0);
    });
  });

describe('an unknown token', () => {
  it('is shown as the text it stands for', () => {
    const unknown = unigram.encode('Open 日本 now').filter(token => token.unknown);
    assert.deepEqual(
      unknown.map(({ text, range }) => [text, range]),
      [['日本', [5, 7]]],
    );
  });

  it('is nothing that the shipped vocabulary has: every text comes back in NFC, but for one space at its start', () => {
    const texts = fc
      .string({ unit: 'binary', maxLength: 40 })
      .filter(text => !/\p{Cs}/u.test(text) && !text.includes('▁'));
    fc.assert(
      fc.property(fc.oneof(texts, fc.constantFrom(...samples.map(sample => sample.replaceAll('▁', '')))), text => {
        const tokens = shipped.encode(text);
        assert.ok(tokens.every(token => !token.unknown));
        assert.equal(shipped.decode(tokens.map(({ id }) => id)), text.normalize('NFC').replace(/^ /, ''));
      }),
      { numRuns: 1000 },
    );
  });
});

for (const [name, tokenizer] of tokenizers)
  describe(`Tokenizer.encodeRaw with ${name}`, () => {
    it('takes a special token written in the text for that token', () => {
      const tokens = tokenizer.encodeRaw('<2es> Open');
      assert.deepEqual([tokens[0].text, tokens[0].special, tokens[0].range], ['<2es>', true, [0, 5]]);
      assert.deepEqual(
        tokens.map(({ id }) => id),
        tokenizer.encode('Open', '<2es>').map(({ id }) => id),
      );
    });
  });

for (const [name, tokenizer] of tokenizers)
  describe(`Tokenizer.describeOutput with ${name}`, () => {
    const texts = ['Abra el archivo.', 'café ¿qué? «sí»', '  two  spaces', 'ñandú 日本 🎉', 'x'];

    it('gives the text of decode, with ordered ranges that cover it', () => {
      for (const text of texts) {
        const ids = tokenizer.encode(text).map(({ id }) => id);
        const { text: decoded, tokens } = tokenizer.describeOutput(ids, 7);
        assert.equal(decoded, tokenizer.decode(ids));
        let previous = 7;
        for (const { range } of tokens) {
          assert.ok(range[0] >= previous && range[1] >= range[0] && range[1] <= 7 + decoded.length);
          previous = range[0];
        }
      }
    });

    it('gives a special token no text, not that of the next one', () => {
      const ids = tokenizer.encode('archivo').map(({ id }) => id);
      const end = ids.at(-1)!;
      const { tokens } = tokenizer.describeOutput([end, ...ids]);
      assert.deepEqual([tokens[0].special, tokens[0].range], [true, [0, 0]]);
      assert.equal(tokens[1].range[0], 0);
      assert.ok(tokens.at(-1)!.special && tokens.at(-1)!.range[0] === tokens.at(-1)!.range[1]);
    });

    it('streams exactly the text of the whole', () => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 0, max: tokenizer.vocabularySize - 1 }), { minLength: 1, maxLength: 40 }),
          ids => {
            const decoder = tokenizer.incrementalDecoder();
            const streamed = ids.map(id => decoder.push(id)).join('') + decoder.flush();
            assert.equal(streamed, tokenizer.decode(ids));
          },
        ),
        { numRuns: 1000 },
      );
    });
  });

describe('Tokenizer.incrementalDecoder', () => {
  it('never shows half a character while its bytes arrive', () => {
    const text = 'caf 𓀀 ok';
    const ids = shipped
      .encode(text)
      .filter(token => !token.special)
      .map(({ id }) => id);
    const decoder = shipped.incrementalDecoder();
    const parts = ids.map(id => decoder.push(id));
    assert.ok(parts.includes(''), 'the character has tokens that show nothing yet');
    assert.ok(
      parts.every(part => !part.includes('\uFFFD')),
      JSON.stringify(parts),
    );
    assert.equal(parts.join(''), text);
  });
});

describe('Tokenizer.parse', () => {
  it('says what is wrong with a broken file', () => {
    for (const text of [
      '',
      '{',
      '[]',
      '{}',
      '{"model": 3}',
      '{"model": {"type": "Unheard"}}',
      '{"model": {"type": "BPE"}}',
    ])
      assert.throws(
        () => Tokenizer.parse(text, 'tokenizer.json', undefined, 'tokenizer_config.json'),
        (error: Error & { code?: string }) =>
          error.code === 'model-file-corrupt' && error.message.startsWith('tokenizer.json'),
        text,
      );
  });
});
