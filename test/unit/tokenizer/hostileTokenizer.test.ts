import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HeadlightError } from '../../../src/model/errors';
import { Tokenizer } from '../../../src/model/tokenizer/tokenizer';
import { root } from '../../support/paths';

interface TokenizerFile {
  model: { type: string; vocab: Record<string, unknown> | unknown[]; unk_id?: unknown };
  added_tokens: unknown[];
  normalizer: unknown;
  pre_tokenizer: unknown;
  post_processor: unknown;
  decoder: unknown;
}

const bytePairs = path.join(root, 'test', 'fixtures', 'models', 'marianSplit', 'tokenizer.json');
const unigram = path.join(root, 'test', 'fixtures', 'models', 't5Split', 'tokenizer.json');

/** The tokenizer of a changed file; it has encoded a text. */
function opened(file: string, edit: (json: TokenizerFile) => void): Tokenizer {
  const json = JSON.parse(readFileSync(file, 'utf8')) as TokenizerFile;
  edit(json);
  const tokenizer = Tokenizer.parse(JSON.stringify(json), 'tokenizer.json', undefined, 'tokenizer_config.json');
  tokenizer.encode('the red cat '.repeat(100));
  return tokenizer;
}

const isCorrupt = (message: RegExp) => (error: unknown) =>
  error instanceof HeadlightError && error.code === 'model-file-corrupt' && message.test(error.message);

const nested = (depth: number): unknown =>
  depth === 0 ? { type: 'NFC' } : { type: 'Sequence', normalizers: [nested(depth - 1)] };

describe('a tokenizer.json that would hang the library or fill the memory', () => {
  const cases: readonly [what: string, file: string, edit: (json: TokenizerFile) => void, message: RegExp][] = [
    [
      'an id that makes an array of gigabytes',
      bytePairs,
      json => Object.assign(json.model.vocab, { the: 2 ** 31 }),
      /"model\.vocab\.the"/,
    ],
    ['an id that is a text', bytePairs, json => Object.assign(json.model.vocab, { the: '7' }), /"model\.vocab\.the"/],
    [
      'an added token with an id far too large',
      bytePairs,
      json => json.added_tokens.push({ id: 4e9, content: 'x' }),
      /added_tokens\.6\.id/,
    ],
    [
      'an added token without text',
      bytePairs,
      json => json.added_tokens.push({ id: 5, content: 5 }),
      /added_tokens\.6\.content/,
    ],
    [
      'a piece without a score',
      unigram,
      json => (json.model.vocab as unknown[]).push(['x', null]),
      /model\.vocab\.\d+/,
    ],
    ['an unknown token that is none', unigram, json => Object.assign(json.model, { unk_id: 9999 }), /model\.unk_id/],
    [
      'a token of a million characters',
      bytePairs,
      json => Object.assign(json.model.vocab, { ['x'.repeat(1e6)]: 5 }),
      /at most 1000 characters/,
    ],
    [
      'normalisers nested a thousand deep',
      bytePairs,
      json => Object.assign(json, { normalizer: nested(1000) }),
      /"normalizer" is a stage/,
    ],
    [
      'a replacement of a million characters',
      bytePairs,
      json =>
        Object.assign(json, { normalizer: { type: 'Replace', pattern: { String: 'a' }, content: 'b'.repeat(1e6) } }),
      /normalizer\.content/,
    ],
    [
      'steps of length 0',
      bytePairs,
      json => Object.assign(json, { pre_tokenizer: { type: 'FixedLength', length: 0 } }),
      /pre_tokenizer\.length/,
    ],
    [
      'a template of twenty thousand tokens',
      bytePairs,
      json =>
        Object.assign(json.post_processor as object, { single: new Array(20_000).fill({ Sequence: { id: 'A' } }) }),
      /"post_processor" is a stage/,
    ],
    [
      'a template with a token that the vocabulary lacks',
      bytePairs,
      json =>
        Object.assign(json.post_processor as object, {
          single: [{ SpecialToken: { id: '<none>' } }, { Sequence: { id: 'A' } }],
        }),
      /every token has an id/,
    ],
    [
      'a decoder of an unknown kind',
      bytePairs,
      json => Object.assign(json, { decoder: { type: 'Nothing' } }),
      /Unknown Decoder/,
    ],
  ];
  for (const [what, file, edit, message] of cases)
    it(`is refused for ${what}`, () => {
      assert.throws(() => opened(file, edit), isCorrupt(message));
    });

  it('is refused for normalisers that double the text forty times', () => {
    const double = { type: 'Replace', pattern: { Regex: '(.)' }, content: 'aa' };
    assert.throws(
      () =>
        opened(bytePairs, json =>
          Object.assign(json, { normalizer: { type: 'Sequence', normalizers: new Array(40).fill(double) } }),
        ),
      isCorrupt(/a normaliser makes at most 32 characters of one, found \d+ of 1/),
    );
  });

  it('has its message cut, not filled with the file', () => {
    const long = 'x'.repeat(200);
    assert.throws(
      () => opened(bytePairs, json => Object.assign(json, { decoder: { type: long } })),
      (error: unknown) => isCorrupt(/x…$/)(error) && (error as HeadlightError).message.length < 300,
    );
  });

  it('is opened with a token named as no field of an object may be', () => {
    const tokenizer = opened(bytePairs, json =>
      Object.defineProperty(json.model.vocab, '__proto__', { value: 400, enumerable: true }),
    );
    assert.ok([...tokenizer.tokens()].some(([token, id]) => token === '__proto__' && id === 400));
  });
});
