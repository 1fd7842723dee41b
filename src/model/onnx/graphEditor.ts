// Makes attention weights outputs of a model, by editing its bytes: parameters and all else stay as they are.
// Field numbers are those of onnx.proto.

import { type AttentionTap, type TappedTensor, tapOutputName } from './attentionTaps';
import type { OnnxGraph, OnnxModel, OnnxNode } from './graphReader';
import { castField, integerAttribute, outputField } from './graphWriter';
import type { ByteRange } from './protobufReader';
import { applyEdits, type Insertion, integerField, type MessageEdit, stringField } from './protobufWriter';

/** One more output of a model: made in the main graph, or, in a merged decoder, in each branch of its `If`. */
export interface GraphOutput {
  readonly name: string;
  /** The `If` whose branches make it. Undefined: the main graph does. */
  readonly branchNode: OnnxNode | undefined;
  readonly places: readonly OutputPlace[];
}

export interface OutputPlace {
  readonly graph: OnnxGraph;
  /** What makes a tensor of that name in `graph`: nodes to be added, and edits of those that are there. */
  readonly make: (name: string) => GraphChange;
}

export interface GraphChange {
  readonly append: Uint8Array[];
  readonly insert?: readonly Insertion[];
  /** Whole fields of the graph. */
  readonly remove?: readonly ByteRange[];
  readonly inner: MessageEdit[];
}

/**
 * The bytes of the same model with one more output per tap, named by `tapOutputName` and float32 whatever the model computes in,
 * ready for `InferenceSession.create`. `bytes` are those that `model` was read from; they are copied, not changed.
 * `graphFields`: further fields of the main graph, such as `bestTokensFields`; `edits`: further edits of the model, such as
 * `loneConcatEdits`. Default: none.
 */
export function addTapOutputs(
  bytes: Uint8Array,
  model: OnnxModel,
  taps: readonly AttentionTap[],
  graphFields: readonly Uint8Array[] = [],
  edits: readonly MessageEdit[] = [],
): Uint8Array {
  return addOutputs(bytes, model, taps.map(weightsOutput), graphFields, edits);
}

/** The attention weights of a layer as an output. */
export function weightsOutput(tap: AttentionTap): GraphOutput {
  return {
    name: tapOutputName(tap),
    branchNode: tap.branchNode,
    places: tap.tensors.map(tensor => ({ graph: tensor.graph, make: name => exposeTensor(tensor, name) })),
  };
}

/** The bytes of the same model with more outputs; as `addTapOutputs`. */
export function addOutputs(
  bytes: Uint8Array,
  model: OnnxModel,
  outputs: readonly GraphOutput[],
  graphFields: readonly Uint8Array[] = [],
  edits: readonly MessageEdit[] = [],
): Uint8Array {
  const main: GraphChange = { append: [], inner: [] };
  for (const { name, branchNode, places } of outputs)
    if (branchNode === undefined) include(main, places[0].make(name), name);
    else main.append.push(outputField(name));
  for (const node of new Set(outputs.map(({ branchNode }) => branchNode)))
    if (node !== undefined)
      main.inner.push(
        branchEdit(
          node,
          outputs.filter(({ branchNode }) => branchNode === node),
        ),
      );
  main.append.push(...graphFields);
  return applyEdits(bytes, [...graphEdits(model.graph, main), ...edits]);
}

function include(graph: GraphChange, { append, inner }: GraphChange, outputName: string): void {
  graph.append.push(...append, outputField(outputName));
  graph.inner.push(...inner);
}

/** The `If` and its branches get the outputs in the same order: they match by position. */
function branchEdit(node: OnnxNode, outputs: readonly GraphOutput[]): MessageEdit {
  const inner: MessageEdit[] = [];
  for (const { name: branchName, location, graphs } of node.attributes) {
    for (const graph of graphs) {
      const change: GraphChange = { append: [], inner: [] };
      for (const { name, places } of outputs)
        for (const place of places)
          if (place.graph === graph) include(change, place.make(`${name}.${branchName}`), `${name}.${branchName}`);
      inner.push({ location, append: [], inner: graphEdits(graph, change) });
    }
  }
  return { location: node.location, append: outputs.map(({ name }) => stringField(2, name)), inner };
}

/** Gives attention weights out under a new name. */
function exposeTensor(tensor: TappedTensor, name: string): GraphChange {
  const weights = tensor.name ?? `${name}.weights`;
  const inner = tensor.name === undefined ? [attentionEdit(tensor.node, weights)] : [];
  return { append: [castField(weights, name, 'float32')], inner };
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

/** What `editOf` says of the nodes of a graph and of the graphs inside it, as edits of the model. */
export function nodeEdits(graph: OnnxGraph, editOf: (node: OnnxNode) => MessageEdit | undefined): MessageEdit[] {
  const inner = graph.nodes.flatMap(node => {
    const branches = node.attributes.flatMap(({ location, graphs }) => {
      const edits = graphs.flatMap(branch => nodeEdits(branch, editOf));
      return edits.length === 0 ? [] : [{ location, append: [], inner: edits }];
    });
    const own = editOf(node);
    if (own) return [own];
    return branches.length === 0 ? [] : [{ location: node.location, append: [], inner: branches }];
  });
  return inner.length === 0 ? [] : graphEdits(graph, { append: [], inner });
}

/** Edits of a graph that may occur in several parts, which protobuf merges: what is appended to the last is appended to the graph. */
export function graphEdits(
  { locations }: OnnxGraph,
  { append, insert = [], remove = [], inner }: GraphChange,
): MessageEdit[] {
  return locations.map((location, index) => ({
    location,
    append: index === locations.length - 1 ? append : [],
    insert: insert.filter(({ offset }) => offset >= location.start && offset < location.end),
    remove: remove.filter(({ start, end }) => start >= location.start && end <= location.end),
    inner: inner.filter(edit => edit.location.start >= location.start && edit.location.end <= location.end),
  }));
}
