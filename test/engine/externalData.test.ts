// Parameters outside the graph files: hub caches full of links, files of many gigabytes, and data that is not what the graph says.

import assert from 'node:assert/strict';
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EngineProcess } from '../../src/client/engineProcess';
import { ProtobufReader } from '../../src/model/onnx/protobufReader';
import { applyEdits, type MessageEdit, messageField, stringField } from '../../src/model/onnx/protobufWriter';
import { startEngine, translation } from '../support/engine';
import { root } from '../support/paths';

const fixture = path.join(root, 'test', 'fixtures', 'models', 'pegasusExternal');
const graphNames = ['encoder_model.onnx', 'decoder_model.onnx', 'decoder_with_past_model.onnx'];

describe('parameters outside the graph files', () => {
  let engine: EngineProcess;
  let parent: string;
  let folder: string;
  before(() => {
    engine = startEngine().engine;
  });
  after(() => engine.dispose());
  beforeEach(() => {
    parent = mkdtempSync(path.join(tmpdir(), 'headlight-external-'));
    folder = path.join(parent, 'model');
    cpSync(fixture, folder, { recursive: true });
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const run = async (of: string) => {
    const { segments } = await engine.call('run', translation('the red cat', { folder: of, segmentation: 'whole' }));
    return segments[0].targetTokens.map(({ id }) => id);
  };

  it('are found through the links of a hub cache', async () => {
    const blobs = path.join(parent, 'blobs');
    mkdirSync(blobs);
    for (const [index, name] of readdirSync(folder).entries()) {
      renameSync(path.join(folder, name), path.join(blobs, `blob${index}`));
      symlinkSync(path.join('..', 'blobs', `blob${index}`), path.join(folder, name));
    }
    assert.deepEqual(await run(folder), await run(fixture));
  });

  it('are found beside the file that a link to the graph leads to', async () => {
    const store = path.join(parent, 'store');
    mkdirSync(store);
    for (const name of readdirSync(folder).filter(name => name.includes('.onnx'))) {
      renameSync(path.join(folder, name), path.join(store, name));
      if (name.endsWith('.onnx')) symlinkSync(path.join(store, name), path.join(folder, name));
    }
    assert.deepEqual(await run(folder), await run(fixture));
  });

  it('are read from beyond 5 GB of a file', async () => {
    const shift = 5 * 2 ** 30 + 12;
    for (const name of graphNames) {
      const graph = path.join(folder, name);
      const data = `${graph}_data`;
      writeFileSync(graph, withOffsetsShifted(readFileSync(graph), shift));
      const parameters = readFileSync(data);
      const sparse = openSync(data, 'w');
      writeSync(sparse, parameters, 0, parameters.length, shift);
      closeSync(sparse);
      assert.ok(statSync(data).blocks * 512 < 2 ** 24, 'the file system keeps holes: nothing large is written');
    }
    assert.deepEqual(await run(folder), await run(fixture));
    const { parameterBytes } = await engine.call('describe', { folder });
    assert.ok(parameterBytes > 3 * shift);
  });

  it('are an error that names the file when it is shorter than the graph says', async () => {
    truncateSync(path.join(folder, 'decoder_model.onnx_data'), 5000);
    await assert.rejects(run(folder), {
      code: 'model-file-corrupt',
      message: /^decoder_model\.onnx: expected that decoder_model\.onnx_data has at least the \d+ bytes .* found 5000$/,
    });
  });

  it('are an error that names the file when it is missing', async () => {
    rmSync(path.join(folder, 'encoder_model.onnx_data'));
    await assert.rejects(run(folder), { code: 'model-file-missing', message: /encoder_model\.onnx_data is missing/ });
  });

  it('are not looked for above the model', async () => {
    const graph = path.join(folder, 'encoder_model.onnx');
    const bytes = readFileSync(graph);
    const stolen = Buffer.from(
      bytes.toString('latin1').replaceAll('encoder_model.onnx_data', '../encoder_mo.onnx_data'),
      'latin1',
    );
    renameSync(`${graph}_data`, path.join(parent, 'encoder_mo.onnx_data'));
    writeFileSync(graph, stolen);
    await assert.rejects(run(folder), {
      code: 'model-file-corrupt',
      message: /external data lies beside the model or below it, found "\.\.\/encoder_mo\.onnx_data"$/,
    });
  });

  it('tell models apart whose graphs are the same', async () => {
    const before = (await engine.call('describe', { folder })).sha256;
    const data = path.join(folder, 'decoder_model.onnx_data');
    const parameters = readFileSync(data);
    parameters[100] ^= 1;
    writeFileSync(data, parameters);
    engine.stop();
    assert.notEqual((await engine.call('describe', { folder })).sha256, before);
  });
});

/** The same model with every `offset` of external data larger by `shift`. */
function withOffsetsShifted(bytes: Uint8Array, shift: number): Uint8Array {
  const reader = new ProtobufReader(bytes, 'model');
  const edits: MessageEdit[] = [];
  while (reader.nextField()) {
    if (reader.fieldNumber !== 7) {
      reader.skip();
      continue;
    }
    const graph = reader.readMessage();
    const inner: MessageEdit[] = [];
    while (graph.nextField()) {
      if (graph.fieldNumber === 5) inner.push(initializerShifted(graph.readMessage(), shift));
      else graph.skip();
    }
    edits.push({ location: graph.location, append: [], inner });
  }
  return applyEdits(bytes, edits);
}

function initializerShifted(tensor: ProtobufReader, shift: number): MessageEdit {
  const remove = [];
  const append = [];
  while (tensor.nextField()) {
    if (tensor.fieldNumber !== 13) {
      tensor.skip();
      continue;
    }
    const entry = tensor.readMessage();
    const strings = ['', '', ''];
    while (entry.nextField()) strings[entry.fieldNumber] = entry.readString();
    if (strings[1] !== 'offset') continue;
    remove.push({ start: tensor.fieldStart, end: tensor.position });
    append.push(messageField(13, stringField(1, 'offset'), stringField(2, `${Number(strings[2]) + shift}`)));
  }
  return { location: tensor.location, remove, append, inner: [] };
}
