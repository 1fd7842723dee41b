import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
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

  it('forgets everything when it is cleared', () => {
    const store = new SentenceStore();
    store.cache(folder).set('key', entry);
    store.clear(folder);
    assert.equal(store.cache(folder).size, 0);
  });
});
