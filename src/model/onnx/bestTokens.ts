// Lets a decoder find the best tokens itself: appends TopK and LogSoftmax to its logits, so that the logits of a whole vocabulary
// need not leave onnxruntime. What a search cannot do with the best tokens alone still fetches the logits.
//
// ReduceLogSumExp would give the sums directly, but takes 0.21 ms for 58,000 values in onnxruntime 1.30 on one thread, ten times as long
// as LogSoftmax (0.02 ms); TopK takes 0.02 ms.

import type { OnnxModel } from './graphReader';
import { castField, integerAttribute, nodeField, outputField, vectorInputField } from './graphWriter';

/** Names in a decoder that went through `bestTokensFields`. */
export const bestTokensNames = {
  /** Input, int64 `[1]`: how many tokens of each row. Must be fed in every run, whatever is fetched. */
  count: 'headlight.best_count',
  /** float32 `[row, position, rank]`, best first; of equals the lower id. */
  logits: 'headlight.best_logits',
  /** int32 `[row, position, rank]`. */
  tokenIds: 'headlight.best_ids',
  /** float32 `[row, position, rank]`: over the whole vocabulary. */
  logProbabilities: 'headlight.best_log_probabilities',
} as const;

/** GatherElements is there from here on. */
const leastOpset = 11;

/** Fields for the main graph of a decoder with an output `logits`. Undefined when its operator set is too old. */
export function bestTokensFields({ operatorSets }: OnnxModel): readonly Uint8Array[] | undefined {
  const opset = operatorSets.get('') ?? operatorSets.get('ai.onnx') ?? 0;
  if (opset < leastOpset) return undefined;
  const { count, logits, tokenIds, logProbabilities } = bestTokensNames;
  const exact = 'headlight.logits';
  const normalized = 'headlight.log_probabilities';
  const wideIds = `${tokenIds}.int64`;
  const axis = integerAttribute('axis', 2);
  return [
    vectorInputField(count, 'int64', 1),
    castField('logits', exact, 'float32'),
    nodeField('TopK', [exact, count], [logits, wideIds], [axis]),
    castField(wideIds, tokenIds, 'int32'),
    nodeField('LogSoftmax', [exact], [normalized], [axis]),
    nodeField('GatherElements', [normalized, wideIds], [logProbabilities], [axis]),
    ...[logits, tokenIds, logProbabilities].map(outputField),
  ];
}
