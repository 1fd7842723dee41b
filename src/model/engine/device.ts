// Turns a device name into onnxruntime session options, or says why not. Runs in the engine process.

import { availableParallelism } from 'node:os';
import { type InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import { HeadlightError } from '../errors';
import type { DeviceName } from '../types';

/** Until devices are probed, `auto` is the CPU. */
export function resolveDevice(device: DeviceName): Exclude<DeviceName, 'auto'> {
  return device === 'auto' ? 'cpu' : device;
}

const executionProviders: Readonly<Record<Exclude<DeviceName, 'auto'>, string>> = {
  cpu: 'cpu',
  webgpu: 'webgpu',
  cuda: 'cuda',
  dml: 'dml',
  coreml: 'coreml',
};

/** More threads than this cost more in waiting for each other than they bring, at the sizes of such models. */
const maxThreads = 4;

/** Errors: `device-unavailable` when this installation of onnxruntime has no such provider. */
export function sessionOptions(device: Exclude<DeviceName, 'auto'>): InferenceSession.SessionOptions {
  const provider = executionProviders[device];
  const available = listSupportedBackends().map(backend => backend.name);
  if (!available.includes(provider))
    throw new HeadlightError(
      'device-unavailable',
      `device "${device}" is not in this installation; it has ${available.join(', ')}`,
      { device, found: available },
    );
  return {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: Math.min(maxThreads, availableParallelism()),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    // Spinning threads starve the editor and, on a busy machine, themselves: 1236 against 221-316 tokens/s under load.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}
