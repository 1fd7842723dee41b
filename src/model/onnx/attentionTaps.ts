// Finds the attention weights in an export that doesn't output them: which tensor holds those of which layer. Goes by the
// structure of the graph, not by the names an exporter gives its nodes.

import { type AttentionKind, attentionKinds } from '../attention/maps';
import { excerpt, HeadlightError } from '../errors';
import { everyGraph, type OnnxGraph, type OnnxModel, type OnnxNode } from './graphReader';
import { GraphView, type MatrixProduct } from './graphView';

/** The attention weights of one layer: tensors inside the graph. */
export interface AttentionTap {
  readonly kind: AttentionKind;
  /** Within its kind, from the input upwards. */
  readonly layerIndex: number;
  /**
   * Where the weights stand: one tensor of the main graph, or, in a merged decoder, one in each branch of its `If`. Each is
   * `[batch, head, row, column]`, or `[batch * head, row, column]` in old exports: the same values in the same order.
   */
  readonly tensors: readonly TappedTensor[];
  /** The `If` whose branches hold the tensors. Undefined: the main graph holds it. */
  readonly branchNode: OnnxNode | undefined;
}

export interface TappedTensor {
  readonly graph: OnnxGraph;
  /** The output of a softmax. Undefined where an `Attention` operator has the weights, but doesn't give them out yet. */
  readonly name: string | undefined;
  /** The softmax or `Attention` operator. */
  readonly node: OnnxNode;
}

/** Names that Optimum and transformers.js give to the cached keys of a layer; `encoder`: keys over the source. */
const cachedKeyName = /^(?:past|present)(?:_key_values)?\.(\d+)\.(encoder|decoder)\.key$/;

/**
 * Where the attention weights of a model file are: `encoder` for an encoder; `decoder`, then `cross`, for a decoder, split or merged,
 * with or without past; each from layer 0 upwards. Throws `attention-unavailable` when they can't be had: fused operators keep
 * them inside, no attention is found, or layers are missing.
 */
export function findAttentionTaps(model: OnnxModel, role: 'encoder' | 'decoder', file: string): AttentionTap[] {
  refuseFused(model, file);
  const view = new GraphView(model.graph);
  const names = model.graph.outputs.map(({ name }) => name);
  const findings = findInGraph(view, role, new Map(names.map(name => [name, name])));
  const taps =
    findings.length > 0
      ? findings.map(({ tensor, ...layer }) => ({ ...layer, tensors: [tensor], branchNode: undefined }))
      : findInBranches(view, role, file);
  taps.sort((a, b) => attentionKinds.indexOf(a.kind) - attentionKinds.indexOf(b.kind) || a.layerIndex - b.layerIndex);
  checkLayers(taps, role, file);
  return taps;
}

/** The name under which onnxruntime gives out a tap of a model that went through `addTapOutputs`, such as `headlight.cross.0`. */
export function tapOutputName({ kind, layerIndex }: Pick<AttentionTap, 'kind' | 'layerIndex'>): string {
  return `headlight.${kind}.${layerIndex}`;
}

interface Finding {
  readonly kind: AttentionKind;
  readonly layerIndex: number;
  readonly tensor: TappedTensor;
}

interface Cache {
  readonly kind: AttentionKind;
  readonly layerIndex: number;
}

function findInGraph(
  view: GraphView,
  role: 'encoder' | 'decoder',
  outputNames: ReadonlyMap<string, string>,
): Finding[] {
  const caches = cachedKeys(view, outputNames);
  const nextLayer: Record<AttentionKind, number> = { encoder: 0, decoder: 0, cross: 0 };
  const findings: Finding[] = [];
  for (const node of view.graph.nodes) {
    const keyInput = keyOf(view, node);
    if (keyInput === undefined) continue;
    const key = view.upstream(keyInput);
    const cache = key.tensors
      .map(carrier => caches.get(carrier) ?? cacheOf(carrier))
      .find(found => found !== undefined);
    const kind = role === 'encoder' ? 'encoder' : (cache?.kind ?? kindOfProjection(view, key.products));
    const name = node.operator === 'Softmax' ? node.outputs[0] : undefined;
    // Nodes are in topological order, and each layer needs the one below it.
    const layerIndex = cache?.layerIndex ?? nextLayer[kind];
    findings.push({ kind, layerIndex, tensor: { graph: view.graph, name, node } });
    nextLayer[kind]++;
  }
  return findings;
}

/**
 * The keys, when `node` computes attention weights: it is the `Attention` operator of opset 23, or a softmax between two products of
 * activations (scores = query x key, output = weights x value).
 */
function keyOf(view: GraphView, { domain, operator, inputs, outputs }: OnnxNode): string | undefined {
  if (domain !== '' || inputs.length === 0 || outputs.length === 0) return undefined;
  // An `Attention` that already gives out its scores or weights is of no known exporter; in which form, nobody can tell.
  if (operator === 'Attention') return outputs.length < 4 ? inputs[1] : undefined;
  if (operator !== 'Softmax' || !view.entersProductOfActivations(outputs[0])) return undefined;
  return view.upstream(inputs[0]).products.find(({ ofActivations }) => ofActivations)?.right;
}

/** Without a cache: keys that are projected from an input of the model, not from the layer below, come from the encoder. */
function kindOfProjection(view: GraphView, products: readonly MatrixProduct[]): AttentionKind {
  const isSource = (name: string) => view.inputs.has(name) && !name.endsWith('inputs_embeds');
  return products.some(({ left }) => view.upstream(left).tensors.some(isSource)) ? 'cross' : 'decoder';
}

/** A merged decoder: one `If` whose branches are the decoders without and with past. Both must have the same attention. */
function findInBranches(view: GraphView, role: 'encoder' | 'decoder', file: string): AttentionTap[] {
  for (const node of view.graph.nodes) {
    if (node.operator !== 'If') continue;
    const [first, second] = node.attributes
      .flatMap(({ graphs }) => graphs)
      .map(graph => findInGraph(new GraphView(graph, view), role, outputNamesOf(graph, node)));
    if (first === undefined || second === undefined || first.length + second.length === 0) continue;
    return first.map(({ kind, layerIndex, tensor }) => {
      const other = second.find(finding => finding.kind === kind && finding.layerIndex === layerIndex);
      if (other === undefined || first.length !== second.length)
        throw unavailable(
          file,
          'both branches of a merged decoder have the same attention',
          `${first.length} and ${second.length} maps`,
        );
      return { kind, layerIndex, tensors: [tensor, other.tensor], branchNode: node };
    });
  }
  return [];
}

/** The outputs of a branch go by position: its names for them need not be those of the `If`. */
function outputNamesOf(branch: OnnxGraph, node: OnnxNode): Map<string, string> {
  return new Map(branch.outputs.map(({ name }, index) => [name, node.outputs[index] ?? name]));
}

/**
 * Every tensor that carries the keys of a layer, from its projection to the cache. Exporters may branch off before the output
 * (one transpose instead of two), so the way from the attention back to the keys need not touch the output itself.
 */
function cachedKeys(view: GraphView, outputNames: ReadonlyMap<string, string>): Map<string, Cache> {
  const caches = new Map<string, Cache>();
  for (const [tensor, name] of outputNames) {
    const cache = cacheOf(name);
    if (cache !== undefined) for (const carrier of view.upstream(tensor).tensors) caches.set(carrier, cache);
  }
  return caches;
}

function cacheOf(name: string): Cache | undefined {
  const match = cachedKeyName.exec(name);
  if (match === null) return undefined;
  return { kind: match[2] === 'encoder' ? 'cross' : 'decoder', layerIndex: Number(match[1]) };
}

/** Operators of onnxruntime that compute attention in one kernel give out no weights. */
function refuseFused(model: OnnxModel, file: string): void {
  const nodes = everyGraph(model.graph).flatMap(graph => graph.nodes);
  const fused = nodes.filter(({ domain, operator }) => domain === 'com.microsoft' && operator.endsWith('Attention'));
  const operators = [...new Set(fused.map(({ domain, operator }) => `${domain}.${operator}`))];
  if (operators.length > 0)
    throw unavailable(file, 'attention is exported as softmaxes, not as fused operators', operators.join(', '));
}

function checkLayers(taps: readonly AttentionTap[], role: 'encoder' | 'decoder', file: string): void {
  const layersOf = (kind: AttentionKind) => taps.filter(tap => tap.kind === kind).map(({ layerIndex }) => layerIndex);
  const counts = (role === 'encoder' ? (['encoder'] as const) : (['decoder', 'cross'] as const)).map(kind => {
    const layers = layersOf(kind);
    if (layers.length === 0) throw unavailable(file, `the graph has ${kind} attention`, 'none');
    if (layers.some((layer, index) => layer !== index))
      throw unavailable(file, `each layer has one ${kind} attention`, `layers ${layers.join(', ')}`);
    return layers.length;
  });
  if (counts.some(count => count !== counts[0]))
    throw unavailable(file, 'each decoder layer has self and cross attention', `${counts.join(' and ')} layers`);
}

function unavailable(file: string, rule: string, found: string): HeadlightError {
  const shown = excerpt(found);
  return new HeadlightError('attention-unavailable', `${file}: ${rule}; found ${shown}`, { file, rule, found: shown });
}
