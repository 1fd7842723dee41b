import assert from 'node:assert/strict';
import { unknownTextMessage, userMessage } from '../../../src/extension/userMessages';
import { Cancelled, type ErrorCode, HeadlightError, Superseded } from '../../../src/model/errors';

/** Every code, with details as the catalogue names them. */
const examples: Record<ErrorCode, Record<string, string | number | string[]>> = {
  'model-folder-missing': { folder: '/m', found: 'nothing' },
  'model-file-missing': { folder: '/m', file: 'tokenizer.json', rule: 'every model has one' },
  'model-file-corrupt': { file: 'a.onnx', rule: 'an ONNX file', found: 'nothing' },
  'model-file-mismatch': { file: 'a.onnx', rule: 'one vocabulary', found: 'two' },
  'unsupported-architecture': { found: 't5', supported: ['marian'] },
  'unsupported-task': { task: 'translate', to: 'ja', sources: [], targets: ['en', 'es'] },
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

  it('names the languages of a direction that the model lacks, and offers what would help', () => {
    const of = (details: Record<string, string | string[] | null>) =>
      userMessage(new HeadlightError('unsupported-task', 'm', { task: 'translate', from: null, to: null, ...details }));
    const german = of({ from: 'de', to: 'es', sources: ['en'], targets: [] });
    assert.equal(german?.sentence, 'The model does not read German; to Spanish it translates English.');
    assert.deepEqual(german?.actions, ['chooseSourceLanguage', 'openModelSetting']);
    const portuguese = of({ from: 'pt', to: 'es', sources: ['en'], targets: ['en'] });
    assert.equal(portuguese?.sentence, 'The model translates Portuguese to English, not to Spanish.');
    assert.deepEqual(portuguese?.actions, ['chooseTargetLanguage', 'openModelSetting']);
    const setting = of({ to: 'Spanish', sources: [], targets: ['es', 'fr'] });
    assert.equal(
      setting?.sentence,
      'The model does not translate to "Spanish"; it translates to Spanish (es), French (fr).',
    );
    const summary = of({ task: 'summarize', from: 'ja', sources: ['en'], targets: [] });
    assert.equal(summary?.sentence, 'The model does not summarize Japanese; it summarizes English.');
    assert.equal(of({ to: 'es', sources: [], targets: [] })?.sentence, 'The model does not translate.');
  });

  it('tells a file from a folder that is not there', () => {
    const sentence = (details: Record<string, string>) =>
      userMessage(new HeadlightError('model-folder-missing', 'm', { folder: '/m', ...details }))?.sentence;
    assert.equal(sentence({ found: 'nothing' }), 'The model folder "/m" does not exist.');
    assert.equal(
      sentence({ found: 'a file' }),
      'The model folder "/m" cannot be used: a folder is expected, found: a file.',
    );
    assert.equal(
      sentence({ rule: 'it must be absolute' }),
      'The model folder "/m" cannot be used: it must be absolute.',
    );
  });

  it('says of code that it is no text, apart from a text without words', () => {
    const sentence = (found?: string) =>
      userMessage(new HeadlightError('source-empty', 'm', found === undefined ? {} : { found }))?.sentence ?? '';
    assert.match(sentence('code'), /is code/);
    assert.match(sentence(), /no words/);
  });

  it('says nothing about what the person did', () => {
    assert.equal(userMessage(new Cancelled()), undefined);
    assert.equal(userMessage(new Superseded()), undefined);
  });

  it('leaves to the log what only the core words, in English, where VS Code speaks another language', () => {
    const inGerman = (code: ErrorCode, details: Record<string, string | string[]>) =>
      userMessage(new HeadlightError(code, 'the head index is out of range', details), 'de')?.sentence ?? '';
    const rule = 'every output is produced by a node';
    const file = 'a.onnx';
    assert.equal(
      inGerman('model-file-corrupt', { file, rule, found: 'x' }),
      'The model file a.onnx is damaged; the log says how.',
    );
    assert.match(
      inGerman('model-file-corrupt', { file, rule: 'the file is an ONNX model', found: 'a web page' }),
      /ONNX.*web page/,
    );
    assert.match(
      inGerman('model-file-missing', { folder: '/m', file: 'config.json', rule: 'a model folder holds config.json' }),
      /is missing \(a model folder holds config\.json\)/,
    );
    assert.match(inGerman('model-folder-missing', { folder: '/m', found: 'a file' }), /expected, found: a file/);
    assert.match(
      inGerman('unsupported-architecture', { found: 'gpt2', supported: ['marian', 't5'] }),
      /gpt2.*marian, t5/,
    );
    for (const code of Object.keys(examples) as ErrorCode[])
      assert.doesNotMatch(inGerman(code, { file, rule }), /out of range|produced by/, code);
  });

  it('offers to try again only where that may help', () => {
    const actions = (code: ErrorCode) => userMessage(new HeadlightError(code, 'm', examples[code]))?.actions ?? [];
    assert.ok(actions('engine-crashed').includes('retry'));
    assert.ok(!actions('model-file-missing').includes('retry'));
    assert.ok(actions('model-folder-missing').includes('openModelSetting'));
  });
});
