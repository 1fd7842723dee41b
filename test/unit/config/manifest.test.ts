import assert from 'node:assert/strict';
import { readManifest } from '../../../src/model/config/manifest';

const read = (text: string) => readManifest(text, 'headlight.json');
const sha256 = 'a'.repeat(64);

describe('readManifest', () => {
  it('gives a direction without sources all the languages that the others translate into', () => {
    const { translate } = read('{"format": 1, "tasks": {"translate": {"es": {"prefix": "<2es>"}, "en": {}}}}');
    assert.deepEqual(translate, { es: { prefix: '<2es>', sources: ['en'] }, en: { prefix: '', sources: ['es'] } });
  });

  it('gives what a model says of its summaries', () => {
    const summarize = (fields: string) =>
      read(`{"format": 1, "tasks": {"summarize": {"prefix": "<sum>"${fields}}}}`).summarize;
    assert.deepEqual(summarize(''), { prefix: '<sum>', sources: [] });
    assert.deepEqual(summarize(', "extractBelow": -1.2, "lengthPenalty": 1'), {
      prefix: '<sum>',
      sources: [],
      extractBelow: -1.2,
      lengthPenalty: 1,
    });
    assert.throws(() => summarize(', "lengthPenalty": "long"'), { code: 'model-file-corrupt' });
  });

  it('keeps a file whose name is that of a field of every object', () => {
    const { files } = read(`{"format": 1, "files": {"__proto__": "${sha256}", "config.json": "${sha256}"}}`);
    assert.deepEqual(Object.entries(files), [
      ['__proto__', sha256],
      ['config.json', sha256],
    ]);
  });
});
