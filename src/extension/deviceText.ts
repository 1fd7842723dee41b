// What is known of the devices, in words for a person: the status item's text and the answer of a probe.

import { l10n } from 'vscode';
import { type DeviceAttempt, type DeviceOutcome, type DeviceReport, relativeTime } from '../model/devices/deviceReport';
import { twoDigits } from '../model/devices/twoDigits';
import type { GraphDevice } from '../model/types';

const names: Readonly<Record<GraphDevice, string>> = {
  cpu: 'CPU',
  webgpu: 'WebGPU',
  cuda: 'CUDA',
  dml: 'DirectML',
  coreml: 'Core ML',
};

/** Names are the same in every language. */
export function deviceName(device: GraphDevice): string {
  return names[device];
}

/**
 * Why this device runs and why not the others, in one line. `isBrief`: in few words and without those of onnxruntime, which push the link of a
 * status item out of sight; the log has them. Default: in full.
 */
export function deviceReasons({ state, device, attempts }: DeviceReport, isBrief = false): string {
  if (state === 'probing') return l10n.t('trying the devices of this machine');
  if (state === 'unknown') return l10n.t('other devices are tried when nothing else is to do');
  if (attempts.length === 0) return l10n.t('this platform has no other device');
  const chosen = attempts.find(attempt => attempt.device === device);
  const cpu = attempts.find(attempt => attempt.device === 'cpu')?.outcome;
  const others = attempts.filter(attempt => attempt !== chosen && attempt.device !== 'cpu');
  const parts = others.map(attempt => `${deviceName(attempt.device)}: ${reason(attempt, cpu, isBrief)}`);
  if (device !== 'cpu' && chosen) parts.unshift(reason(chosen, cpu, isBrief));
  return parts.join(' · ');
}

function reason({ outcome }: DeviceAttempt, cpu: DeviceOutcome | undefined, isBrief: boolean): string {
  switch (outcome.kind) {
    case 'right':
      return cpu?.kind === 'right' ? comparison(relativeTime(outcome, cpu)) : l10n.t('works');
    case 'slow':
      return cpu?.kind === 'right' ? comparison(outcome.singleMs / cpu.singleMs) : l10n.t('slow');
    case 'wrong':
      return l10n.t('computes wrong here');
    case 'failed':
      return isBrief ? l10n.t('does not work') : l10n.t('does not work here ({0})', outcome.message);
    case 'crashed':
      return l10n.t('crashed when it was tried');
    case 'timed-out':
      return l10n.t('did not answer for {0} seconds', outcome.limitMs / 1000);
    case 'libraries-missing':
      return l10n.t('{0} missing', outcome.missing.join(', '));
    case 'no-hardware':
      return isBrief ? l10n.t('no GPU') : l10n.t('no GPU for it');
    case 'failed-at-work':
      return l10n.t('failed in the middle of work; not tried again until you ask');
  }
}

/** `ratio`: of its time to that of the CPU. */
function comparison(ratio: number): string {
  if (ratio > 0.95 && ratio < 1.05) return l10n.t('as fast as the CPU');
  return ratio > 1
    ? l10n.t('{0} times slower than the CPU', twoDigits(ratio))
    : l10n.t('{0} times faster than the CPU', twoDigits(1 / ratio));
}
