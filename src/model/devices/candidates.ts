// Which devices a platform may have at all: those of the onnxruntime-node binaries for it. Pure.

import type { GraphDevice } from '../types';

const candidates: Readonly<Record<string, readonly GraphDevice[]>> = {
  'linux/x64': ['cuda', 'webgpu', 'cpu'],
  'linux/arm64': ['cpu'],
  'win32/x64': ['dml', 'webgpu', 'cpu'],
  'win32/arm64': ['dml', 'webgpu', 'cpu'],
  'darwin/arm64': ['coreml', 'webgpu', 'cpu'],
};

/** In the order of preference, the CPU last. `platform` and `architecture` as Node names them. */
export function deviceCandidates(platform: string, architecture: string): readonly GraphDevice[] {
  return candidates[`${platform}/${architecture}`] ?? ['cpu'];
}
