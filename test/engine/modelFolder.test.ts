import assert from 'node:assert/strict';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EngineProcess } from '../../src/client/engineProcess';
import { HeadlightError } from '../../src/model/errors';
import { startEngine, translation } from '../support/engine';
import { defaultModel, root } from '../support/paths';

const configFiles = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'headlight.json',
];
const encoderFile = 'onnx/encoder_model_quantized.onnx';
const decoderFile = 'onnx/decoder_model_merged_quantized.onnx';

describe('a model folder', () => {
  let engine: EngineProcess;
  let folder: string;
  before(() => {
    engine = startEngine().engine;
  });
  after(() => engine.dispose());

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'headlight-model-'));
    cpSync(defaultModel, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const change = (name: string, edit: (json: Record<string, unknown>) => void) => {
    const file = path.join(folder, name);
    const json = JSON.parse(readFileSync(file, 'utf8'));
    edit(json);
    writeFileSync(file, JSON.stringify(json));
  };
  /** Without the hashes, so that the checks behind them are reached. */
  const forgetHashes = () => change('headlight.json', json => delete json.files);

  /** The error of opening the folder: it must name `file`, the rule and what was found. */
  async function failure(): Promise<HeadlightError> {
    try {
      await engine.call('run', translation('Open the file.', { folder }));
    } catch (error) {
      assert.ok(error instanceof HeadlightError);
      return error;
    }
    return assert.fail('the folder was opened all the same');
  }

  it('opens when only a copy, and through symbolic links', async () => {
    assert.ok((await engine.call('run', translation('Open the file.', { folder }))).target.length > 0);
    const links = path.join(folder, 'links');
    mkdirSync(path.join(links, 'onnx'), { recursive: true });
    for (const name of [...configFiles, encoderFile, decoderFile])
      symlinkSync(path.join(folder, name), path.join(links, name));
    assert.ok((await engine.call('describe', { folder: links })).files.length === 2);
  });

  it('opens with its ONNX files at the top', async () => {
    forgetHashes();
    for (const name of [encoderFile, decoderFile])
      copyFileSync(path.join(folder, name), path.join(folder, path.basename(name)));
    rmSync(path.join(folder, 'onnx'), { recursive: true });
    const { files } = await engine.call('describe', { folder });
    assert.deepEqual(files, ['encoder_model_quantized.onnx', 'decoder_model_merged_quantized.onnx']);
  });

  it('works without the files that are optional', async () => {
    for (const name of ['headlight.json', 'generation_config.json', 'tokenizer_config.json'])
      rmSync(path.join(folder, name));
    const description = await engine.call('describe', { folder });
    assert.equal(description.translate, undefined);
    const params = translation('<2es> Open the file.', { folder, task: { kind: 'raw' }, segmentation: 'whole' });
    assert.ok((await engine.call('run', params)).target.length > 0);
  });

  for (const name of ['config.json', 'tokenizer.json', encoderFile, decoderFile])
    it(`names ${name} when it is missing`, async () => {
      forgetHashes();
      rmSync(path.join(folder, name));
      const error = await failure();
      assert.equal(error.code, 'model-file-missing');
      const stem = path.basename(name).replace('_quantized.onnx', '');
      assert.ok(error.message.includes(stem), error.message);
    });

  it('names a file that headlight.json lists and nobody finds', async () => {
    rmSync(path.join(folder, 'generation_config.json'));
    const error = await failure();
    assert.equal(error.code, 'model-file-missing');
    assert.match(error.message, /generation_config\.json/);
  });

  for (const name of [...configFiles, encoderFile, decoderFile])
    for (const share of [0, 0.3, 0.97])
      it(`names ${name} when it is cut to ${share * 100} %`, async () => {
        forgetHashes();
        const file = path.join(folder, name);
        const bytes = readFileSync(file);
        writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length * share)));
        const error = await failure();
        assert.equal(error.code, 'model-file-corrupt', error.message);
        assert.ok(error.message.includes(path.basename(name)), error.message);
      });

  it('tells a changed file by its hash', async () => {
    const file = path.join(folder, encoderFile);
    const bytes = readFileSync(file);
    bytes[bytes.length - 1000] ^= 1;
    writeFileSync(file, bytes);
    const error = await failure();
    assert.equal(error.code, 'model-file-mismatch');
    assert.match(error.message, /encoder_model_quantized\.onnx.*sha256/);
  });

  it('tells an encoder in the place of a decoder', async () => {
    forgetHashes();
    copyFileSync(path.join(folder, encoderFile), path.join(folder, decoderFile));
    const error = await failure();
    assert.equal(error.code, 'unsupported-architecture');
    assert.match(error.message, /decoder_model_merged_quantized\.onnx/);
  });

  const otherModels: readonly (readonly [what: string, file: string, edit: (json: Record<string, unknown>) => void])[] =
    [
      ['another dimension', 'config.json', json => Object.assign(json, { d_model: 512 })],
      ['another number of decoder layers', 'config.json', json => Object.assign(json, { decoder_layers: 1 })],
      ['more decoder layers', 'config.json', json => Object.assign(json, { decoder_layers: 6 })],
      ['other heads', 'config.json', json => Object.assign(json, { decoder_attention_heads: 4 })],
      [
        'another vocabulary',
        'config.json',
        json => Object.assign(json, { decoder_vocab_size: 9000, vocab_size: 9000 }),
      ],
      [
        'a smaller vocabulary',
        'config.json',
        json => Object.assign(json, { decoder_vocab_size: 500, vocab_size: 500 }),
      ],
      [
        'an alignment layer it lacks',
        'headlight.json',
        json => Object.assign(json, { alignment: { layer: 2, heads: [0] } }),
      ],
      [
        'an alignment head it lacks',
        'headlight.json',
        json => Object.assign(json, { alignment: { layer: 0, heads: [1, 8] } }),
      ],
      ['another search', 'generation_config.json', json => Object.assign(json, { do_sample: true })],
    ];
  for (const [what, file, edit] of otherModels)
    it(`tells a ${file} with ${what}`, async () => {
      forgetHashes();
      change(file, edit);
      const error = await failure();
      assert.ok(
        ['model-file-mismatch', 'unsupported-architecture'].includes(error.code),
        `${error.code}: ${error.message}`,
      );
      if (file !== 'config.json') assert.ok(error.message.startsWith(`${file}: `), error.message);
    });

  it('tells a prefix that its vocabulary does not know', async () => {
    forgetHashes();
    copyFileSync(
      path.join(root, 'test/fixtures/tokenizers/unigram/tokenizer.json'),
      path.join(folder, 'tokenizer.json'),
    );
    change('headlight.json', json =>
      Object.assign(json, { tasks: { translate: { es: { prefix: '<日本>', sources: ['en'] } } } }),
    );
    const error = await failure();
    assert.equal(error.code, 'model-file-mismatch');
    assert.match(error.message, /headlight\.json.*<日本>/);
  });

  const wrongFields: readonly (readonly [file: string, edit: Record<string, unknown>, pattern: RegExp])[] = [
    [
      'config.json',
      { d_model: 'large' },
      /config\.json: expected that "d_model" is a non-negative integer, found "large"/,
    ],
    ['config.json', { eos_token_id: null }, /eos_token_id/],
    ['config.json', { pad_token_id: 99_999 }, /pad_token_id/],
    ['generation_config.json', { num_beams: 0 }, /num_beams/],
    ['generation_config.json', { bad_words_ids: [[1], 'x'] }, /bad_words_ids/],
    ['generation_config.json', { bad_words_ids: [[1_000_000]] }, /bad_words_ids/],
    ['headlight.json', { format: 2 }, /headlight\.json: expected that "format" is 1/],
    ['headlight.json', { tasks: { translate: { es: 'x' } } }, /tasks\.translate\.es/],
    ['headlight.json', { files: { 'config.json': 'abc' } }, /files\.config\.json/],
  ];
  for (const [file, edit, pattern] of wrongFields)
    it(`names the field when ${file} says ${JSON.stringify(edit)}`, async () => {
      forgetHashes();
      change(file, json => Object.assign(json, edit));
      const error = await failure();
      assert.equal(error.code, 'model-file-corrupt');
      assert.match(error.message, pattern);
    });

  it('names an architecture that it does not run, and those it does', async () => {
    forgetHashes();
    change('config.json', json => Object.assign(json, { model_type: 'llama' }));
    const error = await failure();
    assert.equal(error.code, 'unsupported-architecture');
    assert.match(error.message, /model_type is "llama"; Headlight runs marian/);
  });

  it('says when the folder is no folder', async () => {
    await assert.rejects(engine.call('describe', { folder: path.join(folder, 'nowhere') }), {
      code: 'model-folder-missing',
    });
    await assert.rejects(engine.call('describe', { folder: path.join(folder, 'config.json') }), {
      code: 'model-folder-missing',
    });
  });

  it('is read anew after a failure', async () => {
    const config = readFileSync(path.join(folder, 'config.json'));
    rmSync(path.join(folder, 'config.json'));
    await failure();
    writeFileSync(path.join(folder, 'config.json'), config);
    assert.ok((await engine.call('run', translation('Open the file.', { folder }))).target.length > 0);
  });
});
