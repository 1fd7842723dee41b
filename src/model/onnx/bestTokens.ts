// Lets a decoder find the best tokens itself: appends TopK and ReduceLogSumExp to its logits, so that the logits of a whole vocabulary
// need not leave onnxruntime. What a search cannot do with the best tokens alone still fetches the logits.

import type { OnnxModel } from './graphReader';
import {
  castField,
  integerAttribute,
  integersAttribute,
  nodeField,
  outputField,
  vectorInputField,
} from './graphWriter';

/** Names in a decoder that went through `bestTokensFields`. */
export const bestTokensNames = {
  /** Input, int64 `[1]`: how many tokens of each row. Must be fed in every run, whatever is fetched. */
  count: 'headlight.best_count',
  /** float32 `[row, position, rank]`, best first; of equals the lower id. */
  logits: 'headlight.best_logits',
  /** int32 `[row, position, rank]`. */
  tokenIds: 'headlight.best_ids',
  /** float32 `[row, position]`: log of the sum of exponentials over the vocabulary. */
  logSums: 'headlight.log_sums',
} as const;

/** TopK takes its count as an input from here on. */
const leastOpset = 10;
/** ReduceLogSumExp takes its axes as an input from here on. */
const axesInputOpset = 18;

/** Fields for the main graph of a decoder with an output `logits`. Undefined when its operator set is too old. */
export function bestTokensFields({ operatorSets }: OnnxModel): readonly Uint8Array[] | undefined {
  const opset = operatorSets.get('') ?? operatorSets.get('ai.onnx') ?? 0;
  if (opset < leastOpset) return undefined;
  const { count, logits, tokenIds, logSums } = bestTokensNames;
  const exact = 'headlight.logits';
  const wideIds = `${tokenIds}.int64`;
  const axes = 'headlight.vocabulary_axis';
  const keepdims = integerAttribute('keepdims', 0);
  const sums =
    opset < axesInputOpset
      ? [nodeField('ReduceLogSumExp', [exact], [logSums], [integersAttribute('axes', [2]), keepdims])]
      : [
          nodeField('Constant', [], [axes], [integersAttribute('value_ints', [2])]),
          nodeField('ReduceLogSumExp', [exact, axes], [logSums], [keepdims]),
        ];
  return [
    vectorInputField(count, 'int64', 1),
    castField('logits', exact, 'float32'),
    nodeField('TopK', [exact, count], [logits, wideIds], [integerAttribute('axis', 2)]),
    castField(wideIds, tokenIds, 'int32'),
    ...sums,
    ...[logits, tokenIds, logSums].map(outputField),
  ];
}
