import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { findAttentionTaps } from '../../../src/model/onnx/attentionTaps';
import { addTapOutputs } from '../../../src/model/onnx/graphEditor';
import { everyGraph, readOnnxModel } from '../../../src/model/onnx/graphReader';
import { loneConcatEdits } from '../../../src/model/onnx/loneConcats';
import { applyEdits } from '../../../src/model/onnx/protobufWriter';
import { defaultModel } from '../../support/paths';
import { boolean, float32, graph, graphAttribute, integerAttribute, model, node, value } from './onnxBuilder';

const axis0 = { attributes: [integerAttribute('axis', 0)] };

/** `x` through two copies, one of them in a branch, then twice behind itself. */
function copies(): Uint8Array {
  const branch = (inputs: readonly string[]) =>
    graph({ outputs: [value('z', float32)], nodes: [node('Concat', inputs, ['z'], axis0)] });
  const branches = [graphAttribute('then_branch', branch(['y'])), graphAttribute('else_branch', branch(['y', 'y']))];
  return model(
    graph({
      inputs: [value('x', float32, ['n']), value('once', boolean, [])],
      outputs: [value('result', float32)],
      nodes: [
        node('Concat', ['x'], ['y'], axis0),
        node('If', ['once'], ['part'], { attributes: branches }),
        node('Concat', ['part', 'x'], ['result'], axis0),
      ],
    }),
    { '': 17 },
  );
}

function operators(bytes: Uint8Array): string[] {
  const { graph } = readOnnxModel(bytes, 'edited.onnx');
  return everyGraph(graph).flatMap(({ nodes }) => nodes.map(({ operator, inputs }) => `${operator} ${inputs.length}`));
}

describe('loneConcatEdits', () => {
  it('leave no copy of one tensor, in no branch, and the same results', async () => {
    const original = copies();
    const edited = applyEdits(original, loneConcatEdits(readOnnxModel(original, 'copies.onnx')));
    assert.deepEqual(operators(edited), ['Identity 1', 'If 1', 'Concat 2', 'Identity 1', 'Concat 2']);
    for (const once of [true, false]) {
      const feeds = {
        x: new Tensor('float32', Float32Array.of(1, 2), [2]),
        once: new Tensor('bool', [once], []),
      };
      const results = [];
      for (const bytes of [original, edited]) {
        const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
        results.push([...((await session.run(feeds)).result.data as Float32Array)]);
        await session.release();
      }
      assert.deepEqual(results[1], results[0]);
      assert.equal(results[1].length, once ? 4 : 6);
    }
  });

  it('go together with the outputs of attention in the branches of the shipped decoder', () => {
    const merged = readFileSync(path.join(defaultModel, 'onnx', 'decoder_model_merged_quantized.onnx'));
    const read = readOnnxModel(merged, 'model.onnx');
    const taps = findAttentionTaps(read, 'decoder', 'model.onnx');
    assert.ok(operators(merged).includes('Concat 1'));
    const edited = operators(addTapOutputs(merged, read, taps, [], loneConcatEdits(read)));
    assert.ok(!edited.includes('Concat 1'));
    assert.equal(edited.length, operators(addTapOutputs(merged, read, taps)).length);
  });

  it('are none where there is nothing to take out', () => {
    const plain = model(
      graph({
        inputs: [value('x', float32, ['n'])],
        outputs: [value('y', float32)],
        nodes: [node('Concat', ['x', 'x'], ['y'], axis0)],
      }),
      { '': 17 },
    );
    assert.deepEqual(loneConcatEdits(readOnnxModel(plain, 'plain.onnx')), []);
  });
});
