// Lets the hypotheses of a source share its keys and values in a step of beam search, where exports want a copy for every row of the batch.
// The one query of each row is split into heads as `[source, head, hypothesis, value]` instead of `[row, head, 1, value]`, which is the
// same numbers in the same order of rows: only the shapes of two Reshapes change, and no operator is added. The mask of the source enters
// as it is added to the scores, so what the export computes it from in every step falls away.

import { graphEdits } from './graphEditor';
import { everyGraph, type OnnxGraph, type OnnxModel, type OnnxNode } from './graphReader';
import { GraphView } from './graphView';
import { castField, inputField, rewrittenNode, vectorInputField } from './graphWriter';
import type { Insertion, MessageEdit } from './protobufWriter';

/** Inputs of a decoder that went through `sharedSource`. Must be fed in every run; a run without past reads none of them. */
export const sharedSourceNames = {
  /** int64 `[4]`: sources, hypotheses of each, heads, dimension of a head. The cached keys and values have one row for each source. */
  queryShape: 'headlight.query_shape',
  /** int64 `[3]`: rows (sources x hypotheses), 1, heads x dimension of a head. */
  contextShape: 'headlight.context_shape',
  /** float32 `[source, 1, 1, position]`: 0 for tokens of the source, `hiddenScore` for padding. */
  mask: 'headlight.source_mask',
} as const;

/** The lowest float16, and low enough for float32: no score brings it back above nothing. */
export const hiddenScore = -65504;

export interface SharedSource {
  /** Fields of the main graph. */
  readonly fields: readonly Uint8Array[];
  readonly edits: readonly MessageEdit[];
  /** Of keys and values. */
  readonly elementType: 'float32' | 'float16';
}

/** The cross attention of one layer in a step. */
interface CrossAttention {
  /** The Reshape that splits the query into heads. */
  readonly split: OnnxNode;
  /** The Add of the mask to the scores. */
  readonly masked: OnnxNode;
  readonly mask: string;
  /** The Reshape that joins the heads again. */
  readonly joined: OnnxNode;
}

/** The cached keys of the source, one input for each layer. */
const sourceKeyName = /^past_key_values\.\d+\.encoder\.key$/;

/**
 * What gives the steps of a decoder with past the inputs `sharedSourceNames`, in the branch of a merged one that reads the past.
 * Undefined where the cross attention of some layer has another form than exporters write: products in three dimensions, fused operators,
 * a position bias (T5) and masks that come from more than the mask of the source.
 */
export function sharedSource({ graph }: OnnxModel): SharedSource | undefined {
  const keys = graph.inputs.filter(({ name }) => sourceKeyName.test(name));
  const outer = new GraphView(graph);
  const reading = everyGraph(graph).filter(({ nodes }) => nodes.some(({ inputs }) => inputs.includes(keys[0]?.name)));
  if (reading.length !== 1) return undefined;
  const [step] = reading;
  const view = step === graph ? outer : new GraphView(step, outer);
  const layers = crossAttentions(view);
  if (layers?.length !== keys.length) return undefined;
  const [{ elementType }] = keys;
  if (elementType !== 'float32' && elementType !== 'float16') return undefined;
  const edits = sharingEdits(view, layers, elementType);
  const { queryShape, contextShape, mask } = sharedSourceNames;
  return {
    fields: [
      vectorInputField(queryShape, 'int64', 4),
      vectorInputField(contextShape, 'int64', 3),
      inputField(mask, 'float32', ['headlight_source_count', 1, 1, 'headlight_source_length']),
    ],
    edits: step === graph ? edits : branchEdits(graph, step, edits),
    elementType,
  };
}

/** Undefined when one that reads the cached keys of the source has another form. */
function crossAttentions(view: GraphView): CrossAttention[] | undefined {
  const found: CrossAttention[] = [];
  for (const softmax of view.graph.nodes) {
    if (softmax.operator !== 'Softmax' || softmax.domain !== '') continue;
    const readsSource = view
      .upstream(softmax.inputs[0])
      .products.some(({ right }) => view.upstream(right).tensors.some(name => sourceKeyName.test(name)));
    if (!readsSource) continue;
    const attention = crossAttention(view, softmax);
    if (attention === undefined) return undefined;
    found.push(attention);
  }
  return found;
}

function crossAttention(view: GraphView, softmax: OnnxNode): CrossAttention | undefined {
  const scores = above(view, softmax.inputs[0], node => scoreInput(view, node));
  const [masked, anotherMasked] = scores.passed.filter(node => maskOf(view, node) !== undefined);
  const product = scores.end;
  const context = belowWeights(view, softmax.outputs[0]);
  if (masked === undefined || anotherMasked !== undefined || !isProduct(product) || context === undefined)
    return undefined;
  const heads = above(view, product.inputs[0], node => scaledInput(view, node)).end;
  const split = isHeadSwap(heads) ? view.producerOf(heads.inputs[0]) : undefined;
  const swap = onlyReader(view, context.outputs[0]);
  const joined = isHeadSwap(swap) ? onlyReader(view, swap.outputs[0]) : undefined;
  if (split?.operator !== 'Reshape' || joined?.operator !== 'Reshape') return undefined;
  const values = above(view, context.inputs[1], untouched).end;
  const keys = above(view, product.inputs[1], node =>
    node.operator === 'Transpose' ? node.inputs[0] : scaledInput(view, node),
  );
  return values === undefined && keys.end === undefined
    ? { split, masked, mask: maskOf(view, masked)!, joined }
    : undefined;
}

/** Up from a tensor through nodes for which `next` names the input to go on with. `end`: the producer of another kind; undefined: an input. */
function above(
  view: GraphView,
  tensor: string,
  next: (node: OnnxNode) => string | undefined,
): { readonly passed: readonly OnnxNode[]; readonly end: OnnxNode | undefined } {
  const passed: OnnxNode[] = [];
  let node = view.producerOf(tensor);
  for (; node !== undefined; node = view.producerOf(next(node)!)) {
    if (next(node) === undefined) return { passed, end: node };
    passed.push(node);
  }
  return { passed, end: undefined };
}

/** From the scores of a product on they are scaled and masked. */
function scoreInput(view: GraphView, node: OnnxNode): string | undefined {
  const mask = maskOf(view, node);
  return mask === undefined ? scaledInput(view, node) : node.inputs.find(input => input !== mask);
}

/** What an Add adds to scores, when it comes from the mask of the source. */
function maskOf(view: GraphView, { operator, inputs }: OnnxNode): string | undefined {
  return operator === 'Add' ? inputs.find(input => originOf(view, input) === 'mask') : undefined;
}

/** The values of a node that scales them by something that no input has a part in. */
function scaledInput(view: GraphView, node: OnnxNode): string | undefined {
  if (node.operator !== 'Mul' && node.operator !== 'Div') return untouched(node);
  const [values, another] = node.inputs.filter(input => originOf(view, input) !== 'shapes');
  return another === undefined && (node.operator === 'Mul' || values === node.inputs[0]) ? values : undefined;
}

function untouched({ operator, inputs }: OnnxNode): string | undefined {
  const isCopy = operator === 'Identity' || operator === 'Cast' || (operator === 'Concat' && inputs.length === 1);
  return isCopy ? inputs[0] : undefined;
}

/** What the values of a tensor come from: constants and shapes alone, the mask of the source besides, or other inputs of the model. */
function originOf(view: GraphView, tensor: string): 'shapes' | 'mask' | 'values' {
  let origin: 'shapes' | 'mask' = 'shapes';
  const tensors = new Set([tensor]);
  for (const current of tensors) {
    const node = view.producerOf(current);
    if (current === 'encoder_attention_mask') origin = 'mask';
    else if (node === undefined && view.inputs.has(current)) return 'values';
    if (node !== undefined && node.operator !== 'Shape') for (const input of node.inputs) tensors.add(input);
  }
  return origin;
}

/** The product of attention weights and values; between the two there may be a rule for rows that see nothing. */
function belowWeights(view: GraphView, weights: string): OnnxNode | undefined {
  const [first, second, third] = view.consumersOf(weights);
  if (third !== undefined) return undefined;
  const isEmpty = [first, second].find(node => node?.operator === 'IsNaN');
  const instead = [first, second].find(node => node?.operator === 'Where');
  if (isEmpty && instead && instead.inputs[0] === isEmpty.outputs[0] && instead.inputs[2] === weights)
    return belowWeights(view, instead.outputs[0]);
  if (second !== undefined || first === undefined) return undefined;
  if (isProduct(first) && first.inputs[0] === weights) return first;
  return untouched(first) === undefined ? undefined : belowWeights(view, first.outputs[0]);
}

function isProduct(node: OnnxNode | undefined): node is OnnxNode {
  return node?.operator === 'MatMul' && node.domain === '';
}

/** `[row, position, head, value]` to `[row, head, position, value]`, or back. */
function isHeadSwap(node: OnnxNode | undefined): node is OnnxNode {
  const order = node?.attributes.find(({ name }) => name === 'perm')?.integers;
  return node?.operator === 'Transpose' && order?.join() === '0,2,1,3';
}

function onlyReader(view: GraphView, tensor: string): OnnxNode | undefined {
  const [reader, another] = view.consumersOf(tensor);
  return another === undefined ? reader : undefined;
}

function sharingEdits(
  view: GraphView,
  layers: readonly CrossAttention[],
  elementType: SharedSource['elementType'],
): MessageEdit[] {
  const { queryShape, contextShape, mask } = sharedSourceNames;
  const added = elementType === 'float32' ? mask : `${mask}.${elementType}`;
  const rewired = new Map<OnnxNode, readonly string[]>();
  for (const layer of layers) {
    rewired.set(layer.split, [layer.split.inputs[0], queryShape]);
    rewired.set(
      layer.masked,
      layer.masked.inputs.map(input => (input === layer.mask ? added : input)),
    );
    rewired.set(layer.joined, [layer.joined.inputs[0], contextShape]);
  }
  const { graph } = view;
  const insert: Insertion[] = [];
  // Nodes in branches must be sorted.
  if (added !== mask)
    insert.push({ offset: graph.nodes[0].location.fieldStart, field: castField(mask, added, elementType) });
  return graphEdits(graph, {
    append: [],
    insert,
    remove: unreadNodes(graph, rewired).map(({ location }) => ({ start: location.fieldStart, end: location.end })),
    inner: [...rewired].map(([node, inputs]) => rewrittenNode(node, node.operator, inputs)),
  });
}

/** Nodes whose outputs nothing reads when some nodes have other inputs: onnxruntime 1.30 would run them all the same. */
function unreadNodes(graph: OnnxGraph, rewired: ReadonlyMap<OnnxNode, readonly string[]>): readonly OnnxNode[] {
  const readers = new Map<string, number>();
  const count = (name: string, change: number) => readers.set(name, (readers.get(name) ?? 0) + change);
  const inputsOf = (node: OnnxNode) => [
    ...(rewired.get(node) ?? node.inputs),
    ...node.attributes.flatMap(({ graphs }) => graphs).flatMap(namesRead),
  ];
  for (const { name } of graph.outputs) count(name, 1);
  for (const node of graph.nodes) for (const name of inputsOf(node)) count(name, 1);
  // Nodes are sorted: from the last one on, each has lost its readers when its turn comes.
  return graph.nodes.toReversed().filter(node => {
    if (node.outputs.some(name => readers.get(name))) return false;
    for (const name of inputsOf(node)) count(name, -1);
    return true;
  });
}

function namesRead(graph: OnnxGraph): string[] {
  return everyGraph(graph).flatMap(({ nodes, outputs }) => [
    ...nodes.flatMap(({ inputs }) => inputs),
    ...outputs.map(({ name }) => name),
  ]);
}

/** Edits of a branch of an `If`, as edits of the model. */
function branchEdits(graph: OnnxGraph, branch: OnnxGraph, edits: MessageEdit[]): MessageEdit[] {
  const inner = graph.nodes.flatMap(node =>
    node.attributes
      .filter(({ graphs }) => graphs.includes(branch))
      .map(({ location }) => ({
        location: node.location,
        append: [],
        inner: [{ location, append: [], inner: edits }],
      })),
  );
  return graphEdits(graph, { append: [], inner });
}
