import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { addTapOutputs } from '../../../src/model/onnx/graphEditor';
import { readOnnxModel } from '../../../src/model/onnx/graphReader';
import { logitPositions, logitPositionsName } from '../../../src/model/onnx/logitPositions';
import { defaultModel, root } from '../../support/paths';
import { float32, floats, graph, initializer, integersAttribute, model, node, value } from './onnxBuilder';

const fixtures = path.join(root, 'test', 'fixtures', 'models');

async function runOf(bytes: Uint8Array, feeds: Record<string, Tensor>): Promise<Tensor> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const { logits } = await session.run(feeds, ['logits']);
  await session.release();
  return logits;
}

/** The same model with the input for positions. */
function edited(bytes: Uint8Array): Uint8Array {
  const read = readOnnxModel(bytes, 'decoder.onnx');
  const positions = logitPositions(read);
  assert.ok(positions, 'the projection is found');
  return addTapOutputs(bytes, read, [], positions.fields, positions.edits);
}

/** Feeds of a pass over four tokens without past. */
function feedsOf(bytes: Uint8Array): Record<string, Tensor> {
  const { inputs } = readOnnxModel(bytes, 'decoder.onnx').graph;
  const width = inputs.find(({ name }) => name === 'encoder_hidden_states')?.dims?.[2] as number;
  const feeds: Record<string, Tensor> = {
    input_ids: new Tensor('int64', BigInt64Array.of(1n, 8n, 9n, 10n), [1, 4]),
    encoder_attention_mask: new Tensor('int64', new BigInt64Array(3).fill(1n), [1, 3]),
    encoder_hidden_states: new Tensor(
      'float32',
      Float32Array.from({ length: 3 * width }, (_, index) => Math.sin(index)),
      [1, 3, width],
    ),
  };
  for (const { name, dims } of inputs) {
    if (name === 'use_cache_branch') feeds[name] = new Tensor('bool', [false], [1]);
    else if (name.startsWith('past_key_values.'))
      feeds[name] = new Tensor('float32', new Float32Array(0), [1, dims?.[1] as number, 0, dims?.[3] as number]);
  }
  return feeds;
}

const positionsOf = (...positions: bigint[]) => new Tensor('int64', BigInt64Array.from(positions), [positions.length]);

describe('logitPositions', () => {
  for (const file of [
    'marianSplit/decoder_model.onnx',
    'marianMerged/onnx/decoder_model_merged.onnx',
    't5Split/decoder_model.onnx',
    'mt5Merged/onnx/decoder_model_merged.onnx',
    'bartSplit/decoder_model.onnx',
    'nllbMerged/onnx/decoder_model_merged.onnx',
    'opusMtDynamo/decoder_model.onnx',
  ])
    it(`gives the logits of the positions that are asked for: ${file}`, async () => {
      const bytes = readFileSync(path.join(fixtures, file));
      const feeds = feedsOf(bytes);
      const all = await runOf(bytes, feeds);
      const some = await runOf(edited(bytes), { ...feeds, [logitPositionsName]: positionsOf(3n, 1n) });
      const size = all.dims[2];
      assert.deepEqual(some.dims, [1, 2, size]);
      for (const [index, position] of [3, 1].entries())
        for (let token = 0; token < size; token++) {
          const difference = Number(some.data[index * size + token]) - Number(all.data[position * size + token]);
          assert.ok(Math.abs(difference) < 1e-5, `position ${position}, token ${token}: off by ${difference}`);
        }
    });

  it('finds the 8-bit projection of the shipped decoder', async () => {
    const bytes = readFileSync(path.join(defaultModel, 'onnx', 'decoder_model_merged_quantized.onnx'));
    const feeds = feedsOf(bytes);
    const all = await runOf(bytes, feeds);
    const same = await runOf(edited(bytes), { ...feeds, [logitPositionsName]: positionsOf(0n, 1n, 2n, 3n) });
    assert.deepEqual(same.data, all.data);
    const last = await runOf(edited(bytes), { ...feeds, [logitPositionsName]: positionsOf(3n) });
    assert.deepEqual(last.dims, [1, 1, all.dims[2]]);
  });

  it('leaves a projection alone whose result changes its axes', () => {
    const bytes = model(
      graph({
        inputs: [value('hidden', float32, [1, 2, 2])],
        outputs: [value('logits', float32)],
        initializers: [initializer('parameter', float32, [2, 2], floats([1, 2, 3, 4]))],
        nodes: [
          node('MatMul', ['hidden', 'parameter'], ['product']),
          node('Transpose', ['product'], ['logits'], { attributes: [integersAttribute('perm', [1, 0, 2])] }),
        ],
      }),
    );
    assert.equal(logitPositions(readOnnxModel(bytes, 'decoder.onnx')), undefined);
  });
});
