// What a machine has for running graphs, before anything is tried on it. Runs in the parent of the engine.

import os from 'node:os';
import { deviceCandidates } from '../model/devices/candidates';
import type { DeviceAttempt } from '../model/devices/deviceReport';
import type { GraphDevice } from '../model/types';
import { type CudaPlaces, findCudaLibraries } from './cudaLibraries';
import { type SystemGpus, systemGpus } from './systemGpus';

export interface DeviceSystem extends SystemGpus {
  /** Operating system, its version and the processor. */
  readonly system: string;
  /** Worth a process, the CPU last. */
  readonly candidates: readonly GraphDevice[];
  /** The platform could have these; this machine has not what they need. */
  readonly ruledOut: readonly DeviceAttempt[];
  /** What an engine process needs beside this process's variables. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Never rejects: what cannot be looked up is ruled out, with the reason. */
export async function deviceSystem(places: CudaPlaces): Promise<DeviceSystem> {
  const system = `${process.platform} ${process.arch} ${os.release()}`;
  const listed = await systemGpus();
  const possible = deviceCandidates(process.platform, process.arch);
  if (!possible.includes('cuda')) return { ...listed, system, candidates: possible, ruledOut: [], environment: {} };
  const without = possible.filter(device => device !== 'cuda');
  const rule = (outcome: DeviceAttempt['outcome']): DeviceSystem => ({
    ...listed,
    system,
    candidates: without,
    ruledOut: [{ device: 'cuda', outcome }],
    environment: {},
  });
  if (!listed.gpus.some(mayRunCuda)) return rule({ kind: 'no-hardware' });
  try {
    const { missing, environment } = await findCudaLibraries(places);
    if (missing.length > 0) return rule({ kind: 'libraries-missing', missing });
    return { ...listed, system, candidates: possible, ruledOut: [], environment };
  } catch (error) {
    return rule({ kind: 'failed', message: `its libraries cannot be brought together: ${String(error)}` });
  }
}

/** Inside the Linux of Windows no maker is listed. */
function mayRunCuda(gpu: string): boolean {
  return gpu.startsWith('NVIDIA') || gpu.includes('/dev/dxg');
}
