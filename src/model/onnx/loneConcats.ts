// Takes copies out of a decoder: an exporter that traces `DynamicCache.update` of transformers leaves a `Concat` of one input on the keys
// and values of the source, and onnxruntime 1.30 copies them in each step. It takes an `Identity` out by itself.

import { nodeEdits } from './graphEditor';
import type { OnnxModel } from './graphReader';
import { rewrittenNode } from './graphWriter';
import type { MessageEdit } from './protobufWriter';

/** Edits that make every `Concat` of one input an `Identity`, in the branches of an `If` as well. */
export function loneConcatEdits({ graph }: OnnxModel): MessageEdit[] {
  return nodeEdits(graph, node =>
    node.operator === 'Concat' && node.domain === '' && node.inputs.length === 1
      ? rewrittenNode(node, 'Identity', node.inputs)
      : undefined,
  );
}
