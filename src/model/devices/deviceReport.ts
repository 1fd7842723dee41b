// What is known of the devices of a machine for one model: what became of each, and which one runs. Pure; words no text.

import type { GraphDevice } from '../types';

/** What became of one device. Milliseconds as in `DeviceMeasurement`. */
export type DeviceOutcome =
  /** Computed what the CPU did. */
  | { readonly kind: 'right'; readonly singleMs: number; readonly batchMs: number; readonly firstMs: number }
  /** Took so long for one text that nothing further was tried. */
  | { readonly kind: 'slow'; readonly singleMs: number; readonly firstMs: number }
  /** Computed something else. `how` is one clause. */
  | { readonly kind: 'wrong'; readonly how: string }
  /** Could not load or run the model. */
  | { readonly kind: 'failed'; readonly message: string }
  /** Its process ended by itself. */
  | { readonly kind: 'crashed'; readonly message: string }
  /** Did not answer in time. */
  | { readonly kind: 'timed-out'; readonly limitMs: number }
  /** Libraries that the user must bring are not there: their file names. */
  | { readonly kind: 'libraries-missing'; readonly missing: readonly string[] }
  /** The system lists no graphics processor that it could run on. */
  | { readonly kind: 'no-hardware' }
  /** Was right, and then failed in the middle of work. Not tried again until somebody asks. */
  | { readonly kind: 'failed-at-work'; readonly message: string };

export interface DeviceAttempt {
  readonly device: GraphDevice;
  readonly outcome: DeviceOutcome;
}

/** `known`: every candidate was tried. `unknown`: none was yet, and the CPU answers. `probing`: they are being tried. */
export type ProbeState = 'known' | 'unknown' | 'probing';

export interface DeviceReport {
  readonly state: ProbeState;
  /** Which one `auto` stands for now. */
  readonly device: GraphDevice;
  /** In the order of preference; the CPU last. Empty while unknown. */
  readonly attempts: readonly DeviceAttempt[];
  /** Graphics processors as the system lists them. */
  readonly gpus: readonly string[];
  /** ISO 8601; undefined while unknown. */
  readonly probedAt: string | undefined;
}

/**
 * A GPU must beat the CPU by more than this to be worth its memory and its start; measurements of the same device on a busy
 * machine differ by about as much.
 */
const worthwhile = 0.9;

/** One text that takes so many times the CPU's time cannot be made up for by any batch. */
export const hopelessRatio = 2 * worthwhile;

/** The fastest device that was right; the CPU when no other is faster by enough. One text and a batch count alike. */
export function fastestRight(attempts: readonly DeviceAttempt[]): GraphDevice {
  const cpu = attempts.find(({ device }) => device === 'cpu');
  const ofCpu = cpu?.outcome.kind === 'right' ? cpu.outcome : undefined;
  let best: GraphDevice = 'cpu';
  let bestTime = worthwhile;
  for (const { device, outcome } of attempts) {
    if (device === 'cpu' || outcome.kind !== 'right' || !ofCpu) continue;
    const time = relativeTime(outcome, ofCpu);
    if (time >= bestTime) continue;
    best = device;
    bestTime = time;
  }
  return best;
}

/** Mean of the two shares of the CPU's time, so that the long batch does not drown the short wait. 1: as fast as the CPU. */
export function relativeTime(
  { singleMs, batchMs }: { readonly singleMs: number; readonly batchMs: number },
  cpu: { readonly singleMs: number; readonly batchMs: number },
): number {
  return (singleMs / cpu.singleMs + batchMs / cpu.batchMs) / 2;
}

/** The same report after `device` failed in the middle of work. */
export function withFailure(report: DeviceReport, device: GraphDevice, message: string): DeviceReport {
  const attempts = report.attempts.map(attempt =>
    attempt.device === device ? { device, outcome: { kind: 'failed-at-work', message } as const } : attempt,
  );
  return { ...report, device: 'cpu', attempts };
}
