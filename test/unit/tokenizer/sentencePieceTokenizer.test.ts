import assert from 'node:assert/strict';
import { JsonReader } from '../../../src/model/config/jsonReader';
import { HeadlightError } from '../../../src/model/errors';
import type { SentencePiece, SentencePieceModel } from '../../../src/model/tokenizer/sentencePieceModel';
import {
  readVocabulary,
  type SentencePieceFamily,
  sentencePieceTokenizer,
} from '../../../src/model/tokenizer/sentencePieceTokenizer';
import { Tokenizer } from '../../../src/model/tokenizer/tokenizer';

const normal = (text: string, score: number): SentencePiece => ({ text, score, kind: 'normal' });
const unknownPiece: SentencePiece = { text: '<unk>', score: 0, kind: 'unknown' };
const base: SentencePieceModel = {
  algorithm: 'unigram',
  pieces: [unknownPiece, normal('▁the', -1), normal('▁', -4), normal('cat', -2), normal('c', -5), normal('at', -5)],
  unknownIndex: 0,
  byteFallback: false,
  charsmap: undefined,
  addsPrefixSpace: true,
  removesExtraSpaces: true,
};
const family: SentencePieceFamily = { before: [], after: ['</s>'], specialTokens: ['<unk>'] };
const vocabulary = new Map([
  ['</s>', 0],
  ['<unk>', 1],
  ['▁Katze', 2],
  ['▁the', 3],
  ['cat', 4],
  ['▁', 5],
  ['at', 6],
]);

function open(model: SentencePieceModel): Tokenizer {
  return Tokenizer.fromSentencePiece(sentencePieceTokenizer(model, vocabulary, family, 'vocab.json'), 'source.spm');
}

const idsOf = (tokenizer: Tokenizer, text: string) => tokenizer.encode(text).map(({ id }) => id);

describe('a tokenizer of SentencePiece files', () => {
  const tokenizer = open(base);

  it('finds pieces with the model and numbers them with vocab.json', () => {
    assert.deepEqual(idsOf(tokenizer, 'the cat'), [3, 5, 4, 0]);
    assert.deepEqual(idsOf(tokenizer, '  the   cat '), [3, 5, 4, 0]);
    assert.deepEqual(idsOf(tokenizer, ''), [0]);
  });

  it('takes a piece that vocab.json lacks for unknown, and keeps its place', () => {
    const tokens = tokenizer.encode('c the');
    assert.deepEqual(
      tokens.map(({ id }) => id),
      [5, 1, 3, 0],
    );
    assert.deepEqual([tokens[1].text, tokens[1].unknown, tokens[1].range], ['c', true, [0, 1]]);
  });

  it('decodes pieces of the target that the source never becomes', () => {
    assert.equal(tokenizer.decode([2, 2, 0]), 'Katze Katze');
    assert.ok(!idsOf(tokenizer, 'Katze').includes(2));
  });

  it('has no more tokens than vocab.json', () => {
    assert.equal(tokenizer.vocabularySize, 7);
    assert.ok([...tokenizer.tokens()].every(([, id]) => id < 7));
  });

  it('writes what it does not know in bytes, where its model has them', () => {
    const bytes = ['<0xC3>', '<0xB1>'].map((text): SentencePiece => ({ text, score: 0, kind: 'byte' }));
    const model = { ...base, pieces: [...base.pieces, ...bytes], byteFallback: true };
    const numbered = new Map([...vocabulary, ['<0xC3>', 7], ['<0xB1>', 8]] as const);
    const withBytes = Tokenizer.fromSentencePiece(
      sentencePieceTokenizer(model, numbered, family, 'vocab.json'),
      'source.spm',
    );
    const tokens = withBytes.encode('the ñ');
    assert.deepEqual(
      tokens.map(({ id, range, unknown }) => [id, range, unknown]),
      [
        [3, [0, 3], false],
        [5, [3, 4], false],
        [7, [4, 5], false],
        [8, [4, 5], false],
        [0, [5, 5], false],
      ],
    );
    assert.equal(withBytes.decode([3, 5, 7, 8, 0]), 'the ñ');
    assert.deepEqual(idsOf(withBytes, 'the ä'), [3, 5, 1, 0]);
  });

  it('merges the pair with the best score first in a BPE model', () => {
    const pieces = [
      unknownPiece,
      normal('▁', -9),
      ...['a', 'b', 'c'].map(text => normal(text, -9)),
      normal('bc', 0),
      normal('ab', -1),
      normal('▁a', -2),
    ];
    const numbered = new Map([['</s>', 0], ...pieces.map(({ text }, index) => [text, index + 1] as const)] as const);
    const bpe = sentencePieceTokenizer({ ...base, algorithm: 'bpe', pieces }, numbered, family, 'vocab.json');
    const texts = Tokenizer.fromSentencePiece(bpe, 'sentencepiece.bpe.model')
      .encode('abc')
      .map(({ text }) => text);
    assert.deepEqual(texts, ['▁a', 'bc', '</s>']);
  });

  it('is refused when the vocabulary lacks a token of the family', () => {
    const without = new Map([...vocabulary].filter(([token]) => token !== '</s>'));
    assert.throws(
      () => sentencePieceTokenizer(base, without, family, 'vocab.json'),
      (error: unknown) => error instanceof HeadlightError && /vocab\.json: .*<\/s>/.test(error.message),
    );
  });
});

describe('readVocabulary', () => {
  const read = (value: object) => readVocabulary(JsonReader.parse(JSON.stringify(value), 'vocab.json'));

  it('gives each token its id', () => {
    assert.deepEqual([...read({ a: 1, b: 0 })], Object.entries({ a: 1, b: 0 }));
  });

  it('refuses ids that are shared, no ids, or larger than any table', () => {
    for (const broken of [{ a: 1, b: 1 }, { a: -1 }, { a: 'x' }, { a: 2 ** 31 }])
      assert.throws(() => read(broken), HeadlightError, JSON.stringify(broken));
  });
});
