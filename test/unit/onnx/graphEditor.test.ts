import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { findAttentionTaps, tapOutputName } from '../../../src/model/onnx/attentionTaps';
import { addTapOutputs } from '../../../src/model/onnx/graphEditor';
import { readOnnxModel } from '../../../src/model/onnx/graphReader';
import { defaultModel } from '../../support/paths';
import { float16, float32, graph, integerAttribute, integersAttribute, model, node, value } from './onnxBuilder';

const merged = readFileSync(path.join(defaultModel, 'onnx', 'decoder_model_merged_quantized.onnx'));

function tapped(bytes: Uint8Array, role: 'encoder' | 'decoder') {
  const read = readOnnxModel(bytes, 'model.onnx');
  const taps = findAttentionTaps(read, role, 'model.onnx');
  return { taps, bytes: addTapOutputs(bytes, read, taps) };
}

// Severity 3: onnxruntime 1.30 infers a wrong shape for the weights of `Attention` and warns about it in each run.
const open = (bytes: Uint8Array) => InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });

function assertRowsSumTo1(weights: Tensor) {
  const columnCount = weights.dims[weights.dims.length - 1];
  const data = weights.data as Float32Array;
  assert.ok(data.length > 0);
  for (let start = 0; start < data.length; start += columnCount) {
    const sum = data.subarray(start, start + columnCount).reduce((total, weight) => total + weight, 0);
    assert.ok(Math.abs(sum - 1) < 1e-5, `a row sums to ${sum}`);
  }
}

/** Feeds of the shipped merged decoder in its branch without past. */
function forcedFeeds(session: InferenceSession): Record<string, Tensor> {
  const hidden = Float32Array.from({ length: 7 * 256 }, (_, index) => Math.sin(index));
  const past = session.inputNames.filter(name => name.startsWith('past_key_values.'));
  return {
    input_ids: new Tensor('int64', BigInt64Array.from([1n, 50n, 60n, 70n]), [1, 4]),
    encoder_attention_mask: new Tensor('int64', new BigInt64Array(7).fill(1n), [1, 7]),
    encoder_hidden_states: new Tensor('float32', hidden, [1, 7, 256]),
    use_cache_branch: new Tensor('bool', [false], [1]),
    ...Object.fromEntries(past.map(name => [name, new Tensor('float32', new Float32Array(0), [1, 8, 0, 32])])),
  };
}

/** One attention of two heads over `x`, `[batch, head, row, 2]`. */
function attentionModel(elementType: number, operatorSet: number, nodes: readonly Uint8Array[]): Uint8Array {
  const dims = ['batch', 2, 'rows', 2];
  const io = { inputs: [value('x', elementType, dims)], outputs: [value('y', elementType, dims)] };
  return model(graph({ ...io, nodes }), { '': operatorSet });
}

const softmaxNodes = [
  node('Transpose', ['x'], ['key'], { attributes: [integersAttribute('perm', [0, 1, 3, 2])] }),
  node('MatMul', ['x', 'key'], ['scores']),
  node('Softmax', ['scores'], ['weights']),
  node('MatMul', ['weights', 'x'], ['y']),
];

const points = [0, 0, 1, 0, 0, 1, 1, 1, -1, 0.5, 2, 0];

/** softmax(x x^T / scale) of both heads. */
function expectedWeights(scale: number): number[] {
  return [0, 1].flatMap(head => {
    const rows = [0, 1, 2].map(row => points.slice(6 * head + 2 * row, 6 * head + 2 * row + 2));
    return rows.flatMap(query => {
      const exponentials = rows.map(key => Math.exp((query[0] * key[0] + query[1] * key[1]) / scale));
      const total = exponentials.reduce((sum, term) => sum + term, 0);
      return exponentials.map(term => term / total);
    });
  });
}

async function weightsOf(bytes: Uint8Array, x: Tensor): Promise<Tensor> {
  const session = await open(tapped(bytes, 'encoder').bytes);
  const outputs = await session.run({ x }, ['headlight.encoder.0']);
  await session.release();
  return outputs['headlight.encoder.0'];
}

function assertClose(weights: Tensor, expected: readonly number[], tolerance: number) {
  assert.equal(weights.type, 'float32');
  assert.deepEqual([...weights.dims], [1, 2, 3, 3]);
  for (const [index, weight] of (weights.data as Float32Array).entries())
    assert.ok(Math.abs(weight - expected[index]) < tolerance, `${weight} at ${index}, expected ${expected[index]}`);
}

describe('addTapOutputs', () => {
  it('adds outputs to the shipped merged decoder that sum to 1, and changes no other output', async () => {
    const { taps, bytes } = tapped(merged, 'decoder');
    const [plainSession, tappedSession] = [await open(merged), await open(bytes)];
    const names = taps.map(tapOutputName);
    assert.deepEqual(tappedSession.outputNames, [...plainSession.outputNames, ...names]);
    const feeds = forcedFeeds(plainSession);
    const [expected, actual] = [await plainSession.run(feeds), await tappedSession.run(feeds)];
    for (const name of plainSession.outputNames) assert.deepEqual(actual[name].data, expected[name].data, name);
    for (const name of names) {
      assert.deepEqual([...actual[name].dims], [1, 8, 4, name.includes('cross') ? 7 : 4]);
      assertRowsSumTo1(actual[name]);
    }
    await plainSession.release();
    await tappedSession.release();
  });

  it('keeps every parameter byte for byte', () => {
    const { bytes } = tapped(merged, 'decoder');
    const before = readOnnxModel(merged, 'before.onnx').graph.initializers;
    const after = readOnnxModel(bytes, 'after.onnx').graph.initializers;
    assert.equal(after.length, before.length);
    const inFile = before.filter(({ rawData }) => rawData !== undefined);
    assert.ok(inFile.length > 40);
    for (const { name, rawData } of inFile) {
      const kept = after.find(initializer => initializer.name === name)?.rawData;
      const bytesBefore = merged.subarray(rawData?.start, rawData?.end);
      assert.equal(Buffer.compare(bytes.subarray(kept?.start, kept?.end), bytesBefore), 0, name);
    }
  });

  it('gives the same bytes for a view with an offset, and leaves the view as it was', () => {
    const buffer = new Uint8Array(merged.length + 100).fill(0x0a);
    buffer.set(merged, 77);
    const view = buffer.subarray(77, 77 + merged.length);
    assert.equal(Buffer.compare(tapped(view, 'decoder').bytes, tapped(merged, 'decoder').bytes), 0);
    assert.equal(Buffer.compare(view, merged), 0);
  });

  it('gives back the same model when there is nothing to add', () => {
    const same = addTapOutputs(merged, readOnnxModel(merged, 'model.onnx'), []);
    assert.equal(Buffer.compare(same, merged), 0);
  });

  it('gives out the weights of a plain graph', async () => {
    const x = new Tensor('float32', Float32Array.from(points), [1, 2, 3, 2]);
    assertClose(await weightsOf(attentionModel(float32, 17, softmaxNodes), x), expectedWeights(1), 1e-6);
  });

  it('gives out float32 from a model that computes in float16', async () => {
    const halves = new Map([
      [0, 0],
      [0.5, 0x3800],
      [1, 0x3c00],
      [2, 0x4000],
      [-1, 0xbc00],
    ]);
    const x = new Tensor(
      'float16',
      Uint16Array.from(points, point => halves.get(point) ?? Number.NaN),
      [1, 2, 3, 2],
    );
    assertClose(await weightsOf(attentionModel(float16, 17, softmaxNodes), x), expectedWeights(1), 2e-3);
  });

  it('gives out the weights inside an Attention operator, whatever output mode it had', async () => {
    const x = new Tensor('float32', Float32Array.from(points), [1, 2, 3, 2]);
    const modes = [[], [integerAttribute('qk_matmul_output_mode', 0)], [integerAttribute('qk_matmul_output_mode', 1)]];
    for (const attributes of modes) {
      const bytes = attentionModel(float32, 23, [node('Attention', ['x', 'x', 'x'], ['y'], { attributes })]);
      assertClose(await weightsOf(bytes, x), expectedWeights(Math.SQRT2), 1e-6);
    }
  });
});
