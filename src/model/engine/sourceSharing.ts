// Steps in which the hypotheses of a source share its keys and values: what they are fed, and a trial that shows whether a graph computes
// the same with it. Runs in the engine process.

import { Tensor } from 'onnxruntime-node';
import type { Architecture } from '../config/architecture';
import { hiddenScore, type SharedSource, sharedSourceNames } from '../onnx/sharedSource';
import { cacheNames } from './graphContract';
import type { Feeds } from './seq2seqModel';
import { gatherRows, int64Tensor, int64Vector } from './tensors';

/** The shapes of a step with equally many hypotheses for each source. */
export function sharedShapes(sourceCount: number, hypothesisCount: number, architecture: Architecture): Feeds {
  const { decoderHeadCount, headDimension } = architecture;
  const { queryShape, contextShape } = sharedSourceNames;
  return {
    [queryShape]: int64Vector([sourceCount, hypothesisCount, decoderHeadCount, headDimension]),
    [contextShape]: int64Vector([sourceCount * hypothesisCount, 1, decoderHeadCount * headDimension]),
  };
}

/** What is added to the scores of each source, from its mask `[source, position]` of ones and zeros. */
export function sourceMask({ data, dims: [sourceCount, length] }: Tensor): Feeds {
  const added = Float32Array.from(data as BigInt64Array, seen => (seen ? 0 : hiddenScore));
  return { [sharedSourceNames.mask]: new Tensor('float32', added, [sourceCount, 1, 1, length]) };
}

/** For a run without past, which reads none of it. */
export function unreadSharing(): Feeds {
  const { queryShape, contextShape, mask } = sharedSourceNames;
  return {
    [queryShape]: int64Vector([1, 1, 1, 1]),
    [contextShape]: int64Vector([1, 1, 1]),
    [mask]: new Tensor('float32', Float32Array.of(0), [1, 1, 1, 1]),
  };
}

/** The sources of rows, each once, where all have the same number of rows, side by side; else undefined. */
export function evenSources(rowSources: readonly number[]): readonly number[] | undefined {
  const sources = [...new Set(rowSources)];
  const count = rowSources.length / sources.length;
  return rowSources.every((source, row) => source === sources[Math.floor(row / count)]) && Number.isInteger(count)
    ? sources
    : undefined;
}

/** Of the largest logit. Shared or not, the sums are the same; 8-bit rounding may fall to the other side. */
const tolerance = 1e-2;

/**
 * Whether a step gives the same for two sources with three hypotheses each, shared, as for six rows with a copy each, on made-up keys and
 * values. The rewriting goes by the form of the attention; what else an export makes of the shape of its inputs, only a run can tell.
 * `logitsOf`: one run of the step.
 */
export async function sharingHolds(
  logitsOf: (feeds: Feeds) => Promise<Float32Array>,
  architecture: Architecture,
  elementType: SharedSource['elementType'],
  isMerged: boolean,
): Promise<boolean> {
  const { decoderHeadCount, decoderLayerCount, headDimension, modelDimension } = architecture;
  const [sourceCount, hypothesisCount, sourceLength, pastLength] = [2, 3, 4, 2];
  const rowCount = sourceCount * hypothesisCount;
  const attentionMask = int64Tensor([
    [1, 1, 1, 1],
    [1, 1, 0, 0],
  ]);
  const perSource: Feeds = { encoder_attention_mask: attentionMask, ...sourceMask(attentionMask) };
  const perRow: Feeds = { input_ids: int64Tensor(Array.from({ length: rowCount }, (_, row) => [row % 2])) };
  const numbers = madeUpNumbers(elementType);
  for (const name of cacheNames(decoderLayerCount, 'encoder'))
    perSource[`past_key_values.${name}`] = numbers([sourceCount, decoderHeadCount, sourceLength, headDimension]);
  for (const name of cacheNames(decoderLayerCount, 'decoder'))
    perRow[`past_key_values.${name}`] = numbers([rowCount, decoderHeadCount, pastLength, headDimension]);
  if (isMerged) {
    perSource.encoder_hidden_states = numbers([sourceCount, sourceLength, modelDimension]);
    perRow.use_cache_branch = new Tensor('bool', [true], [1]);
  }
  const rowSources = Array.from({ length: rowCount }, (_, row) => Math.floor(row / hypothesisCount));
  const copies = Object.entries(perSource).map(([name, tensor]) => [name, gatherRows(tensor, rowSources)]);
  const apart = await logitsOf({
    ...perRow,
    ...Object.fromEntries(copies),
    ...sharedShapes(rowCount, 1, architecture),
  });
  // An export that wants as many rows everywhere fails here.
  const together = await logitsOf({
    ...perRow,
    ...perSource,
    ...sharedShapes(sourceCount, hypothesisCount, architecture),
  }).catch(() => undefined);
  if (together?.length !== apart.length) return false;
  const largest = apart.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
  return together.every((logit, index) => Math.abs(logit - apart[index]) <= tolerance * largest);
}

/** Tensors of values between -2 and 2, the same in every trial. */
function madeUpNumbers(elementType: SharedSource['elementType']): (dims: readonly number[]) => Tensor {
  const choices = elementType === 'float32' ? [-2, -1, -0.5, 0, 0.5, 1, 2] : halfChoices;
  let state = 1;
  return dims => {
    const values = Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, () => {
      state = (state * 48271) % 0x7fffffff; // Park and Miller 1988, with the multiplier of 1993
      return choices[state % choices.length];
    });
    const data = elementType === 'float32' ? Float32Array.from(values) : Uint16Array.from(values);
    return new Tensor(elementType, data as never, dims);
  };
}

/** Bits of the same numbers in float16. */
const halfChoices = [0xc000, 0xbc00, 0xb800, 0, 0x3800, 0x3c00, 0x4000];
