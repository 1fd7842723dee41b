import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { findAttentionTaps } from '../../../src/model/onnx/attentionTaps';
import { dequantize } from '../../../src/model/onnx/dequantize';
import { everyGraph, readOnnxModel } from '../../../src/model/onnx/graphReader';
import { defaultModel } from '../../support/paths';
import {
  boolean,
  float32,
  floats,
  graph,
  graphAttribute,
  initializer,
  int8,
  integerAttribute,
  model,
  node,
  uint8,
  value,
} from './onnxBuilder';

const read = (bytes: Uint8Array) => readOnnxModel(bytes, 'model.onnx');
const operatorsOf = (bytes: Uint8Array) =>
  everyGraph(read(bytes).graph).flatMap(({ nodes }) => nodes.map(n => n.operator));
const count = (bytes: Uint8Array, operator: string) => operatorsOf(bytes).filter(found => found === operator).length;

/** As `quantize_dynamic` writes `x` times `weight`, which becomes `y`. */
function quantizedProduct(x: string, y: string, zeroPoint = 'weight_zero_point'): Uint8Array[] {
  return [
    node('DynamicQuantizeLinear', [x], [`${y}_quantized`, `${y}_scale`, `${y}_zero_point`], { name: `${y}_quantizer` }),
    node('MatMulInteger', [`${y}_quantized`, 'weight', `${y}_zero_point`, zeroPoint], [`${y}_sums`]),
    node('Cast', [`${y}_sums`], [`${y}_cast`], { attributes: [integerAttribute('to', float32)] }),
    node('Mul', [`${y}_scale`, 'weight_scale'], [`${y}_scales`]),
    node('Mul', [`${y}_cast`, `${y}_scales`], [y], { name: `${y}_product` }),
  ];
}

/** Three rows of two columns, a scale and a zero point for each column. */
const parameters = [
  initializer('weight', int8, [3, 2], Uint8Array.from(Int8Array.from([1, -2, 30, 4, -50, 6]))),
  initializer('weight_scale', float32, [2], floats([0.5, 0.25])),
  initializer('weight_zero_point', int8, [2], Uint8Array.from([1, 2])),
];
const x = value('x', float32, [1, 3]);
const feeds = { x: new Tensor('float32', Float32Array.of(1, 2, 3), [1, 3]) };
const expected = [
  0.5 * (1 * (1 - 1) + 2 * (30 - 1) + 3 * (-50 - 1)),
  0.25 * (1 * (-2 - 2) + 2 * (4 - 2) + 3 * (6 - 2)),
];

async function outputsOf(bytes: Uint8Array, more: Record<string, Tensor> = {}): Promise<Record<string, number[]>> {
  const extra = { session: { disable_quant_qdq: '1' } };
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3, extra });
  const outputs = await session.run({ ...feeds, ...more });
  await session.release();
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => [name, [...(data as Float32Array)].map(Number)]),
  );
}

describe('dequantize', () => {
  it('makes a dynamically quantised product one float product, with a scale and a zero point for each column', async () => {
    const outputs = [value('y', float32, [1, 2])];
    const quantized = model(
      graph({ inputs: [x], outputs, initializers: parameters, nodes: quantizedProduct('x', 'y') }),
    );
    const { bytes, productCount } = dequantize(quantized, read(quantized));
    assert.equal(productCount, 1);
    assert.deepEqual(operatorsOf(bytes), ['Cast', 'Cast', 'Sub', 'Mul', 'MatMul']);
    assert.deepEqual((await outputsOf(bytes)).y, expected);
  });

  it('keeps what others read: a quantiser with another reader, and an integer sum that is an output', async () => {
    const outputs = [value('y', float32, [1, 2]), value('z_sums', 6), value('z', float32, [1, 2])];
    const nodes = [...quantizedProduct('x', 'y'), ...quantizedProduct('x', 'z')];
    const quantized = model(graph({ inputs: [x], outputs, initializers: parameters, nodes }));
    const { bytes, productCount } = dequantize(quantized, read(quantized));
    assert.equal(productCount, 1);
    assert.deepEqual([count(bytes, 'MatMulInteger'), count(bytes, 'DynamicQuantizeLinear')], [1, 1]);
    const { y, z } = await outputsOf(bytes);
    assert.deepEqual(y, expected);
    assert.ok(Math.abs(z[0] - expected[0]) < 1);
  });

  it('widens a parameter once for both branches of an If, where it stands', async () => {
    const branch = (name: string) =>
      graph({ outputs: [value(name, float32, [1, 2])], nodes: quantizedProduct('x', name) });
    const nodes = [
      node('If', ['which'], ['y'], {
        attributes: [graphAttribute('then_branch', branch('a')), graphAttribute('else_branch', branch('b'))],
      }),
    ];
    const outputs = [value('y', float32, [1, 2])];
    const inputs = [x, value('which', boolean, [])];
    const quantized = model(graph({ inputs, outputs, initializers: parameters, nodes }));
    const { bytes, productCount } = dequantize(quantized, read(quantized));
    assert.equal(productCount, 2);
    assert.deepEqual(operatorsOf(bytes), ['Cast', 'Cast', 'Sub', 'Mul', 'If', 'MatMul', 'MatMul']);
    for (const which of [true, false])
      assert.deepEqual((await outputsOf(bytes, { which: new Tensor('bool', [which], []) })).y, expected);
  });

  it('takes the rounding of activations out of static quantisation', async () => {
    const nodes = [
      node('QuantizeLinear', ['x', 'x_scale', 'x_zero_point'], ['x_quantized']),
      node('DequantizeLinear', ['x_quantized', 'x_scale', 'x_zero_point'], ['x_rounded']),
      node('DequantizeLinear', ['weight', 'weight_scale', 'weight_zero_point'], ['weight_float']),
      node('MatMul', ['x_rounded', 'weight_float'], ['y']),
    ];
    const initializers = [
      ...parameters,
      initializer('x_scale', float32, [], floats([0.7])),
      initializer('x_zero_point', uint8, [], Uint8Array.of(0)),
    ];
    const quantized = model(graph({ inputs: [x], outputs: [value('y', float32, [1, 2])], initializers, nodes }));
    assert.notDeepEqual((await outputsOf(quantized)).y, expected);
    const { bytes, roundingCount } = dequantize(quantized, read(quantized));
    assert.equal(roundingCount, 1);
    assert.deepEqual(operatorsOf(bytes), ['Identity', 'DequantizeLinear', 'MatMul']);
    assert.deepEqual((await outputsOf(bytes)).y, expected);
  });

  it('leaves a model without 8-bit products byte for byte', () => {
    const plain = model(
      graph({
        inputs: [x],
        outputs: [value('y', float32, [1, 2])],
        initializers: [initializer('weight', float32, [3, 2], floats([1, 2, 3, 4, 5, 6]))],
        nodes: [node('MatMul', ['x', 'weight'], ['y'])],
      }),
    );
    assert.equal(Buffer.compare(dequantize(plain, read(plain)).bytes, plain), 0);
  });

  for (const [name, role] of [
    ['encoder_model_quantized.onnx', 'encoder'],
    ['decoder_model_merged_quantized.onnx', 'decoder'],
  ] as const)
    it(`leaves no 8-bit product in ${name}, and its attention where it was`, () => {
      const quantized = readFileSync(path.join(defaultModel, 'onnx', name));
      const { bytes, productCount } = dequantize(quantized, read(quantized));
      assert.equal(productCount, count(quantized, 'MatMulInteger'));
      assert.deepEqual([count(bytes, 'MatMulInteger'), count(bytes, 'DynamicQuantizeLinear')], [0, 0]);
      assert.equal(count(bytes, 'MatMul'), count(quantized, 'MatMul') + productCount);
      const layersOf = (of: Uint8Array) =>
        findAttentionTaps(read(of), role, name).map(({ kind, layerIndex }) => [kind, layerIndex]);
      assert.deepEqual(layersOf(bytes), layersOf(quantized));
    });
});
