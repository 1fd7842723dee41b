// An engine process for a test, ended after it.

import { EngineProcess, type EngineProcessOptions } from '../../src/client/engineProcess';
import type { RunParams, RunProgress } from '../../src/protocol/engine';
import { defaultModel, enginePath } from './paths';

/** Lines that the client logged; a test that fails prints them. */
export interface TestEngine {
  readonly engine: EngineProcess;
  readonly log: string[];
}

export function startEngine(options: Partial<EngineProcessOptions> = {}): TestEngine {
  const log: string[] = [];
  const engine = new EngineProcess({
    enginePath,
    log: { info: message => log.push(message), warn: message => log.push(message) },
    idleTimeoutMs: () => 0,
    stepLimitMs: 60_000,
    ...options,
  });
  return { engine, log };
}

/** English to Spanish with the shipped model, greedy; override what a test is about. */
export function translation(text: string, overrides: Partial<RunParams> = {}): RunParams {
  return {
    folder: defaultModel,
    device: 'cpu',
    text,
    task: { kind: 'translate', from: 'en', to: 'es' },
    segmentation: 'sentences',
    options: { beamCount: 1 },
    priority: 'interactive',
    ...overrides,
  };
}

/** The text that progress reports add up to. */
export function streamedText(progress: readonly RunProgress[]): string {
  return progress.map(step => (step.kind === 'text' ? step.append : '')).join('');
}

/**
 * What the engine's memory grew by in the calmest of the later fifties of 200 runs, in MB. Heaps and the caches of a driver still grow for
 * a while; what every run leaves behind shows in all of them.
 */
export async function leastGrowthMb(engine: EngineProcess, paramsOf: (index: number) => RunParams): Promise<number> {
  const residentMb: number[] = [];
  for (let index = 0; index < 200; index++) {
    await engine.call('run', paramsOf(index));
    if (index % 50 === 49) residentMb.push((await engine.call('status', undefined)).residentBytes / 2 ** 20);
  }
  return Math.min(...residentMb.slice(1).map((size, index) => size - residentMb[index]));
}
