// Finds what an attention head computes besides its weights: queries, keys, scores, values, and the projection of its output.
// All become outputs of the graph, parameters dequantised by onnxruntime itself, so no format of parameters needs to be read here.

import type { Unavailable } from '../attention/methods';
import type { AttentionTap, TappedTensor } from './attentionTaps';
import { tapOutputName } from './attentionTaps';
import type { GraphChange, GraphOutput } from './graphEditor';
import type { OnnxGraph, OnnxModel, OnnxNode } from './graphReader';
import { GraphView } from './graphView';
import { castField, nodeField } from './graphWriter';

/** Parts of a head that can be given out. `projection`: the parameters that mix the heads, `[head * dimension, model dimension]`. */
export type HeadPart = 'query' | 'key' | 'scores' | 'value' | 'projection';

/** One layer's heads, as outputs; a part that the graph hides says why. */
export interface HeadTap {
  readonly tap: AttentionTap;
  readonly parts: Readonly<Record<HeadPart, GraphOutput | Unavailable>>;
  /** How the graph holds keys: `[head, dimension, column]` or `[head, column, dimension]`. */
  readonly keyIsTransposed: boolean;
  /** Which of the two the graph scales before their product; the product itself may be scaled besides. */
  readonly scaled: { readonly query: boolean; readonly key: boolean };
  /** The factor inside an `Attention` operator; undefined: the graph scales in the open, or not at all. */
  readonly operatorScale: number | undefined;
}

/** The name under which onnxruntime gives out a part, such as `headlight.cross.0.value`. */
export function partOutputName(tap: AttentionTap, part: HeadPart): string {
  return `${tapOutputName(tap)}.${part}`;
}

export function findHeadTaps(model: OnnxModel, taps: readonly AttentionTap[]): HeadTap[] {
  const outer = new GraphView(model.graph);
  const views = new Map<OnnxGraph, GraphView>([[model.graph, outer]]);
  const viewOf = (graph: OnnxGraph) => {
    const view = views.get(graph) ?? new GraphView(graph, outer);
    views.set(graph, view);
    return view;
  };
  return taps.map(tap => headTap(tap, tensor => viewOf(tensor.graph)));
}

/** A tensor, or an expression over parameters, in one graph. */
type Place = { readonly make: (name: string) => GraphChange } | Unavailable;

interface Found extends Pick<HeadTap, 'keyIsTransposed' | 'scaled' | 'operatorScale'> {
  readonly graph: OnnxGraph;
  readonly places: Readonly<Record<HeadPart, Place>>;
}

function headTap(tap: AttentionTap, viewOf: (tensor: TappedTensor) => GraphView): HeadTap {
  const found = tap.tensors.map(tensor => findInGraph(viewOf(tensor), tensor));
  const part = (name: HeadPart): GraphOutput | Unavailable => {
    const places = [];
    for (const { graph, places: all } of found) {
      const place = all[name];
      if (!('make' in place)) return place;
      places.push({ graph, make: place.make });
    }
    return { name: partOutputName(tap, name), branchNode: tap.branchNode, places };
  };
  const [{ keyIsTransposed, scaled, operatorScale }] = found; // the branch without past: the one that a forced pass takes
  return {
    tap,
    parts: {
      query: part('query'),
      key: part('key'),
      scores: part('scores'),
      value: part('value'),
      projection: part('projection'),
    },
    keyIsTransposed,
    scaled,
    operatorScale,
  };
}

function findInGraph(view: GraphView, { graph, node }: TappedTensor): Found {
  return node.operator === 'Attention' ? findInOperator(view, graph, node) : findAroundSoftmax(view, graph, node);
}

function findInOperator(view: GraphView, graph: OnnxGraph, node: OnnxNode): Found {
  const [query, key, value, , pastKey] = node.inputs;
  const past = pastKey
    ? hidden('scores-hidden', 'keys and values enter the operator whole', 'a cache inside it')
    : undefined;
  return {
    graph,
    keyIsTransposed: false,
    scaled: { query: false, key: false },
    operatorScale: node.attributes.find(({ name }) => name === 'scale')?.number,
    places: {
      query: tensorPlace(query),
      key: past ?? tensorPlace(key),
      scores: hidden(
        'scores-hidden',
        'scores are a tensor of the graph',
        'an Attention operator that gives out its weights',
      ),
      value: past ?? tensorPlace(value),
      projection: projectionPlace(view, node.outputs[0]),
    },
  };
}

function findAroundSoftmax(view: GraphView, graph: OnnxGraph, node: OnnxNode): Found {
  const scores = view.upstream(node.inputs[0]).products.find(({ ofActivations }) => ofActivations);
  const output = view.productAfter(node.outputs[0]);
  const scoresHidden = hidden(
    'scores-hidden',
    'scores are a product of queries and keys',
    `${node.operator} ${node.name}`,
  );
  const transposed = scores && attributeOf(producing(view, node.inputs[0]), 'transB') === 1;
  return {
    graph,
    keyIsTransposed: !transposed,
    scaled: { query: isScaled(view, scores?.left), key: isScaled(view, scores?.right) },
    operatorScale: undefined,
    places: {
      query: scores ? tensorPlace(beforeQuantizing(view, scores.left)) : scoresHidden,
      key: scores ? tensorPlace(beforeQuantizing(view, scores.right)) : scoresHidden,
      scores: tensorPlace(node.inputs[0]),
      value: output?.product.ofActivations
        ? tensorPlace(beforeQuantizing(view, output.product.right))
        : hidden('values-hidden', 'weights are multiplied by values', 'no such product'),
      projection: output?.product.ofActivations
        ? projectionPlace(view, output.node.outputs[0])
        : hidden('values-hidden', 'weights are multiplied by values', 'no such product'),
    },
  };
}

/** The product of queries and keys from which the scores come. */
function producing(view: GraphView, scores: string): OnnxNode | undefined {
  for (const tensor of view.upstream(scores).tensors) {
    const node = view.producerOf(tensor);
    if (node?.operator === 'FusedMatMul') return node;
  }
  return undefined;
}

/** What `output`, the heads side by side, is multiplied by, as floats. */
function projectionPlace(view: GraphView, output: string): Place {
  const found = view.productAfter(output);
  if (!found || found.product.ofActivations || !view.isParameter(found.product.right))
    return hidden(
      'values-hidden',
      'an output projection with parameters follows the heads',
      found?.node.operator ?? 'none',
    );
  const { node, product } = found;
  const { operator, inputs } = node;
  switch (operator) {
    case 'MatMul':
    case 'FusedMatMul':
    case 'Gemm': {
      if ((attributeOf(node, 'alpha') ?? 1) !== 1 || (attributeOf(node, 'transA') ?? 0) !== 0) break;
      const transpose = (attributeOf(node, 'transB') ?? 0) !== 0;
      return { make: name => floatParameters(product.right, name, transpose) };
    }
    case 'MatMulInteger': {
      const scales = scalesAfter(view, node);
      return scales ? dequantized(product.right, inputs[3], scales) : unknownScale(operator);
    }
    case 'DynamicQuantizeMatMul':
      return dequantized(product.right, inputs[3], [inputs[2]]);
    case 'MatMulIntegerToFloat':
      return dequantized(product.right, inputs[5], [inputs[3]]);
    case 'QLinearMatMul':
      return dequantized(product.right, inputs[5], [inputs[4]]);
  }
  return hidden(
    'values-hidden',
    'the parameters of the output projection can be read',
    `${node.domain || 'onnx'}.${operator}`,
  );
}

/** Scales of the parameters that the integer product is multiplied by; scales of the activations are left out. */
function scalesAfter(view: GraphView, product: OnnxNode): string[] | undefined {
  const scales: string[] = [];
  let current = product.outputs[0];
  for (;;) {
    const [next, ...others] = view.consumersOf(current);
    if (others.length > 0 || (next?.operator !== 'Cast' && next?.operator !== 'Mul')) break;
    if (next.operator === 'Mul') {
      const factor = next.inputs.find(input => input !== current);
      const factors = factor === undefined ? [] : [factor, ...(view.producerOf(factor)?.inputs ?? [])];
      scales.push(...factors.filter(tensor => view.isParameter(tensor)));
    }
    current = next.outputs[0];
  }
  return scales.length > 0 ? scales : undefined;
}

function unknownScale(operator: string): Unavailable {
  return hidden('values-hidden', 'the scale of quantised parameters is known', `${operator} without one`);
}

/** Parameters as float32. */
function floatParameters(tensor: string, name: string, transpose: boolean): GraphChange {
  const append = transpose
    ? [castField(tensor, `${name}.float`, 'float32'), nodeField('Transpose', [`${name}.float`], [name])]
    : [castField(tensor, name, 'float32')];
  return { append, inner: [] };
}

/** (parameters - zero point) * scales, for a whole matrix or by column, spelt out for operator sets before DequantizeLinear by axis. */
function dequantized(tensor: string, zeroPoint: string | undefined, scales: readonly string[]): Place {
  return {
    make: name => {
      const append = [castField(tensor, `${name}.integer`, 'float32')];
      let current = `${name}.integer`;
      if (zeroPoint) {
        append.push(
          castField(zeroPoint, `${name}.zero`, 'float32'),
          nodeField('Sub', [current, `${name}.zero`], [`${name}.centred`]),
        );
        current = `${name}.centred`;
      }
      scales.forEach((scale, index) => {
        const next = index === scales.length - 1 ? name : `${name}.scaled${index}`;
        append.push(
          castField(scale, `${name}.scale${index}`, 'float32'),
          nodeField('Mul', [current, `${name}.scale${index}`], [next]),
        );
        current = next;
      });
      return { append, inner: [] };
    },
  };
}

function tensorPlace(tensor: string): Place {
  return { make: name => ({ append: [castField(tensor, name, 'float32')], inner: [] }) };
}

/** Where activations are quantised before a product: the floats they are made from. */
function beforeQuantizing(view: GraphView, tensor: string): string {
  const node = view.producerOf(tensor);
  const quantizes = node?.operator === 'DynamicQuantizeLinear' || node?.operator === 'QuantizeLinear';
  return quantizes ? beforeQuantizing(view, node.inputs[0]) : tensor;
}

/** True when `tensor` is multiplied or divided by something on its way from its projection. */
function isScaled(view: GraphView, tensor: string | undefined): boolean {
  if (tensor === undefined) return false;
  return view.upstream(tensor).tensors.some(carrier => {
    const node = view.producerOf(carrier);
    if (node?.operator !== 'Mul' && node?.operator !== 'Div') return false;
    // The scale of a quantised projection is a factor as well; it comes right after the product.
    const quantizing = ['Cast', 'DynamicQuantizeLinear'];
    return !node.inputs.some(input => quantizing.includes(view.producerOf(input)?.operator ?? ''));
  });
}

function attributeOf(node: OnnxNode | undefined, name: string): number | undefined {
  return node?.attributes.find(attribute => attribute.name === name)?.number;
}

function hidden(reason: Unavailable['reason'], rule: string, found: string): Unavailable {
  return { reason, rule, found };
}
