// The process that reads the inputs: it may hang, run out of memory or crash; `fuzzRun.ts` watches it.
// Its argument is the job as JSON. Before each input it writes the input's number to the progress file, at once and in place.

import { openSync, writeSync } from 'node:fs';
import { makeInput } from './makeInput';
import { readInput } from './readInput';

export interface FuzzJob {
  readonly seed: number;
  /** Numbers of the inputs: `[from, to)`. */
  readonly from: number;
  readonly to: number;
  readonly subjectNames: readonly string[];
  readonly progressFile: string;
  /** Of the processor, for one input. */
  readonly timeLimitMs: number;
  /** Resident, for the process at its largest. */
  readonly memoryLimitBytes: number;
}

/** One line on standard output for each failure, and one for every so many inputs. */
export type FuzzReport =
  | { readonly kind: 'problem'; readonly index: number; readonly problem: string }
  /** The process is too large to go on: this input or those before it. */
  | { readonly kind: 'grown'; readonly index: number; readonly sizeBytes: number }
  /** Since the line of this kind before. */
  | { readonly kind: 'outcomes'; readonly outcomes: Readonly<Record<string, number>> };

async function run(job: FuzzJob): Promise<void> {
  const progress = openSync(job.progressFile, 'w');
  const place = Buffer.alloc(8);
  let outcomes: Record<string, number> = {};
  for (let index = job.from; index < job.to; index++) {
    place.writeDoubleLE(index);
    writeSync(progress, place, 0, 8, 0);
    const input = makeInput(job.seed, index, job.subjectNames);
    const start = process.cpuUsage();
    let problem: string | undefined;
    let outcome = 'problem';
    try {
      outcome = await readInput(input);
    } catch (error) {
      problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    const { user, system } = process.cpuUsage(start);
    const cpuMs = (user + system) / 1000;
    if (cpuMs > job.timeLimitMs) problem ??= `it took ${cpuMs.toFixed(0)} ms of the processor, then: ${outcome}`;
    if (problem !== undefined) write({ kind: 'problem', index, problem });
    const name = `${input.subject.name}: ${problem === undefined ? outcome : 'problem'}`;
    outcomes[name] = (outcomes[name] ?? 0) + 1;
    const sizeBytes = process.resourceUsage().maxRSS * 1024;
    if (sizeBytes > job.memoryLimitBytes) {
      write({ kind: 'grown', index, sizeBytes });
      break;
    }
    if (index % 256 === 255) {
      write({ kind: 'outcomes', outcomes });
      outcomes = {};
    }
  }
  write({ kind: 'outcomes', outcomes });
}

function write(report: FuzzReport): void {
  writeSync(1, `${JSON.stringify(report)}\n`);
}

void run(JSON.parse(process.argv[2]) as FuzzJob);
