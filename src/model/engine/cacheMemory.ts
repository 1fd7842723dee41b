// Cached keys and values between steps: on WebGPU they stay in its memory, where rows are picked by a graph of their own.
// Runs in the engine process.

import { InferenceSession, Tensor } from 'onnxruntime-node';
import { HeadlightError } from '../errors';
import { type OnnxGraph, readOnnxModel } from '../onnx/graphReader';
import { inputField, modelOf, nodeField, outputField } from '../onnx/graphWriter';
import type { GraphDevice } from '../types';
import { sessionOptions } from './device';
import type { Feeds } from './seq2seqModel';
import { gatherRows, moveRows, readableByRuntime, rowMoves } from './tensors';

/**
 * The outputs of a decoder with past that stay on WebGPU: the keys and values of its own past. All that is read must come to the CPU.
 * onnxruntime-node 1.30 takes the location of the first output for the first one that is fetched, and so on, and binds what a
 * session ever fetched: such a session must fetch all its outputs in every run. It keeps tensors on WebGPU alone, not on CUDA.
 */
export function keptOutputs({ outputs }: OnnxGraph): Record<string, 'gpu-buffer'> {
  const kept = outputs.filter(({ name }) => /^present\.\d+\.decoder\./.test(name));
  return Object.fromEntries(kept.map(({ name }) => [name, 'gpu-buffer' as const]));
}

/** Puts cached keys and values where the device wants them, and picks their rows there. Who has a tensor frees it: `freeTensors`. */
export class CacheMemory {
  /** Of one number and type of tensors, which is all that a model has. */
  private gatherer: Promise<InferenceSession> | undefined;

  constructor(private readonly device: GraphDevice) {}

  /** The same values on the device, for as many steps as they are wanted; on all but WebGPU the tensors themselves. Errors: `device-failed`. */
  async toDevice(tensors: Feeds): Promise<Feeds> {
    if (this.device !== 'webgpu') return tensors;
    const entries = Object.entries(tensors);
    const [rowCount] = entries[0][1].dims;
    return this.gatherOnDevice(
      entries,
      Array.from({ length: rowCount }, (_, row) => row),
    );
  }

  /**
   * Tensors of the rows `rows` of axis 0, in that order. Takes the given ones over: on the CPU their memory is used again where there is
   * enough, on a device they are freed. Errors: `device-failed`; what was given is still whole then.
   */
  async pickRows(tensors: Feeds, rows: readonly number[]): Promise<Feeds> {
    const entries = Object.entries(tensors);
    const onDevice = entries.filter(([, tensor]) => isOnDevice(tensor));
    const picked = onDevice.length > 0 ? await this.gatherOnDevice(onDevice, rows) : {};
    freeTensors(tensors);
    const moves = rowMoves(rows);
    for (const [name, tensor] of entries)
      if (!(name in picked))
        picked[name] = rows.length > tensor.dims[0] ? gatherRows(tensor, rows) : moveRows(tensor, moves, rows.length);
    return picked;
  }

  /** Every tensor must have been freed before: onnxruntime-node 1.30 crashes when a session goes before its tensors. */
  async release(): Promise<void> {
    const gatherer = await this.gatherer?.catch(() => undefined);
    this.gatherer = undefined;
    await gatherer?.release();
  }

  private async gatherOnDevice(tensors: readonly [string, Tensor][], rows: readonly number[]): Promise<Feeds> {
    try {
      this.gatherer ??= createGatherer(this.device, tensors.length, tensors[0][1]);
      const feeds: Feeds = { rows: new Tensor('int64', BigInt64Array.from(rows, BigInt), [rows.length]) };
      for (const [index, [, tensor]] of tensors.entries()) feeds[inputName(index)] = readableByRuntime(tensor);
      const outputs = (await (await this.gatherer).run(feeds)) as Feeds;
      return Object.fromEntries(tensors.map(([name], index) => [name, outputs[outputName(index)]]));
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      throw new HeadlightError(
        'device-failed',
        `rows of the cache could not be picked on ${this.device}: ${found}`,
        { device: this.device, found },
        error,
      );
    }
  }
}

/** Gives the memory of a device back; tensors of the CPU are left to the garbage collector. */
export function freeTensors(tensors: Feeds): void {
  for (const tensor of Object.values(tensors)) if (isOnDevice(tensor)) tensor.dispose();
}

function isOnDevice(tensor: Tensor): boolean {
  return tensor.location === 'gpu-buffer';
}

const inputName = (index: number) => `tensor.${index}`;
const outputName = (index: number) => `gathered.${index}`;

/** One `Gather` for each of `count` tensors like `example`, `[row, head, position, value]`. */
function createGatherer(device: GraphDevice, count: number, example: Tensor): Promise<InferenceSession> {
  const [, headCount, , headSize] = example.dims;
  const type = example.type === 'float16' ? 'float16' : 'float32';
  const indices = Array.from({ length: count }, (_, index) => index);
  const bytes = modelOf(
    [
      inputField('rows', 'int64', ['row_count']),
      ...indices.flatMap(index => [
        nodeField('Gather', [inputName(index), 'rows'], [outputName(index)]),
        inputField(inputName(index), type, ['old_row_count', headCount, 'position_count', headSize]),
        outputField(outputName(index)),
      ]),
    ],
    17,
  );
  const locations = Object.fromEntries(indices.map(index => [outputName(index), 'gpu-buffer' as const]));
  const options = sessionOptions(device, readOnnxModel(bytes, 'picking rows'));
  return InferenceSession.create(bytes, { ...options, preferredOutputLocation: locations });
}
