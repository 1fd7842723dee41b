import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { floatsOf, gatherRows, readableByRuntime } from '../../../src/model/engine/tensors';
import { addTapOutputs } from '../../../src/model/onnx/graphEditor';
import { everyGraph, type OnnxModel, readOnnxModel } from '../../../src/model/onnx/graphReader';
import { loneConcatEdits } from '../../../src/model/onnx/loneConcats';
import { hiddenScore, sharedSource, sharedSourceNames } from '../../../src/model/onnx/sharedSource';
import { defaultModel, root } from '../../support/paths';

const fixtures = path.join(root, 'test', 'fixtures', 'models');
const shipped = path.join(defaultModel, 'onnx', 'decoder_model_merged_quantized.onnx');

const sourceLengths = [4, 2, 3];
const hypothesisCount = 2;
const rowSources = [0, 0, 1, 1, 2, 2];
const sourceLength = Math.max(...sourceLengths);

/** Values that look like those of a model, the same in every run. */
function numbers(type: 'float32' | 'float16', dims: readonly number[], seed: number): Tensor {
  const size = dims.reduce((product, dim) => product * dim, 1);
  const values = Float32Array.from({ length: size }, (_, index) => 2 * Math.sin(seed + 1.7 * index));
  // With a mantissa cut to ten bits these are float16 as they stand: bits of sign, of five of the exponent, of ten of the mantissa.
  if (type === 'float32') return new Tensor('float32', values, dims);
  const bits = new Uint32Array(values.buffer);
  const halves = Uint16Array.from(bits, word => {
    const exponent = ((word >>> 23) & 0xff) - 112;
    return ((word >>> 16) & 0x8000) | (exponent > 0 ? (exponent << 10) | ((word >>> 13) & 0x3ff) : 0);
  });
  return new Tensor('float16', halves as never, dims);
}

/** Feeds of one step of six rows, two for each of three sources of other lengths: as the export wants them, and shared. */
function feedsOf({ graph }: OnnxModel): { each: Record<string, Tensor>; shared: Record<string, Tensor> } {
  const mask = sourceLengths.flatMap(length => Array.from({ length: sourceLength }, (_, at) => (at < length ? 1 : 0)));
  const perSource: Record<string, Tensor> = {
    encoder_attention_mask: new Tensor('int64', BigInt64Array.from(mask, BigInt), [3, sourceLength]),
  };
  const perRow: Record<string, Tensor> = {
    input_ids: new Tensor('int64', BigInt64Array.of(5n, 6n, 7n, 8n, 9n, 10n), [6, 1]),
  };
  let heads = 0;
  let dimension = 0;
  for (const [seed, { name, dims, elementType }] of graph.inputs.entries()) {
    const type = elementType === 'float16' ? 'float16' : 'float32';
    if (name === 'use_cache_branch') perRow[name] = new Tensor('bool', [true], [1]);
    if (name === 'encoder_hidden_states') perSource[name] = numbers(type, [3, sourceLength, dims?.[2] as number], seed);
    if (!name.startsWith('past_key_values.')) continue;
    [heads, dimension] = [dims?.[1] as number, dims?.[3] as number];
    if (name.includes('.encoder.')) perSource[name] = numbers(type, [3, heads, sourceLength, dimension], seed);
    else perRow[name] = numbers(type, [6, heads, 5, dimension], seed);
  }
  const { queryShape, contextShape, mask: maskName } = sharedSourceNames;
  const shapeOf = (...dims: number[]) => new Tensor('int64', BigInt64Array.from(dims, BigInt), [dims.length]);
  const expanded = Object.entries(perSource).map(([name, tensor]) => [name, gatherRows(tensor, rowSources)]);
  return {
    each: { ...perRow, ...Object.fromEntries(expanded) },
    shared: {
      ...perRow,
      ...perSource,
      [queryShape]: shapeOf(3, hypothesisCount, heads, dimension),
      [contextShape]: shapeOf(6, 1, heads * dimension),
      [maskName]: new Tensor(
        'float32',
        Float32Array.from(mask, seen => (seen ? 0 : hiddenScore)),
        [3, 1, 1, sourceLength],
      ),
    },
  };
}

async function logitsOf(file: string, bytes: Uint8Array, feeds: Record<string, Tensor>): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { model_external_initializers_file_folder_path: path.dirname(file) } },
  });
  const wanted = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name));
  for (const [, tensor] of wanted) readableByRuntime(tensor);
  const { logits } = await session.run(Object.fromEntries(wanted), ['logits']);
  await session.release();
  return floatsOf(logits as Tensor);
}

describe('sharedSource', () => {
  for (const [name, tolerance] of [
    ['marianSplit/decoder_with_past_model.onnx', 1e-4],
    ['marianMerged/onnx/decoder_model_merged.onnx', 1e-4],
    ['bartSplit/decoder_with_past_model.onnx', 1e-4],
    ['nllbMerged/onnx/decoder_model_merged.onnx', 1e-4],
    ['mt5Merged/onnx/decoder_model_merged.onnx', 1e-4],
    ['m2m100Dynamo/decoder_with_past_model.onnx', 1e-4],
    ['pegasusExternal/decoder_with_past_model.onnx', 1e-4],
    ['mbartHalf/onnx/decoder_with_past_model_fp16.onnx', 2e-2],
    ['bartQuantized/onnx/decoder_model_merged_quantized.onnx', 1e-4],
    [shipped, 1e-4],
  ] as const)
    it(`lets the rows of a source read one copy of its keys and values: ${path.relative(fixtures, path.resolve(fixtures, name))}`, async () => {
      const file = path.resolve(fixtures, name);
      const bytes = readFileSync(file);
      const read = readOnnxModel(bytes, 'decoder.onnx');
      const shared = sharedSource(read);
      assert.ok(shared, 'the cross attention is found');
      const edited = addTapOutputs(bytes, read, [], shared.fields, [...loneConcatEdits(read), ...shared.edits]);
      const feeds = feedsOf(read);
      const expected = await logitsOf(file, bytes, feeds.each);
      const found = await logitsOf(file, edited, feeds.shared);
      assert.equal(found.length, expected.length);
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const off = found.reduce((most, value, index) => Math.max(most, Math.abs(value - expected[index])), 0);
      assert.ok(off <= tolerance * largest, `off by ${off} of ${largest}`);
      // Rows of one source differ, and so do sources: the numbers above say something.
      const size = expected.length / 6;
      for (const [row, other] of [
        [0, 1],
        [1, 2],
        [3, 4],
      ])
        assert.notDeepEqual(found.slice(row * size, (row + 1) * size), found.slice(other * size, (other + 1) * size));
    });

  it('takes what nobody reads any more out of the step, and nothing out of the first step', () => {
    const bytes = readFileSync(shipped);
    const read = readOnnxModel(bytes, 'decoder.onnx');
    const shared = sharedSource(read)!;
    const edited = readOnnxModel(addTapOutputs(bytes, read, [], shared.fields, shared.edits), 'edited.onnx');
    const [, ...before] = everyGraph(read.graph);
    const [, ...after] = everyGraph(edited.graph);
    const readsPast = (nodes: OnnxModel['graph']['nodes']) =>
      nodes.some(({ inputs }) => inputs.includes('past_key_values.0.encoder.key'));
    for (const [index, { nodes, outputs }] of after.entries()) {
      if (!readsPast(nodes)) {
        assert.equal(nodes.length, before[index].nodes.length);
        continue;
      }
      assert.ok(
        nodes.length < 0.8 * before[index].nodes.length,
        `${nodes.length} of ${before[index].nodes.length} left`,
      );
      const names = new Set([...nodes.flatMap(({ inputs }) => inputs), ...outputs.map(({ name }) => name)]);
      assert.deepEqual(
        nodes.filter(node => !node.outputs.some(output => names.has(output))),
        [],
      );
    }
  });

  for (const [name, reason] of [
    ['marianSplit/decoder_model.onnx', 'without past'],
    ['t5Split/decoder_with_past_model.onnx', 'a position bias'],
    ['bartBmm/decoder_with_past_model.onnx', 'products in three dimensions'],
    ['bartFused/decoder_with_past_model.onnx', 'a fused operator'],
    ['opusMtDynamo/decoder_with_past_model.onnx', 'the Attention operator'],
  ])
    it(`leaves other forms as they are: ${reason}`, () => {
      assert.equal(sharedSource(readOnnxModel(readFileSync(path.join(fixtures, name)), 'decoder.onnx')), undefined);
    });
});
