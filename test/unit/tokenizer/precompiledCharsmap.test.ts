import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { HeadlightError } from '../../../src/model/errors';
import { PrecompiledCharsmap } from '../../../src/model/tokenizer/precompiledCharsmap';
import { readSentencePieceModel } from '../../../src/model/tokenizer/sentencePieceModel';
import { root } from '../../support/paths';

const sourceFile = path.join(root, 'test', 'fixtures', 'models', 'opusMtDynamo', 'source.spm');
/** `nmt_nfkc`, the table of nearly every model. */
const bytes = readSentencePieceModel(readFileSync(sourceFile), 'source.spm').charsmap!;
const charsmap = PrecompiledCharsmap.parse(bytes, 'source.spm');

describe('PrecompiledCharsmap', () => {
  it('replaces what the table of nmt_nfkc has and keeps all else', () => {
    const examples = [
      ['', ''],
      ['plain text, as it is.', 'plain text, as it is.'],
      ['ﬁle ½ … ™ ①', 'file 1⁄2 ... TM 1'],
      ['tab\tline\nfeed\r', 'tab line feed '],
      ['ＡＢＣ　１２３', 'ABC 123'],
      ['soft\u00adhyphen zero\u200bwidth', 'soft\u00adhyphen zero width'],
      ['ｶﾞ ㍿', 'ガ 株式会社'],
      ['🙂 漢字 한국어', '🙂 漢字 한국어'],
      ['\u0001control', 'control'],
    ];
    for (const [text, expected] of examples) assert.equal(charsmap.normalize(text), expected, JSON.stringify(text));
  });

  it('takes the longest match as SentencePiece, and grapheme by grapheme as the Rust library', () => {
    assert.equal(charsmap.normalize('cafe\u0301'), 'café');
    assert.equal(charsmap.normalizeGraphemes('cafe\u0301'), 'café');
    // Three half-width characters are one grapheme of nine bytes, too long for the Rust library to look up whole.
    assert.equal(charsmap.normalize('ｶﾞ'), 'ガ');
    assert.equal(charsmap.normalizeGraphemes('ｶﾞ'), 'カ\u3099');
  });

  it('changes nothing that it has normalised already, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const once = charsmap.normalize(text);
        assert.equal(charsmap.normalize(once), once);
      }),
    );
  });

  it('refuses a table whose sizes do not fit', () => {
    for (const broken of [new Uint8Array(), new Uint8Array(3), Uint8Array.of(8, 0, 0, 0, 1, 2, 3), new Uint8Array(64)])
      assert.throws(
        () => PrecompiledCharsmap.parse(broken, 'source.spm'),
        (error: unknown) => error instanceof HeadlightError && error.code === 'model-file-corrupt',
      );
  });

  it('comes to an end with any table', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 400 }), fc.string(), (content, text) => {
        const table = new Uint8Array(4 + (content.length & ~3));
        table.set([content.length & 0xfc, content.length >> 8, 0, 0]);
        table.set(content.subarray(0, table.length - 4), 4);
        const hostile = PrecompiledCharsmap.parse(table, 'source.spm');
        hostile.normalize(text);
        hostile.normalizeGraphemes(text);
      }),
    );
  });

  it('refuses a table that makes a kilobyte of one character', () => {
    const hostile = new Uint8Array(bytes.length + 1000).fill(0x61);
    hostile.set(bytes);
    assert.throws(
      () => PrecompiledCharsmap.parse(hostile, 'source.spm'),
      (error: unknown) => error instanceof HeadlightError && /at most 256 bytes; found 1000/.test(error.message),
    );
  });
});
