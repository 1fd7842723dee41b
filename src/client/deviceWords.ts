// What is known of the devices, in the words of a log and a terminal. The editor has its own (src/extension/deviceText.ts). Pure.

import { type DeviceOutcome, type DeviceReport, relativeTime } from '../model/devices/deviceReport';
import { twoDigits } from '../model/devices/twoDigits';

/** Where the libraries that are missing can be had. */
const cudaRequirements = 'https://onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html';

/** One line for each device: whether it runs, and why or why not. */
export function deviceLines(report: DeviceReport): string[] {
  if (report.attempts.length === 0)
    return [
      report.state === 'known'
        ? `${report.device} runs: this platform has no other device`
        : `${report.device} runs: the other devices have not been tried yet`,
    ];
  const cpu = report.attempts.find(({ device }) => device === 'cpu')?.outcome;
  return report.attempts.map(({ device, outcome }) => {
    const reason = outcomeWords(outcome, cpu);
    if (device !== report.device) return `${device} does not run: ${reason}`;
    return `${device} runs: ${worksAlone(report) ? 'no other works here' : 'the fastest that is right'} (${reason})`;
  });
}

function worksAlone({ attempts }: DeviceReport): boolean {
  return attempts.filter(({ outcome }) => outcome.kind === 'right' || outcome.kind === 'slow').length === 1;
}

/** One clause. `cpu`: what became of the CPU, to compare with. */
function outcomeWords(outcome: DeviceOutcome, cpu: DeviceOutcome | undefined): string {
  switch (outcome.kind) {
    case 'right': {
      const times = `${milliseconds(outcome.singleMs)} for one text, ${milliseconds(outcome.batchMs)} for eight`;
      if (cpu?.kind !== 'right' || outcome === cpu) return times;
      return `${times}, ${timesOfCpu(relativeTime(outcome, cpu))}`;
    }
    case 'slow':
      return `${milliseconds(outcome.singleMs)} for one text${cpu?.kind === 'right' ? `, ${timesOfCpu(outcome.singleMs / cpu.singleMs)}` : ''}`;
    case 'wrong':
      return `it computes wrong: ${outcome.how}`;
    case 'failed':
    case 'crashed':
      return outcome.message;
    case 'timed-out':
      return `no answer within ${milliseconds(outcome.limitMs)}`;
    case 'libraries-missing':
      return `missing ${outcome.missing.join(', ')}; to be had as ${cudaRequirements} says`;
    case 'no-hardware':
      return 'the system lists no GPU for it';
    case 'failed-at-work':
      return `it failed in the middle of work (${outcome.message}) and is not tried again until you ask for it`;
  }
}

function milliseconds(value: number): string {
  return value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${twoDigits(value)} ms`;
}

/** `ratio`: of its time to that of the CPU. */
function timesOfCpu(ratio: number): string {
  if (ratio > 1 / 1.05 && ratio < 1.05) return 'about as fast as the CPU';
  return ratio > 1
    ? `${twoDigits(ratio)} times as long as the CPU`
    : `${twoDigits(1 / ratio)} times as fast as the CPU`;
}
