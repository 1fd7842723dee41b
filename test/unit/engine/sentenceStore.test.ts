import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SentenceStore } from '../../../src/model/engine/sentenceStore';

describe('SentenceStore', () => {
  let folder: string;
  const entry = { tokenIds: [1, 2], logProbabilities: [-0.5, -0.1], score: -0.3, truncated: false };
  const file = () => path.join(folder, 'sentences.jsonl');

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'headlight-sentences-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps sentences for the next process, for their owner alone', () => {
    new SentenceStore().cache(folder).set('key', entry);
    assert.deepEqual(new SentenceStore().cache(folder).get('key'), entry);
    assert.equal(statSync(file()).mode & 0o777, 0o600);
  });

  it('writes nothing to disk without a folder', () => {
    const store = new SentenceStore();
    store.cache(undefined).set('key', entry);
    assert.deepEqual(store.cache(undefined).get('key'), entry);
    assert.equal(existsSync(file()), false);
  });

  it('reads past a line that was cut', () => {
    new SentenceStore().cache(folder).set('key', entry);
    appendFileSync(file(), '["other", {"tokenIds": [1');
    assert.equal(new SentenceStore().cache(folder).size, 1);
  });

  it('keeps the newer half of a file that has grown too large, and leaves nothing temporary', () => {
    const large = { ...entry, logProbabilities: Array.from({ length: 4000 }, () => -0.123456789) };
    const lines = Array.from({ length: 700 }, (_, index) => `${JSON.stringify([`key ${index}`, large])}\n`);
    writeFileSync(file(), lines.join(''));
    assert.ok(statSync(file()).size > 32 * 2 ** 20);
    const cache = new SentenceStore().cache(folder);
    assert.deepEqual(cache.get('key 699'), large);
    assert.equal(cache.get('key 0'), undefined);
    assert.ok(statSync(file()).size < 20 * 2 ** 20);
    assert.deepEqual(readdirSync(folder), ['sentences.jsonl']);
  });

  it('names the file that it cannot write any more', () => {
    const cache = new SentenceStore().cache(folder);
    rmSync(file());
    mkdirSync(file());
    assert.throws(() => cache.set('key', entry), {
      code: 'internal',
      message: /sentences\.jsonl: translations cannot be kept: EISDIR/,
    });
  });

  it('forgets everything when it is cleared', () => {
    const store = new SentenceStore();
    store.cache(folder).set('key', entry);
    store.clear(folder);
    assert.equal(store.cache(folder).size, 0);
  });
});
