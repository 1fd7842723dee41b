import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { HeadlightError } from '../../../src/model/errors';
import { integerField, messageField, stringField } from '../../../src/model/onnx/protobufWriter';
import { readSentencePieceModel } from '../../../src/model/tokenizer/sentencePieceModel';
import { root } from '../../support/paths';

const models = path.join(root, 'test', 'fixtures', 'models');
const opusMt = readFileSync(path.join(models, 'opusMtDynamo', 'target.spm'));

/** SentencePiece.score, a float. */
function scoreField(score: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = (2 << 3) | 5;
  new DataView(bytes.buffer).setFloat32(1, score, true);
  return bytes;
}

const piece = (text: string, score: number, kind: number) =>
  messageField(1, stringField(1, text), scoreField(score), integerField(3, kind));
const unknown = piece('<unk>', 0, 2);
const file = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap(part => [...part]));
const read = (...parts: Uint8Array[]) => readSentencePieceModel(file(...parts), 'source.spm');

const failsWith = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof HeadlightError && error.code === code && message.test(error.message);

describe('readSentencePieceModel', () => {
  it('reads the model of an opus-mt', () => {
    const model = readSentencePieceModel(opusMt, 'target.spm');
    assert.equal(model.algorithm, 'unigram');
    assert.deepEqual(
      model.pieces.slice(0, 3).map(({ text, kind }) => [text, kind]),
      [
        ['<unk>', 'unknown'],
        ['<s>', 'control'],
        ['</s>', 'control'],
      ],
    );
    assert.equal(model.unknownIndex, 0);
    assert.ok(model.pieces.slice(3).every(({ score, kind }) => score < 0 && kind === 'normal'));
    assert.deepEqual([model.byteFallback, model.addsPrefixSpace, model.removesExtraSpaces], [false, true, true]);
  });

  it('reads the model of an M2M100', () => {
    const bytes = readFileSync(path.join(models, 'm2m100Dynamo', 'sentencepiece.bpe.model'));
    const { algorithm, charsmap } = readSentencePieceModel(bytes, 'sentencepiece.bpe.model');
    assert.equal(algorithm, 'bpe');
    assert.ok(charsmap !== undefined && charsmap.length > 1000);
  });

  it('reads kinds, scores and settings, in a view of a larger buffer too', () => {
    const bytes = file(
      unknown,
      piece('▁a', -1.5, 1),
      piece('<0x41>', 0, 6),
      piece('old', 0, 5),
      messageField(2, integerField(3, 2), integerField(35, 1)),
      messageField(3, integerField(3, 0), integerField(4, 0)),
    );
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    for (const view of [bytes, shifted.subarray(3)])
      assert.deepEqual(readSentencePieceModel(view, 'source.spm'), {
        algorithm: 'bpe',
        pieces: [
          { text: '<unk>', score: 0, kind: 'unknown' },
          { text: '▁a', score: -1.5, kind: 'normal' },
          { text: '<0x41>', score: 0, kind: 'byte' },
          { text: 'old', score: 0, kind: 'unused' },
        ],
        unknownIndex: 0,
        byteFallback: true,
        charsmap: undefined,
        addsPrefixSpace: false,
        removesExtraSpaces: false,
      });
  });

  it('says what is wrong with a file', () => {
    assert.throws(() => read(), failsWith('model-file-corrupt', /piece for unknown text/));
    assert.throws(() => read(unknown, piece('a', 0, 9)), failsWith('model-file-corrupt', /type of a piece/));
    assert.throws(() => read(unknown, piece('', 0, 1)), failsWith('model-file-corrupt', /a text/));
    assert.throws(() => read(unknown, piece('a', Number.NaN, 1)), failsWith('model-file-corrupt', /a number/));
    assert.throws(
      () => read(unknown, messageField(2, integerField(3, 3))),
      failsWith('unsupported-architecture', /source\.spm: expected a Unigram or BPE model, found model type 3/),
    );
    assert.throws(
      () => read(unknown, messageField(3, integerField(5, 0))),
      failsWith('unsupported-architecture', /escape_whitespaces/),
    );
  });

  it('ends in a typed error, or not at all, for a file that was cut or changed', () => {
    const anyDamage = fc.record({
      length: fc.nat(opusMt.length),
      position: fc.nat(opusMt.length - 1),
      byte: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(anyDamage, ({ length, position, byte }) => {
        const bytes = Uint8Array.from(opusMt).subarray(0, length);
        if (position < length) bytes[position] = byte;
        try {
          readSentencePieceModel(bytes, 'source.spm');
        } catch (error) {
          assert.ok(error instanceof HeadlightError, String(error));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a piece so long that the work on it would never end', () => {
    assert.throws(
      () => read(unknown, piece('x'.repeat(100_000), 0, 1)),
      failsWith('model-file-corrupt', /at most 1000/),
    );
  });
});
