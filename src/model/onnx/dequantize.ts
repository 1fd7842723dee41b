// Turns a model with 8-bit matrix products into one that computes them in float32, by editing its bytes: onnxruntime has no 8-bit
// products for GPUs. Parameters stay 8-bit in the file; onnxruntime widens them once, when it folds constants at load.

import { everyGraph, type OnnxGraph, type OnnxModel, type OnnxNode } from './graphReader';
import { integerAttribute, namedNodeFields, rewrittenNode } from './graphWriter';
import type { ByteRange } from './protobufReader';
import { applyEdits, type MessageEdit, messageField } from './protobufWriter';

export interface Dequantized {
  readonly bytes: Uint8Array;
  /** Products that compute in float32 now. */
  readonly productCount: number;
  /** Activations that are no longer rounded to 8 bits on their way. */
  readonly roundingCount: number;
}

/**
 * The same model without the 8-bit products that `quantize_dynamic` of onnxruntime 1.30 writes, each of which becomes one `MatMul`:
 *
 *     DynamicQuantizeLinear(x) -> MatMulInteger(., parameter) -> Cast -> Mul(., scale of x * scale of the parameter)
 *
 * and without the rounding of activations of static quantisation (`QuantizeLinear` -> `DequantizeLinear`). What has another
 * form stays as it is: it computes the same, on the CPU. `bytes` are those that `model` was read from. The session must be made
 * with `session.disable_quant_qdq`, else onnxruntime keeps the parameters of static quantisation as they are.
 */
export function dequantize(bytes: Uint8Array, model: OnnxModel): Dequantized {
  const changes = scopesOf(model.graph).map(changesOf);
  const edits = graphEdits(model.graph, new Map(changes.map(change => [change.graph, change])));
  return {
    bytes: applyEdits(bytes, edits),
    productCount: changes.reduce((sum, { productCount }) => sum + productCount, 0),
    roundingCount: changes.reduce((sum, { roundingCount }) => sum + roundingCount, 0),
  };
}

/** What is seen from inside one graph. */
interface Scope {
  readonly graph: OnnxGraph;
  readonly outer: Scope | undefined;
  readonly initializers: ReadonlySet<string>;
  readonly producers: ReadonlyMap<string, OnnxNode>;
  /** Nodes of this graph and of those inside it. A branch beside this one may use the same names for other tensors. */
  readonly readers: ReadonlyMap<string, readonly OnnxNode[]>;
}

function scopesOf(graph: OnnxGraph, outer?: Scope): Scope[] {
  const readers = new Map<string, OnnxNode[]>();
  for (const node of everyGraph(graph).flatMap(({ nodes }) => nodes))
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  const scope: Scope = {
    graph,
    outer,
    initializers: new Set(graph.initializers.map(({ name }) => name)),
    producers: new Map(graph.nodes.flatMap(node => node.outputs.map(output => [output, node] as const))),
    readers,
  };
  const inside = graph.nodes.flatMap(node => node.attributes.flatMap(({ graphs }) => graphs));
  return [scope, ...inside.flatMap(branch => scopesOf(branch, scope))];
}

/** The graph that holds a parameter. */
function holderOf(scope: Scope | undefined, name: string): OnnxGraph | undefined {
  if (scope === undefined || scope.initializers.has(name)) return scope?.graph;
  return holderOf(scope.outer, name);
}

function producerOf(scope: Scope | undefined, name: string): OnnxNode | undefined {
  return scope && (scope.producers.get(name) ?? producerOf(scope.outer, name));
}

/** The node that alone reads a tensor, which is no output of the graph. */
function onlyReader({ graph, readers }: Scope, name: string): OnnxNode | undefined {
  const [reader, another] = readers.get(name) ?? [];
  return another === undefined && graph.outputs.every(output => output.name !== name) ? reader : undefined;
}

/** One 8-bit product with all that belongs to it. */
interface Product {
  readonly activation: string;
  readonly parameter: Parameter;
  readonly quantizer: OnnxNode;
  /** Gone when it is a `MatMul`: the integer product, the cast of its sums and the product of both scales. */
  readonly inner: readonly OnnxNode[];
  /** Gives the result. */
  readonly last: OnnxNode;
}

interface Parameter {
  readonly name: string;
  readonly zeroPoint: string;
  readonly scale: string;
  readonly holder: OnnxGraph;
}

function productOf(scope: Scope, node: OnnxNode): Product | undefined {
  if (node.operator !== 'MatMulInteger' || node.domain !== '') return undefined;
  const [left, name, leftZeroPoint = '', zeroPoint = ''] = node.inputs;
  const quantizer = producerOf(scope, left);
  if (quantizer?.operator !== 'DynamicQuantizeLinear' || quantizer.outputs[2] !== leftZeroPoint) return undefined;
  const cast = onlyReader(scope, node.outputs[0]);
  if (cast?.operator !== 'Cast') return undefined;
  const last = onlyReader(scope, cast.outputs[0]);
  if (last?.operator !== 'Mul' || !scope.graph.nodes.includes(last)) return undefined;
  const scales = producerOf(scope, otherInput(last, cast.outputs[0]));
  if (scales?.operator !== 'Mul' || !scales.inputs.includes(quantizer.outputs[1])) return undefined;
  const scale = otherInput(scales, quantizer.outputs[1]);
  const holder = holderOf(scope, name);
  const together = [scale, ...(zeroPoint === '' ? [] : [zeroPoint])].map(input => holderOf(scope, input));
  if (holder === undefined || together.some(other => other !== holder)) return undefined;
  const inner = onlyReader(scope, scales.outputs[0]) === last ? [node, cast, scales] : [node, cast];
  return { activation: quantizer.inputs[0], parameter: { name, zeroPoint, scale, holder }, quantizer, inner, last };
}

function otherInput({ inputs }: OnnxNode, name: string): string {
  return inputs[0] === name ? inputs[1] : inputs[0];
}

/** A `DequantizeLinear` that only undoes a `QuantizeLinear`. */
interface Rounding {
  readonly quantizer: OnnxNode;
  readonly node: OnnxNode;
}

function roundingOf(scope: Scope, node: OnnxNode): Rounding | undefined {
  if (node.operator !== 'DequantizeLinear') return undefined;
  const quantizer = producerOf(scope, node.inputs[0]);
  if (quantizer?.operator !== 'QuantizeLinear') return undefined;
  const sameGrid = [1, 2].every(index => quantizer.inputs[index] === node.inputs[index]);
  return sameGrid ? { quantizer, node } : undefined;
}

interface GraphChange {
  readonly graph: OnnxGraph;
  readonly inner: readonly MessageEdit[];
  readonly remove: readonly ByteRange[];
  readonly parameters: readonly Parameter[];
  readonly productCount: number;
  readonly roundingCount: number;
}

function changesOf(scope: Scope): GraphChange {
  const { graph } = scope;
  const products = graph.nodes.flatMap(node => productOf(scope, node) ?? []);
  const roundings = graph.nodes.flatMap(node => roundingOf(scope, node) ?? []);
  const gone = new Set(products.flatMap(({ inner }) => inner));
  const replaced = new Set([...products.map(({ last }) => last), ...roundings.map(({ node }) => node)]);
  const isRead = (name: string) =>
    graph.outputs.some(output => output.name === name) ||
    (scope.readers.get(name) ?? []).some(reader => !gone.has(reader) && !replaced.has(reader));
  for (const { quantizer } of [...products, ...roundings])
    if (graph.nodes.includes(quantizer) && !quantizer.outputs.some(isRead)) gone.add(quantizer);
  return {
    graph,
    inner: [
      ...products.map(({ activation, parameter, last }) =>
        rewrittenNode(last, 'MatMul', [activation, widenedName(parameter)]),
      ),
      ...roundings.map(({ quantizer, node }) => rewrittenNode(node, 'Identity', [quantizer.inputs[0]])),
    ],
    remove: [...gone].map(({ location }) => ({ start: location.fieldStart, end: location.end })),
    parameters: products.map(({ parameter }) => parameter),
    productCount: products.length,
    roundingCount: roundings.length,
  };
}

/** The edits of a graph and of those inside it. What widens a parameter stands in front in the graph that holds it. */
function graphEdits(graph: OnnxGraph, changes: ReadonlyMap<OnnxGraph, GraphChange>): MessageEdit[] {
  const { inner = [], remove = [] } = changes.get(graph) ?? {};
  const branches = graph.nodes.flatMap(({ location, attributes }) => {
    const edits = attributes.flatMap(attribute => {
      const ofGraphs = attribute.graphs.flatMap(branch => graphEdits(branch, changes));
      return ofGraphs.length === 0 ? [] : [{ location: attribute.location, append: [], inner: ofGraphs }];
    });
    return edits.length === 0 ? [] : [{ location, append: [], inner: edits }];
  });
  const held = [...changes.values()].flatMap(({ parameters }) => parameters).filter(({ holder }) => holder === graph);
  const widened = new Map(held.map(parameter => [widenedName(parameter), widening(parameter)]));
  return graph.locations.map((location, index) => {
    const isWithin = ({ start, end }: ByteRange) => start >= location.start && end <= location.end;
    return {
      location,
      prepend: index === 0 ? [...widened.values()].flat() : [],
      remove: remove.filter(isWithin),
      append: [],
      inner: [...inner, ...branches].filter(edit => isWithin(edit.location)),
    };
  });
}

/** A parameter may be shared by products with other scales, were it ever written by hand: the scale is part of the name. */
function widenedName({ name, scale }: Parameter): string {
  return `headlight.${name}.${scale}`;
}

/** GraphProto.node: (parameter - zero point) * scale, which holds for one scale and for one a column, in every operator set. */
function widening(parameter: Parameter): Uint8Array[] {
  const result = widenedName(parameter);
  const { name, zeroPoint, scale } = parameter;
  const cast = (from: string, to: string) => messageField(1, ...namedNodeFields('Cast', [from], [to], to), toFloat32);
  const plain = (operator: string, inputs: string[], output: string) =>
    messageField(1, ...namedNodeFields(operator, inputs, [output], output));
  const centered = zeroPoint === '' ? `${result}.cast` : `${result}.centered`;
  return [
    cast(name, `${result}.cast`),
    ...(zeroPoint === ''
      ? []
      : [cast(zeroPoint, `${result}.zero`), plain('Sub', [`${result}.cast`, `${result}.zero`], centered)]),
    plain('Mul', [centered, scale], result),
  ];
}

/** NodeProto.attribute `to` of a Cast. */
const toFloat32 = integerAttribute('to', 1);
