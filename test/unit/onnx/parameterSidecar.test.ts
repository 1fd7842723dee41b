import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { FileBytes } from '../../../src/model/engine/fileBytes';
import { everyGraph, readOnnxModel } from '../../../src/model/onnx/graphReader';
import { separateParameters } from '../../../src/model/onnx/parameterSidecar';
import type { ByteRange } from '../../../src/model/onnx/protobufReader';
import { concatBytes, integerField, messageField, stringField } from '../../../src/model/onnx/protobufWriter';
import { defaultModel } from '../../support/paths';
import { externalInitializer, float32, floats, graph, initializer, model, node, value } from './onnxBuilder';

const file = path.join(defaultModel, 'onnx', 'decoder_model_merged_quantized.onnx');
const merged = readFileSync(file);
const files = { own: 'own.onnx', beside: (location: string) => location };
const separate = (bytes: Uint8Array) => separateParameters(bytes, 'model.onnx', files);
const initializersOf = (bytes: Uint8Array) =>
  everyGraph(readOnnxModel(bytes, 'model.onnx').graph).flatMap(({ initializers }) => initializers);

/** y = x + parameter, for rows of `count` numbers. */
function addition(parameter: Uint8Array, count: number): Uint8Array {
  const io = { inputs: [value('x', float32, [count])], outputs: [value('y', float32, [count])] };
  return model(graph({ ...io, initializers: [parameter], nodes: [node('Add', ['x', 'parameter'], ['y'])] }));
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index / 8);

describe('separateParameters', () => {
  it('declares every large parameter of both branches at its place in the file', () => {
    const separated = separate(merged);
    assert.ok(separated.length < merged.length / 10, `${separated.length} of ${merged.length} bytes are left`);
    const before = initializersOf(merged);
    const after = initializersOf(separated);
    assert.deepEqual(
      after.map(({ name, dims, elementType }) => ({ name, dims, elementType })),
      before.map(({ name, dims, elementType }) => ({ name, dims, elementType })),
    );
    let movedCount = 0;
    const sizeOf = (range: ByteRange | undefined) => (range === undefined ? 0 : range.end - range.start);
    for (const [index, { rawData }] of before.entries()) {
      const { external, rawData: left } = after[index];
      const length = sizeOf(rawData);
      if (rawData === undefined || length < 1024) {
        assert.equal(external, undefined);
        assert.equal(sizeOf(left), length);
      } else {
        assert.deepEqual(external, { file: 'own.onnx', offset: rawData.start, length });
        movedCount++;
      }
    }
    assert.ok(movedCount > 20);
  });

  it('reads a file a window at a time as it reads a buffer', () => {
    const source = new FileBytes(file);
    try {
      assert.equal(Buffer.compare(separateParameters(source, 'model.onnx', files), separate(merged)), 0);
    } finally {
      source.close();
    }
  });

  it('reads a view with an offset as it reads a whole buffer', () => {
    const buffer = new Uint8Array(merged.length + 100).fill(0x0a);
    buffer.set(merged, 77);
    assert.equal(Buffer.compare(separate(buffer.subarray(77, 77 + merged.length)), separate(merged)), 0);
  });

  it('leaves small parameters, typed fields and sparse parameters as they are', () => {
    const typed = concatBytes([
      integerField(1, 300),
      integerField(2, float32),
      messageField(4, floats(numbers(300))),
      stringField(8, 'parameter'),
    ]);
    const small = initializer('parameter', float32, [255], floats(numbers(255)));
    for (const bytes of [addition(typed, 300), addition(small, 255)])
      assert.equal(Buffer.compare(separate(bytes), bytes), 0);
    const sparse = messageField(
      15,
      messageField(1, initializer('parameter', float32, [300], floats(numbers(300)))),
      messageField(2, initializer('', 7, [300], new Uint8Array(2400))),
      integerField(3, 300),
    );
    const bytes = concatBytes([addition(small, 255), messageField(7, sparse)]);
    assert.equal(Buffer.compare(separate(bytes), bytes), 0);
  });

  it('gives a model that computes the same from the file it points into', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'headlight-sidecar-'));
    try {
      const bytes = addition(initializer('parameter', float32, [300], floats(numbers(300))), 300);
      writeFileSync(path.join(folder, 'own.onnx'), bytes);
      const extra = { session: { model_external_initializers_file_folder_path: folder } };
      const session = await InferenceSession.create(separate(bytes), { extra });
      const { y } = await session.run({ x: new Tensor('float32', new Float32Array(300).fill(2), [300]) });
      assert.deepEqual(
        [...(y.data as Float32Array)],
        numbers(300).map(number => number + 2),
      );
      await session.release();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gives external parameters another name, and keeps their place', () => {
    const bytes = addition(externalInitializer('parameter', float32, [300], 'data', 4096, 1200), 300);
    const renamed = separateParameters(bytes, 'model.onnx', { own: 'own.onnx', beside: name => `blobs/${name}.1` });
    assert.deepEqual(initializersOf(renamed)[0].external, { file: 'blobs/data.1', offset: 4096, length: 1200 });
    assert.equal(Buffer.compare(separate(bytes), bytes), 0);
  });

  it('says at which byte a file is cut, wherever it is', () => {
    for (const share of [0, 0.001, 0.3, 0.9999])
      assert.throws(() => separate(merged.subarray(0, Math.floor(merged.length * share))), {
        code: 'model-file-corrupt',
        message: /^model\.onnx: .*found .* at byte \d+$/,
      });
  });
});

describe('the place of external parameters', () => {
  const read = (offset: string, length = '1200') =>
    initializersOf(addition(externalInitializer('parameter', float32, [300], 'data', offset, length), 300))[0].external;

  it('may be far beyond 2 and 4 GB', () => {
    assert.deepEqual(read('6000000000'), { file: 'data', offset: 6_000_000_000, length: 1200 });
  });

  for (const [offset, length] of [
    ['-1', '1200'],
    ['1e3', '1200'],
    ['99999999999999999999', '1200'],
    ['0', '1199'],
    ['0', 'all'],
  ])
    it(`is refused when it is offset ${offset}, length ${length}`, () => {
      assert.throws(() => read(offset, length), { code: 'model-file-corrupt' });
    });
});
