// Tries the devices of a machine with one model, each in an engine process of its own, and says what became of each.
// Runs in the extension host and in the terminal program; knows nothing of either.

import { type DeviceAttempt, type DeviceOutcome, fastestRight, hopelessRatio } from '../model/devices/deviceReport';
import {
  type DeviceMeasurement,
  disagreement,
  toleranceFor,
  type WholeMeasurement,
} from '../model/devices/measurement';
import { HeadlightError, throwIfAborted, toHeadlightError } from '../model/errors';
import type { GraphDevice, ModelDescription } from '../model/types';
import type { MeasureDeviceParams } from '../protocol/engine';
import { type EngineLog, EngineProcess } from './engineProcess';
import { plainReason } from './plainReason';

export interface DeviceProbeOptions {
  /** Absolute path of the bundled engine. */
  readonly enginePath: string;
  /** What the engine process needs beside this process's own variables. */
  readonly environment: NodeJS.ProcessEnv;
  readonly log: EngineLog;
  /** For one candidate, its loading and compiling included. */
  readonly limitMs: number;
}

/** The candidates that are worth a process, and what is known without one of the others. */
export interface ProbeCandidates {
  readonly tried: readonly GraphDevice[];
  readonly ruledOut: readonly DeviceAttempt[];
}

/**
 * Every attempt, in the order of preference, and the device to use. A candidate that crashes, hangs or computes wrong is an
 * answer, never an error. Errors: those of the model on the CPU, without which there is nothing to compare with; `cancelled`.
 */
export async function probeDevices(
  model: ModelDescription,
  { tried, ruledOut }: ProbeCandidates,
  options: DeviceProbeOptions,
  signal?: AbortSignal,
): Promise<{ readonly device: GraphDevice; readonly attempts: readonly DeviceAttempt[] }> {
  const { folder } = model;
  const reference = await measureAlone({ folder, device: 'cpu' }, options, signal);
  if (reference.kind === 'slow') throw new HeadlightError('internal', 'the reference was given up without a limit');
  const attempts: DeviceAttempt[] = [...ruledOut];
  for (const device of tried) {
    throwIfAborted(signal);
    const outcome =
      device === 'cpu' ? rightWith(reference) : await tryDevice(model, device, reference, options, signal);
    attempts.push({ device, outcome });
  }
  return { device: fastestRight(attempts), attempts };
}

async function tryDevice(
  { folder, files }: ModelDescription,
  device: GraphDevice,
  reference: WholeMeasurement,
  options: DeviceProbeOptions,
  signal: AbortSignal | undefined,
): Promise<DeviceOutcome> {
  try {
    const referenceTargets = reference.targets;
    const giveUpAboveMs = hopelessRatio * reference.singleMs;
    const measured = await measureAlone({ folder, device, referenceTargets, giveUpAboveMs }, options, signal);
    if (measured.kind === 'slow') return measured;
    const how = disagreement(reference, measured, toleranceFor(files));
    return how === undefined ? rightWith(measured) : { kind: 'wrong', how };
  } catch (thrown) {
    throwIfAborted(signal);
    return outcomeOf(toHeadlightError(thrown), options.limitMs);
  }
}

function rightWith({ singleMs, batchMs, firstMs }: WholeMeasurement): DeviceOutcome {
  return { kind: 'right', singleMs, batchMs, firstMs };
}

function outcomeOf({ code, message }: HeadlightError, limitMs: number): DeviceOutcome {
  if (code === 'engine-timeout') return { kind: 'timed-out', limitMs };
  return { kind: code === 'engine-crashed' ? 'crashed' : 'failed', message: plainReason(message) };
}

/** Errors: those of the engine; `engine-timeout` when the process did not answer, or not enough, within the limit. */
async function measureAlone(
  params: MeasureDeviceParams,
  { enginePath, environment, log, limitMs }: DeviceProbeOptions,
  signal: AbortSignal | undefined,
): Promise<DeviceMeasurement> {
  const process = new EngineProcess({
    enginePath,
    environment: () => environment,
    log: quiet(log, params.device),
    idleTimeoutMs: () => 0,
    stepLimitMs: limitMs,
  });
  // Steps that are each short enough may still be too many.
  const timer = setTimeout(() => {
    process.stop(new HeadlightError('engine-timeout', `the probe took longer than ${limitMs} ms`, { limitMs }));
  }, limitMs);
  try {
    return await process.call('measureDevice', params, { signal });
  } finally {
    clearTimeout(timer);
    process.dispose();
  }
}

/** That processes come and go is no news in a probe, and what a driver prints is told as the outcome. */
function quiet(log: EngineLog, device: string): EngineLog {
  return { info: () => {}, warn: message => log.info(`probe of ${device}: ${message}`) };
}
