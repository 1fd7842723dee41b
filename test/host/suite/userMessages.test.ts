import assert from 'node:assert/strict';
import { unknownTextMessage, userMessage } from '../../../src/extension/userMessages';
import { Cancelled, type ErrorCode, HeadlightError, Superseded } from '../../../src/model/errors';

/** Every code, with details as the catalogue names them. */
const examples: Record<ErrorCode, Record<string, string | number | string[]>> = {
  'model-folder-missing': { folder: '/m' },
  'model-file-missing': { file: 'tokenizer.json', rule: 'every model has one' },
  'model-file-corrupt': { file: 'a.onnx', rule: 'an ONNX file', found: 'nothing' },
  'model-file-mismatch': { file: 'a.onnx', rule: 'one vocabulary', found: 'two' },
  'unsupported-architecture': { found: 't5', supported: ['marian'] },
  'unsupported-task': { task: 'translate', to: 'ja', available: ['en', 'es'] },
  'source-too-long': { tokenCount: 600, limit: 512 },
  'source-empty': {},
  'grammar-missing': { languageId: 'fantasy', fileName: 'a.fan' },
  'invalid-request': { rule: 'x', found: 'y' },
  'device-unavailable': { device: 'cuda', found: ['cpu'] },
  'device-failed': { device: 'webgpu' },
  'attention-file-corrupt': { file: 'a.json', rule: 'the file is JSON', found: 'nothing' },
  'attention-unavailable': { file: 'a.onnx', rule: 'r', found: 'f' },
  'engine-crashed': { exitCode: 1 },
  'engine-timeout': { limitMs: 60_000 },
  cancelled: {},
  superseded: {},
  disconnected: {},
  internal: { stack: '' },
};

describe('userMessage', () => {
  for (const [code, details] of Object.entries(examples) as [ErrorCode, Record<string, string>][])
    if (code !== 'cancelled' && code !== 'superseded')
      it(`words ${code} as one sentence that needs no knowledge of the program`, () => {
        const message = userMessage(new HeadlightError(code, 'the message for logs', details));
        assert.ok(message);
        assert.match(message.sentence, /^[A-Z].*\.$/);
        assert.doesNotMatch(message.sentence, /undefined|\{\d\}|unknown|\.\.$/);
        for (const detail of Object.values(details).flat())
          if (['folder', 'file', 'to', 'device'].some(name => details[name] === detail))
            assert.ok(message.sentence.includes(String(detail)), `names ${detail}`);
      });

  it('words a text that the model cannot read, with the way to another model', () => {
    const message = unknownTextMessage({ unknownLength: 9, length: 12, examples: ['漢字', 'かな'] }, 'opus');
    assert.equal(
      message.sentence,
      'The model "opus" cannot read 75 % of this text, such as 漢字 かな; another model may know it.',
    );
    assert.deepEqual(message.actions, ['openModelSetting']);
  });

  it('says nothing about what the person did', () => {
    assert.equal(userMessage(new Cancelled()), undefined);
    assert.equal(userMessage(new Superseded()), undefined);
  });

  it('offers to try again only where that may help', () => {
    const actions = (code: ErrorCode) => userMessage(new HeadlightError(code, 'm', examples[code]))?.actions ?? [];
    assert.ok(actions('engine-crashed').includes('retry'));
    assert.ok(!actions('model-file-missing').includes('retry'));
    assert.ok(actions('model-folder-missing').includes('openModelSetting'));
  });
});
