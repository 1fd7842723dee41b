// Makes attention weights outputs of a model, by editing its bytes: parameters and all else stay as they are.
// Field numbers are those of onnx.proto.

import { type AttentionTap, type TappedTensor, tapOutputName } from './attentionTaps';
import type { OnnxGraph, OnnxModel, OnnxNode } from './graphReader';
import { castField, integerAttribute, outputField } from './graphWriter';
import { applyEdits, integerField, type MessageEdit, stringField } from './protobufWriter';

/**
 * The bytes of the same model with one more output per tap, named by `tapOutputName` and float32 whatever the model computes in,
 * ready for `InferenceSession.create`. `bytes` are those that `model` was read from; they are copied, not changed.
 * `graphFields`: further fields of the main graph, such as `bestTokensFields`. Default: none.
 */
export function addTapOutputs(
  bytes: Uint8Array,
  model: OnnxModel,
  taps: readonly AttentionTap[],
  graphFields: readonly Uint8Array[] = [],
): Uint8Array {
  const plain = taps.filter(({ branchNode }) => branchNode === undefined);
  const merged = taps.filter(({ branchNode }) => branchNode !== undefined);
  const main = exposeTensors(plain.map(tap => [tap.tensors[0], tapOutputName(tap)]));
  for (const tap of merged) main.append.push(outputField(tapOutputName(tap)));
  for (const node of new Set(merged.map(({ branchNode }) => branchNode)))
    if (node !== undefined)
      main.inner.push(
        branchEdit(
          node,
          merged.filter(({ branchNode }) => branchNode === node),
        ),
      );
  main.append.push(...graphFields);
  return applyEdits(bytes, graphEdits(model.graph, main));
}

interface GraphChange {
  readonly append: Uint8Array[];
  readonly inner: MessageEdit[];
}

/** The `If` and its branches get the outputs in the same order: they match by position. */
function branchEdit(node: OnnxNode, taps: readonly AttentionTap[]): MessageEdit {
  const inner: MessageEdit[] = [];
  for (const { name: branchName, location, graphs } of node.attributes) {
    for (const graph of graphs) {
      const tensors = taps.flatMap(tap =>
        tap.tensors
          .filter(tensor => tensor.graph === graph)
          .map(tensor => [tensor, `${tapOutputName(tap)}.${branchName}`] as const),
      );
      inner.push({ location, append: [], inner: graphEdits(graph, exposeTensors(tensors)) });
    }
  }
  return { location: node.location, append: taps.map(tap => stringField(2, tapOutputName(tap))), inner };
}

/** Makes tensors of one graph outputs of that graph, under new names. */
function exposeTensors(tensors: readonly (readonly [TappedTensor, string])[]): GraphChange {
  const change: GraphChange = { append: [], inner: [] };
  for (const [tensor, name] of tensors) {
    const weights = tensor.name ?? `${name}.weights`;
    if (tensor.name === undefined) change.inner.push(attentionEdit(tensor.node, weights));
    change.append.push(castField(weights, name, 'float32'), outputField(name));
  }
  return change;
}

/** The `Attention` operator of opset 23 gives out its weights as fourth output, when `qk_matmul_output_mode` is 3. */
function attentionEdit({ outputs, attributes, location }: OnnxNode, weights: string): MessageEdit {
  const names = [...Array.from({ length: 3 - outputs.length }, () => ''), weights];
  const append = names.map(name => stringField(2, name));
  const existing = attributes.find(({ name }) => name === 'qk_matmul_output_mode');
  if (existing === undefined)
    return { location, append: [...append, integerAttribute('qk_matmul_output_mode', 3)], inner: [] };
  // Of a field that occurs twice, the last counts.
  return { location, append, inner: [{ location: existing.location, append: [integerField(3, 3)], inner: [] }] };
}

/** Edits of a graph that may occur in several parts, which protobuf merges: what is appended to the last is appended to the graph. */
function graphEdits({ locations }: OnnxGraph, { append, inner }: GraphChange): MessageEdit[] {
  return locations.map((location, index) => ({
    location,
    append: index === locations.length - 1 ? append : [],
    inner: inner.filter(edit => edit.location.start >= location.start && edit.location.end <= location.end),
  }));
}
