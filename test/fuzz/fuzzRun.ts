// Runs the fuzzer: a child process reads the inputs one after the other, this side sees to it that none takes for ever.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../support/paths';
import type { FuzzJob, FuzzReport } from './fuzzChild';

export interface FuzzOptions {
  readonly seed: number;
  readonly count: number;
  /** Default: all but the planted one. */
  readonly subjectNames?: readonly string[];
  /** Number of the first input. Default 0. */
  readonly from?: number;
  /**
   * For an input that never ends: of the processor where the system tells (Linux), because a machine under load must not look like one;
   * else by the clock. Default 30,000.
   */
  readonly stallLimitMs?: number;
  readonly onProgress?: (done: number) => void;
}

export interface FuzzFailure {
  readonly index: number;
  readonly problem: string;
}

export interface FuzzResult {
  readonly failures: readonly FuzzFailure[];
  /** `<subject>: <code>` or `<subject>: result` -> inputs that ended so. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Reading the largest fixture takes 20 ms; what takes a hundred times as long grows faster than its input. */
const timeLimitMs = 2000;
const heapLimitMb = 256;
const memoryLimitBytes = 768 * 2 ** 20;
const pollMs = 200;
/** By the clock, so many times the limit: for a child that waits for ever and takes no processor. */
const longestWait = 20;

export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'headlight-fuzz-run-'));
  const progressFile = path.join(folder, 'progress');
  const failures: FuzzFailure[] = [];
  let outcomes: Readonly<Record<string, number>> = {};
  const { seed, subjectNames = [], stallLimitMs = 30_000 } = options;
  const start = options.from ?? 0;
  const end = start + options.count;
  const job = (from: number, to: number): FuzzJob => ({
    ...{ seed, from, to, subjectNames, progressFile, timeLimitMs, memoryLimitBytes },
  });
  try {
    for (let from = start; from < end; ) {
      const child = await runChild(job(from, end), stallLimitMs, index => options.onProgress?.(index - start));
      outcomes = sumOf([outcomes, child.outcomes]);
      failures.push(...child.failures);
      if (child.stopped === undefined) break;
      const { index, problem, isCertain } = child.stopped;
      // Memory that earlier inputs left behind is not this one's fault: alone it tells.
      const alone = isCertain ? undefined : await runChild(job(index, index + 1), stallLimitMs, () => {});
      if (isCertain || alone?.stopped) failures.push({ index, problem: alone?.stopped?.problem ?? problem });
      from = index + 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { failures: uniqueByIndex(failures), outcomes };
}

interface ChildResult {
  readonly failures: readonly FuzzFailure[];
  readonly outcomes: Readonly<Record<string, number>>;
  /** Where it ended before the end, and why. */
  readonly stopped: (FuzzFailure & { readonly isCertain: boolean }) | undefined;
}

function runChild(job: FuzzJob, stallLimitMs: number, onProgress: (index: number) => void): Promise<ChildResult> {
  const child = spawn(
    process.execPath,
    [
      '--enable-source-maps',
      `--max-old-space-size=${heapLimitMb}`,
      path.join(root, 'out', 'test', 'fuzz', 'fuzzChild.js'),
      JSON.stringify(job),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    output += part;
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    log = (log + part).slice(-2000);
  });
  let last = { index: job.from, sinceMs: Date.now(), usedMs: usedMsOf(child.pid) ?? 0 };
  let isStalled = false;
  const watchdog = setInterval(() => {
    const index = readProgress(job);
    const usedMs = usedMsOf(child.pid) ?? last.usedMs;
    if (index !== last.index) last = { index, sinceMs: Date.now(), usedMs };
    onProgress(index);
    if (usedMs - last.usedMs < stallLimitMs && Date.now() - last.sinceMs < longestWait * stallLimitMs) return;
    isStalled = true;
    child.kill('SIGKILL');
  }, pollMs);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      clearInterval(watchdog);
      const reports = output
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line) as FuzzReport);
      const failures = reports.flatMap(report => (report.kind === 'problem' ? [report] : []));
      const outcomes = sumOf(reports.flatMap(report => (report.kind === 'outcomes' ? [report.outcomes] : [])));
      const grown = reports.find(report => report.kind === 'grown');
      const index = readProgress(job);
      const stop = (problem: string, isCertain: boolean) =>
        resolve({ failures, outcomes, stopped: { index, problem, isCertain } });
      if (isStalled) stop(`it did not end within ${stallLimitMs / 1000} s`, true);
      else if (grown) stop(`the process grew to ${grown.sizeBytes >> 20} MB`, false);
      else if (exitCode !== 0) stop(`the process ended with ${signal ?? exitCode}: ${firstLines(log)}`, false);
      else resolve({ failures, outcomes, stopped: undefined });
    });
  });
}

/** Of the processor, as `stallLimitMs` counts; undefined for a process that has ended. */
function usedMsOf(pid: number | undefined): number | undefined {
  if (process.platform !== 'linux') return Date.now();
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces. Of the fields behind it the 12th and 13th are user and system time in ticks of 10 ms.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return undefined;
  }
}

function readProgress({ progressFile, from }: FuzzJob): number {
  try {
    const bytes = readFileSync(progressFile);
    return bytes.length === 8 ? bytes.readDoubleLE(0) : from;
  } catch {
    return from; // it has not come so far
  }
}

function sumOf(parts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const part of parts) for (const [name, count] of Object.entries(part)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

function firstLines(text: string): string {
  return text.trim().split('\n').filter(Boolean).slice(0, 4).join(' | ');
}

function uniqueByIndex(failures: readonly FuzzFailure[]): FuzzFailure[] {
  return [...new Map(failures.map(failure => [failure.index, failure])).values()].sort((a, b) => a.index - b.index);
}
