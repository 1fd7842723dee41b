// Which precision of a model a device runs best. Runs in the engine process.

import { InferenceSession, Tensor } from 'onnxruntime-node';
import { readOnnxModel } from '../onnx/graphReader';
import { castField, inputField, modelOf, nodeField, outputField } from '../onnx/graphWriter';
import type { GraphDevice } from '../types';
import { sessionOptions } from './device';
import type { Precision } from './graphFileNames';

/** int8 is the fastest on a CPU, and fp16, which it widens all the time, the slowest. */
export const cpuPrecisions: readonly Precision[] = ['_quantized', '_int8', '', '_fp16'];
/** What moves the fewest bytes comes first; int8 is widened to fp32 at load. */
const halfPrecisions: readonly Precision[] = ['_fp16', '', '_quantized', '_int8'];
const singlePrecisions: readonly Precision[] = ['', '_quantized', '_int8', '_fp16'];

const known = new Map<GraphDevice, Promise<readonly Precision[]>>();

/** In the order of preference, found out once for each device by computing in fp16. */
export function precisionsFor(device: GraphDevice): Promise<readonly Precision[]> {
  if (device === 'cpu') return Promise.resolve(cpuPrecisions);
  let precisions = known.get(device);
  if (!precisions) {
    precisions = computesHalf(device).then(right => (right ? halfPrecisions : singlePrecisions));
    known.set(device, precisions);
  }
  return precisions;
}

/** A product in fp16 with a known result. Some drivers have no fp16, and some of those say so by a wrong number. */
async function computesHalf(device: GraphDevice): Promise<boolean> {
  const bytes = modelOf(
    [
      castField('x', 'half', 'float16'),
      nodeField('MatMul', ['half', 'half'], ['product']),
      castField('product', 'y', 'float32'),
      inputField('x', 'float32', [2, 2]),
      outputField('y'),
    ],
    17,
  );
  try {
    const options = sessionOptions(device, readOnnxModel(bytes, 'fp16 probe'));
    // Level 4: onnxruntime calls it an error when a device has no fp16; here it is an answer.
    const session = await InferenceSession.create(bytes, { ...options, logSeverityLevel: 4 });
    try {
      const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 2, 3, 4), [2, 2]) });
      return [7, 10, 15, 22].every((expected, index) => y.data[index] === expected);
    } finally {
      await session.release();
    }
  } catch {
    return false; // a device that has more faults than this one shows them when the model is loaded
  }
}
