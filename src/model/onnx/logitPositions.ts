// Lets a decoder project only those positions to the vocabulary that somebody asks for: who wants attention alone needs no logits, and
// the projection is half of the work of a pass over a whole target.

import { graphEdits } from './graphEditor';
import type { OnnxGraph, OnnxModel, OnnxNode } from './graphReader';
import { GraphView } from './graphView';
import { integerAttribute, nodeField, rewrittenNode, vectorInputField } from './graphWriter';
import type { MessageEdit } from './protobufWriter';

/** Input, int64 `[count]`: positions of the target whose logits are computed, in that order. Must be fed in every run. */
export const logitPositionsName = 'headlight.logit_positions';

export interface LogitPositions {
  /** Fields of the main graph. */
  readonly fields: readonly Uint8Array[];
  readonly edits: readonly MessageEdit[];
}

/** What keeps the axes of its value as they are; between a projection and its logits. */
const elementwise = new Set(['Add', 'Cast', 'Div', 'DynamicQuantizeLinear', 'Identity', 'Mul', 'Sub']);

/**
 * What gives a decoder the input `logitPositionsName`: hidden states go through a `Gather` before the projection that gives `logits`, in
 * each branch of a merged one. Undefined where the way from the projection to the logits has another form than exporters write:
 * axes are only known where nothing moves them.
 */
export function logitPositions({ graph }: OnnxModel): LogitPositions | undefined {
  const view = new GraphView(graph);
  const maker = view.producerOf('logits');
  const fields = [vectorInputField(logitPositionsName, 'int64', 'logit_position_count')];
  if (maker?.operator !== 'If') {
    const edits = pickingEdits(view, 'logits');
    return edits && { fields, edits };
  }
  const index = maker.outputs.indexOf('logits');
  const inner: MessageEdit[] = [];
  for (const { location, graphs } of maker.attributes) {
    for (const branch of graphs) {
      const edits = pickingEdits(new GraphView(branch, view), branch.outputs[index].name);
      if (edits === undefined) return undefined;
      inner.push({ location, append: [], inner: edits });
    }
  }
  return { fields, edits: graphEdits(graph, { append: [], inner: [{ location: maker.location, append: [], inner }] }) };
}

function pickingEdits(view: GraphView, logits: string): MessageEdit[] | undefined {
  const reader = projectionReader(view, logits);
  if (reader === undefined) return undefined;
  const [hiddenStates, ...others] = reader.inputs;
  const picked = `headlight.${hiddenStates}.picked`;
  const axis = integerAttribute('axis', 1);
  return graphEdits(view.graph, {
    append: [],
    insert: [
      {
        // Nodes in branches must be sorted.
        offset: reader.location.fieldStart,
        field: nodeField('Gather', [hiddenStates, logitPositionsName], [picked], [axis]),
      },
    ],
    inner: [rewrittenNode(reader, reader.operator, [picked, ...others])],
  });
}

/** The node that reads the hidden states `[row, position, value]` for the projection: the product, or what quantizes them for it alone. */
function projectionReader(view: GraphView, logits: string): OnnxNode | undefined {
  const { tensors, products } = view.upstream(logits);
  const [product, another] = products;
  if (product === undefined || another !== undefined || product.ofActivations) return undefined;
  const makers = tensors.flatMap(tensor => view.producerOf(tensor) ?? []);
  const projection = makers.find(({ inputs }) => inputs[0] === product.left && inputs.includes(product.right));
  if (makers.some(maker => maker !== projection && !elementwise.has(maker.operator))) return undefined;
  const quantizer = view.producerOf(product.left);
  const isQuantized = projection?.operator === 'MatMulInteger';
  if (isQuantized && (quantizer?.operator !== 'DynamicQuantizeLinear' || view.consumersOf(product.left).length > 1))
    return undefined;
  const reader = isQuantized ? quantizer : projection;
  return reader && isPlain(reader, view.graph) ? reader : undefined;
}

/** Of a form that `rewrittenNode` writes again. */
function isPlain(node: OnnxNode, { nodes }: OnnxGraph): boolean {
  return node.domain === '' && node.attributes.length === 0 && node.operator !== 'Gemm' && nodes.includes(node);
}
