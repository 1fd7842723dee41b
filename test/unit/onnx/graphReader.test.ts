import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { HeadlightError } from '../../../src/model/errors';
import { findAttentionTaps } from '../../../src/model/onnx/attentionTaps';
import { addTapOutputs } from '../../../src/model/onnx/graphEditor';
import { type OnnxModel, readOnnxModel } from '../../../src/model/onnx/graphReader';
import { concatBytes, messageField, stringField } from '../../../src/model/onnx/protobufWriter';
import { defaultModel, root } from '../../support/paths';
import {
  attentionNodes,
  float32,
  floats,
  graph,
  graphAttribute,
  initializer,
  int64,
  integersAttribute,
  model,
  node,
  value,
} from './onnxBuilder';

const corrupt = (rule: RegExp) => (error: unknown) => {
  assert.ok(error instanceof HeadlightError, String(error));
  assert.equal(error.code, 'model-file-corrupt');
  assert.equal(error.details.file, 'tiny.onnx');
  assert.match(String(error.details.rule), rule);
  return true;
};

const read = (bytes: Uint8Array) => readOnnxModel(bytes, 'tiny.onnx');

const branch = (operator: string) =>
  graph({ nodes: [node(operator, ['weights'], ['branched'])], outputs: [value('branched', float32)] });

const nodes = [
  node('Transpose', ['x'], ['flipped'], { attributes: [integersAttribute('perm', [1, 0])] }),
  ...attentionNodes('first', 'x', 'flipped', 'x'),
  node('Add', ['first.output', 'bias'], ['weights'], { domain: 'ai.onnx' }),
  node('If', ['condition'], ['y'], {
    attributes: [graphAttribute('then_branch', branch('Relu')), graphAttribute('else_branch', branch('Neg'))],
  }),
  node('Gelu', ['y'], ['z'], { domain: 'com.microsoft' }),
];
const parts = {
  nodes,
  inputs: [value('x', float32, ['rows', 2]), value('bias', float32), value('condition', 9, [1])],
  outputs: [value('z', float32, ['rows', 2])],
  initializers: [initializer('bias', float32, [2], floats([1, -1]))],
};
const tiny = model(graph(parts), { '': 17, 'com.microsoft': 1 });

describe('readOnnxModel', () => {
  it('reads graphs, nodes, values, initializers and operator sets', () => {
    const { producer, operatorSets, graph: main, externalFiles } = read(tiny);
    assert.equal(producer, 'headlight tests 1');
    assert.deepEqual(
      [...operatorSets],
      [
        ['', 17],
        ['com.microsoft', 1],
      ],
    );
    assert.deepEqual(externalFiles, []);
    assert.deepEqual(
      main.nodes.map(({ operator, domain }) => [operator, domain]),
      [
        ['Transpose', ''],
        ['MatMul', ''],
        ['Softmax', ''],
        ['MatMul', ''],
        ['Add', ''],
        ['If', ''],
        ['Gelu', 'com.microsoft'],
      ],
    );
    assert.deepEqual(main.inputs, [
      { name: 'x', elementType: 'float32', dims: ['rows', 2] },
      { name: 'condition', elementType: 'bool', dims: [1] },
    ]);
    assert.deepEqual(main.outputs, [{ name: 'z', elementType: 'float32', dims: ['rows', 2] }]);
    const branches = main.nodes[5].attributes.map(({ name, graphs }) => [name, graphs[0].nodes[0].operator]);
    assert.deepEqual(branches, [
      ['then_branch', 'Relu'],
      ['else_branch', 'Neg'],
    ]);
  });

  it('says where the values of an initializer are', () => {
    const [bias] = read(tiny).graph.initializers;
    assert.deepEqual([bias.name, bias.elementType, bias.dims], ['bias', 'float32', [2]]);
    assert.deepEqual(tiny.subarray(bias.rawData?.start, bias.rawData?.end), floats([1, -1]));
  });

  it('reads a view with an offset as it reads a whole buffer', () => {
    const buffer = new Uint8Array(tiny.length + 64).fill(0x0a);
    buffer.set(tiny, 31);
    assert.deepEqual(read(buffer.subarray(31, 31 + tiny.length)), read(tiny));
  });

  it('notes parameters in other files, and looks for no bytes of theirs here', () => {
    const external = concatBytes([
      initializer('bias', float32, [2], new Uint8Array(0)),
      messageField(13, stringField(1, 'location'), stringField(2, 'weights.bin')),
      messageField(13, stringField(1, 'offset'), stringField(2, '4096')),
    ]);
    const found = read(model(graph({ ...parts, initializers: [external] }), { '': 17, 'com.microsoft': 1 }));
    assert.deepEqual(found.externalFiles, ['weights.bin']);
    assert.deepEqual(found.graph.initializers[0].external, { file: 'weights.bin', offset: 4096, length: undefined });
    assert.equal(found.graph.initializers[0].rawData, undefined);
  });

  it('merges several occurrences of the graph, as protobuf does', () => {
    const second = messageField(7, messageField(12, stringField(1, 'y')));
    const { graph: main } = read(concatBytes([tiny, second]));
    assert.deepEqual(
      main.outputs.map(({ name, elementType }) => [name, elementType]),
      [
        ['z', 'float32'],
        ['y', undefined],
      ],
    );
    assert.equal(main.locations.length, 2);
  });

  it('finds a file that was cut short at any byte, unless nothing of the model is lost', () => {
    const metadata = messageField(14, stringField(1, 'made'), stringField(2, 'by hand'));
    const whole = concatBytes([tiny, metadata]);
    const readable: number[] = [];
    for (let length = 0; length < whole.length; length++) {
      const cut = whole.subarray(0, length);
      try {
        assert.deepEqual(read(cut), read(whole));
        readable.push(length);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        corrupt(/./)(error);
      }
    }
    assert.deepEqual(readable, [tiny.length]);
  });

  it('finds that a node, an initializer or an operator set is gone', () => {
    const sets = { '': 17, 'com.microsoft': 1 };
    for (let gone = 0; gone < nodes.length; gone++) {
      const rest = nodes.filter((_, index) => index !== gone);
      assert.throws(() => read(model(graph({ ...parts, nodes: rest }), sets)), corrupt(/produced by/));
    }
    const { inputs } = parts;
    assert.throws(
      () => read(model(graph({ ...parts, inputs: inputs.slice(1) }), sets)),
      corrupt(/every input of a node/),
    );
    assert.throws(() => read(model(graph({ ...parts, outputs: [] }), sets)), corrupt(/a graph has outputs/));
    assert.throws(() => read(model(graph(parts), { '': 17 })), corrupt(/operator set of every node/));
    assert.throws(() => read(model(graph(parts), {})), corrupt(/names its operator sets/));
  });

  it('finds an initializer whose bytes do not fit its shape', () => {
    const broken = (...tensor: Parameters<typeof initializer>) =>
      model(graph({ ...parts, initializers: [initializer(...tensor)] }), { '': 17, 'com.microsoft': 1 });
    const fits = /has the bytes its shape says/;
    assert.throws(() => read(broken('bias', float32, [2], floats([1]))), corrupt(fits));
    assert.throws(() => read(broken('bias', int64, [2], floats([1, 2]))), corrupt(fits));
    assert.throws(() => read(broken('bias', float32, [2 ** 40, 2 ** 40], floats([1]))), corrupt(fits));
    assert.throws(() => read(broken('bias', 99, [2], floats([1, 2]))), corrupt(/element types/));
  });

  it('says so when the file is a stand-in for a model', () => {
    const pointer = new TextEncoder().encode(
      'version https://git-lfs.github.com/spec/v1\noid sha256:0000\nsize 6651899\n',
    );
    const page = new TextEncoder().encode('<!DOCTYPE html><html><body>404</body></html>');
    assert.throws(() => read(new Uint8Array(0)), /tiny\.onnx: the file is an ONNX model; found an empty file/);
    assert.throws(() => read(pointer), /found a Git LFS pointer/);
    assert.throws(() => read(page), /found a web page/);
  });

  it('meets hostile bytes with a typed error, and never with anything else', () => {
    const survive = (bytes: Uint8Array) => {
      let found: OnnxModel;
      try {
        found = read(bytes);
      } catch (error) {
        return void corrupt(/./)(error);
      }
      try {
        addTapOutputs(bytes, found, findAttentionTaps(found, 'encoder', 'tiny.onnx'));
      } catch (error) {
        assert.ok(error instanceof HeadlightError && error.code === 'attention-unavailable', String(error));
      }
    };
    const change = fc.record({ at: fc.nat(tiny.length - 1), byte: fc.integer({ min: 0, max: 255 }) });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survive), { numRuns: 500 });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), changes => {
        const mutated = tiny.slice();
        for (const { at, byte } of changes) mutated[at] = byte;
        survive(mutated);
      }),
      { numRuns: 1500 },
    );
  });

  it('reads the shipped merged decoder', () => {
    const bytes = readFileSync(path.join(defaultModel, 'onnx', 'decoder_model_merged_quantized.onnx'));
    const { graph: main } = readOnnxModel(bytes, 'decoder_model_merged_quantized.onnx');
    assert.ok(main.inputs.some(({ name, elementType }) => name === 'use_cache_branch' && elementType === 'bool'));
    assert.deepEqual(
      main.inputs.find(({ name }) => name === 'past_key_values.0.encoder.key'),
      {
        name: 'past_key_values.0.encoder.key',
        elementType: 'float32',
        dims: ['batch_size', 8, 'encoder_sequence_length', 32],
      },
    );
    assert.equal(main.outputs[0].name, 'logits');
  });

  it('finds that an export of Optimum was cut short, wherever', () => {
    const file = path.join(root, 'test', 'fixtures', 'models', 'marianSplit', 'decoder_model.onnx');
    const bytes = readFileSync(file);
    for (let length = 0; length < bytes.length; length += 997)
      assert.throws(() => readOnnxModel(bytes.subarray(0, length), 'tiny.onnx'), corrupt(/./));
  });
});
