// The terminal program for a test, run to its end.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cliPath } from './paths';

export interface CliRun {
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** mocha cannot end a test that waits for a program. */
const limitMs = 200_000;

/** Answers about devices and chosen heads are kept apart from those of whoever runs the tests. */
export const cliCache = mkdtempSync(path.join(tmpdir(), 'headlight-cache-'));
process.once('exit', () => rmSync(cliCache, { recursive: true, force: true }));

/** `input`: what is piped in. */
export function runCli(args: readonly string[], input: string | Buffer = ''): CliRun {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cliPath, ...args], {
    input,
    env: { ...process.env, HEADLIGHT_CACHE: cliCache },
    maxBuffer: 64 * 2 ** 20,
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  return { exitCode: status, stdout, stderr: stderr.toString() };
}
