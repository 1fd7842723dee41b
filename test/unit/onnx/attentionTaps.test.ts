import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HeadlightError } from '../../../src/model/errors';
import { findAttentionTaps, tapOutputName } from '../../../src/model/onnx/attentionTaps';
import { readOnnxModel } from '../../../src/model/onnx/graphReader';
import { marianMerged, marianSplit } from '../../golden/marianGolden';
import { defaultModel } from '../../support/paths';
import {
  attentionNodes,
  float32,
  floats,
  graph,
  graphAttribute,
  initializer,
  integersAttribute,
  model,
  node,
  value,
} from './onnxBuilder';

type Role = 'encoder' | 'decoder';

function tapsOfFile(role: Role, ...file: string[]) {
  return findAttentionTaps(readOnnxModel(readFileSync(path.join(...file)), 'model.onnx'), role, 'model.onnx');
}

function tapsOf(
  role: Role,
  nodes: readonly Uint8Array[],
  outputs: readonly string[],
  inputs: readonly string[] = ['x'],
) {
  const bytes = model(
    graph({
      nodes,
      inputs: inputs.map(name => value(name, float32)),
      outputs: outputs.map(name => value(name, float32)),
      initializers: [initializer('weight', float32, [1, 1], floats([1]))],
    }),
    { '': 23, 'com.microsoft': 1 },
  );
  return findAttentionTaps(readOnnxModel(bytes, 'tiny.onnx'), role, 'tiny.onnx');
}

const unavailable = (rule: RegExp, found: RegExp) => (error: unknown) => {
  assert.ok(error instanceof HeadlightError, String(error));
  assert.equal(error.code, 'attention-unavailable');
  assert.equal(error.details.file, 'tiny.onnx');
  assert.match(String(error.details.rule), rule);
  assert.match(String(error.details.found), found);
  return true;
};

const transpose = (input: string, output: string) =>
  node('Transpose', [input], [output], { attributes: [integersAttribute('perm', [0, 1, 3, 2])] });

/** `hidden` attends to `source`; the keys are projected by a parameter. Output: `<prefix>.output`. */
const attention = (prefix: string, hidden: string, source: string) => [
  node('MatMul', [source, 'weight'], [`${prefix}.projected`]),
  transpose(`${prefix}.projected`, `${prefix}.key`),
  ...attentionNodes(prefix, hidden, `${prefix}.key`, `${prefix}.projected`),
];

const decoderLayer = (prefix: string, hidden: string) => [
  ...attention(`${prefix}.self`, hidden, hidden),
  ...attention(`${prefix}.cross`, `${prefix}.self.output`, 'encoder_hidden_states'),
];

/** What comes before the layer is the exporter's name for the model around it. */
const withoutModule = (tensor = '') => tensor.slice(tensor.indexOf('layers.'));

describe('findAttentionTaps', () => {
  it('finds every layer of the shipped encoder', () => {
    const taps = tapsOfFile('encoder', defaultModel, 'onnx', 'encoder_model_quantized.onnx');
    assert.deepEqual(
      taps.map(tapOutputName),
      [0, 1, 2, 3].map(layer => `headlight.encoder.${layer}`),
    );
    assert.deepEqual(
      taps.map(({ tensors }) => tensors.map(({ name }) => withoutModule(name))),
      [0, 1, 2, 3].map(layer => [`layers.${layer}/self_attn/Softmax_output_0`]),
    );
  });

  it('finds every layer of the shipped merged decoder in both of its branches', () => {
    const taps = tapsOfFile('decoder', defaultModel, 'onnx', 'decoder_model_merged_quantized.onnx');
    const expected = [
      ['headlight.decoder.0', 'layers.0/self_attn'],
      ['headlight.decoder.1', 'layers.1/self_attn'],
      ['headlight.cross.0', 'layers.0/encoder_attn'],
      ['headlight.cross.1', 'layers.1/encoder_attn'],
    ];
    assert.deepEqual(
      taps.map(tap => [tapOutputName(tap), ...tap.tensors.map(({ name }) => withoutModule(name))]),
      expected.map(([name, module]) => {
        const tensor = `${module}/Softmax_output_0`;
        return [name, tensor, tensor];
      }),
    );
    for (const { tensors, branchNode } of taps) {
      assert.equal(branchNode?.operator, 'If');
      assert.notEqual(tensors[0].graph, tensors[1].graph);
    }
  });

  it('finds the same layers in split decoders without and with past, and in a merged one', () => {
    const expected = ['headlight.decoder.0', 'headlight.decoder.1', 'headlight.cross.0', 'headlight.cross.1'];
    for (const file of [
      path.join(marianSplit, 'decoder_model.onnx'),
      path.join(marianSplit, 'decoder_with_past_model.onnx'),
      path.join(marianMerged, 'onnx', 'decoder_model_merged.onnx'),
    ])
      assert.deepEqual(tapsOfFile('decoder', file).map(tapOutputName), expected, file);
  });

  it('tells self from cross by where the keys come from, when nothing is cached', () => {
    const nodes = [...decoderLayer('low', 'x'), ...decoderLayer('high', 'low.cross.output')];
    // A residual sum ties the layers together without a product, as in a real decoder.
    const residual = node('Add', ['high.cross.output', 'x'], ['y']);
    const inputs = ['inputs_embeds', 'encoder_hidden_states'];
    const embedding = node('Identity', ['inputs_embeds'], ['x']);
    const taps = tapsOf('decoder', [embedding, ...nodes, residual], ['y'], inputs);
    assert.deepEqual(
      taps.map(tap => [tapOutputName(tap), tap.tensors[0].name]),
      [
        ['headlight.decoder.0', 'low.self.weights'],
        ['headlight.decoder.1', 'high.self.weights'],
        ['headlight.cross.0', 'low.cross.weights'],
        ['headlight.cross.1', 'high.cross.weights'],
      ],
    );
  });

  it('takes kind and layer from the cache, even when the attention branches off before the cached tensor', () => {
    const cached = (layer: number, kind: string, source: string) =>
      transpose(`${source}.projected`, `present.${layer}.${kind}.key`);
    const nodes = [...decoderLayer('b', 'x'), ...decoderLayer('a', 'b.cross.output')];
    const caches = [
      cached(1, 'decoder', 'b.self'),
      cached(1, 'encoder', 'b.cross'),
      cached(0, 'decoder', 'a.self'),
      cached(0, 'encoder', 'a.cross'),
    ];
    const outputs = [
      'a.cross.output',
      ...[0, 1].flatMap(layer => ['encoder', 'decoder'].map(kind => `present.${layer}.${kind}.key`)),
    ];
    const taps = tapsOf('decoder', [...nodes, ...caches], outputs, ['x', 'encoder_hidden_states']);
    assert.deepEqual(
      taps.map(tap => [tapOutputName(tap), tap.tensors[0].name]),
      [
        ['headlight.decoder.0', 'a.self.weights'],
        ['headlight.decoder.1', 'b.self.weights'],
        ['headlight.cross.0', 'a.cross.weights'],
        ['headlight.cross.1', 'b.cross.weights'],
      ],
    );
  });

  it('looks through masks, scales, casts, reshapes and quantizers around the softmax', () => {
    const taps = tapsOf(
      'encoder',
      [
        node('MatMul', ['x', 'weight'], ['projected']),
        transpose('projected', 'key'),
        node('DynamicQuantizeLinear', ['x'], ['x.8', 'x.scale', 'x.zero']),
        node('DynamicQuantizeLinear', ['key'], ['key.8', 'key.scale', 'key.zero']),
        node('MatMulInteger', ['x.8', 'key.8', 'x.zero', 'key.zero'], ['scores.32']),
        node('Cast', ['scores.32'], ['scores.float']),
        node('Mul', ['x.scale', 'key.scale'], ['scale']),
        node('Mul', ['scores.float', 'scale'], ['scores']),
        node('Add', ['scores', 'mask'], ['masked']),
        node('Reshape', ['masked', 'weight'], ['flat']),
        node('Softmax', ['flat'], ['weights']),
        node('IsNaN', ['weights'], ['empty']),
        node('Where', ['empty', 'weight', 'weights'], ['safe']),
        node('Dropout', ['safe'], ['dropped']),
        node('MatMul', ['dropped', 'x'], ['y']),
      ],
      ['y'],
      ['x', 'mask'],
    );
    assert.deepEqual(
      taps.map(({ tensors }) => tensors[0].name),
      ['weights'],
    );
  });

  it('passes by softmaxes that are no attention', () => {
    const gate = [
      node('MatMul', ['x', 'weight'], ['gate.scores']),
      node('Softmax', ['gate.scores'], ['gate']),
      node('Mul', ['gate', 'layer.output'], ['gated']),
      node('MatMul', ['gated', 'x'], ['mixed']),
      node('Softmax', ['layer.output'], ['probabilities']),
    ];
    const taps = tapsOf('encoder', [...attention('layer', 'x', 'x'), ...gate], ['mixed', 'probabilities']);
    assert.deepEqual(
      taps.map(({ tensors }) => tensors[0].name),
      ['layer.weights'],
    );
  });

  it('finds the Attention operator of opset 23', () => {
    const [tap, ...others] = tapsOf('encoder', [node('Attention', ['x', 'x', 'x'], ['y'])], ['y']);
    assert.equal(others.length, 0);
    assert.equal(tapOutputName(tap), 'headlight.encoder.0');
    assert.equal(tap.tensors[0].name, undefined);
    assert.equal(tap.tensors[0].node.operator, 'Attention');
  });

  it('refuses fused operators, which keep their weights, and names them', () => {
    const fused = node('MultiHeadAttention', ['x', 'x', 'x'], ['y'], { domain: 'com.microsoft' });
    assert.throws(
      () => tapsOf('encoder', [...attention('layer', 'x', 'x'), fused], ['y', 'layer.output']),
      unavailable(/not as fused operators/, /^com\.microsoft\.MultiHeadAttention$/),
    );
    const branch = (content: Uint8Array) => graph({ nodes: [content], outputs: [value('out', float32)] });
    const inBranch = node('If', ['x'], ['y'], {
      attributes: [
        graphAttribute('then_branch', branch(node('Attention', ['x'], ['out'], { domain: 'com.microsoft' }))),
        graphAttribute('else_branch', branch(node('Identity', ['x'], ['out']))),
      ],
    });
    assert.throws(() => tapsOf('decoder', [inBranch], ['y']), unavailable(/fused/, /^com\.microsoft\.Attention$/));
  });

  it('refuses a graph without attention, or with layers missing', () => {
    assert.throws(
      () => tapsOf('encoder', [node('Softmax', ['x'], ['y'])], ['y']),
      unavailable(/the graph has encoder attention/, /^none$/),
    );
    assert.throws(
      () => tapsOf('decoder', attention('layer', 'x', 'x'), ['layer.output']),
      unavailable(/the graph has cross attention|the graph has decoder attention/, /^none$/),
    );
    const cached = transpose('high.projected', 'present.1.decoder.key');
    const cross = attention('cross', 'high.output', 'encoder_hidden_states');
    assert.throws(
      () =>
        tapsOf(
          'decoder',
          [...attention('high', 'x', 'x'), cached, ...cross],
          ['cross.output', 'present.1.decoder.key'],
          ['x', 'encoder_hidden_states'],
        ),
      unavailable(/each layer has one decoder attention/, /^layers 1$/),
    );
  });
});
