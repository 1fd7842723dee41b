// Turns a device name into onnxruntime session options, or says why not. Runs in the engine process.

import { availableParallelism } from 'node:os';
import { type InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import { HeadlightError } from '../errors';
import { everyGraph, type OnnxModel } from '../onnx/graphReader';
import type { DeviceName, GraphDevice } from '../types';

/** Who starts the engine decides what `auto` stands for (`src/client/deviceEngine.ts`); where nobody did, it is the CPU. */
export function resolveDevice(device: DeviceName): GraphDevice {
  return device === 'auto' ? 'cpu' : device;
}

const executionProviders: Readonly<Record<GraphDevice, string>> = {
  cpu: 'cpu',
  webgpu: 'webgpu',
  cuda: 'cuda',
  dml: 'dml',
  coreml: 'coreml',
};

/** More threads than this cost more in waiting for each other than they bring, at the sizes of such models. */
const maxThreads = 4;

/**
 * Logic over broadcast masks. onnxruntime 1.30 keeps one WebGPU program for it whatever the shapes: after a run with one decoder
 * token, a run with eight masked groups of four columns at once, and attention saw the future. On the CPU it is right and costs nothing.
 */
const wrongOnWebgpu = ['And', 'Or', 'Xor'];

/** Errors: `device-unavailable` when this installation of onnxruntime has no such provider, or can't run `model` right on it. */
export function sessionOptions(device: GraphDevice, model: OnnxModel): InferenceSession.SessionOptions {
  const provider = executionProviders[device];
  const available = listSupportedBackends().map(backend => backend.name);
  if (!available.includes(provider))
    throw new HeadlightError(
      'device-unavailable',
      `device "${device}" is not in this installation; it has ${available.join(', ')}`,
      { device, found: available },
    );
  return {
    executionProviders: [device === 'webgpu' ? webgpuProvider(model) : provider],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: Math.min(maxThreads, availableParallelism()),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    extra: {
      session: {
        // A thread that spins while it waits starves the editor and, on a busy machine, itself (four times as slow). One that sleeps at
        // once wakes too late for the next operator: 0.87 of the time with 20 microseconds of spinning, for the same time of the CPU.
        intra_op: { allow_spinning: '1', spin_duration_us: '20' },
        force_spinning_stop: '1', // none after a run
        // A GPU has the floats of 8-bit parameters (`gpuForm.ts`): they are widened once, at load, and not in each run.
        ...(device === 'cpu' ? {} : { disable_quant_qdq: '1' }),
      },
    },
  };
}

function webgpuProvider(model: OnnxModel): InferenceSession.ExecutionProviderConfig {
  const nodes = everyGraph(model.graph).flatMap(graph => graph.nodes);
  const names = nodes
    .filter(node => node.domain === '' && wrongOnWebgpu.includes(node.operator))
    .map(node => node.name);
  if (names.length === 0) return 'webgpu'; // an empty option is refused
  if (names.some(name => name === '' || name.includes('\n')))
    throw new HeadlightError(
      'device-unavailable',
      `${model.file}: expected named ${wrongOnWebgpu.join(', ')} nodes, which must be kept off WebGPU by name; found one without`,
      { device: 'webgpu', file: model.file, found: 'a node without a name' },
    );
  return { name: 'webgpu', forceCpuNodeNames: names };
}
