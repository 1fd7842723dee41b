// Starts VS Code once a round, lets `host/index.ts` measure in its extension host, and prints the best of all rounds.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { type Measurement, printTable, roundCount } from './measure';

interface HostRound {
  readonly activationMs: number;
  readonly coldMs: number;
  readonly warmMs: number;
  readonly idleBlockMs: number;
  readonly busyBlockMs: number;
}

function round(): HostRound {
  const { stdout, stderr } = spawnSync(process.execPath, ['test/host/runSuite.mjs'], {
    encoding: 'utf8',
    env: { ...process.env, HEADLIGHT_HOST_SUITE: path.resolve('out/bench/host/index.js') },
  });
  const line = stdout.split('\n').find(text => text.includes('HEADLIGHT_BENCH '));
  if (!line) throw new Error(`the extension host measured nothing:\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`);
  return JSON.parse(line.slice(line.indexOf('{')));
}

const rounds = Array.from({ length: roundCount }, round);
const row = (name: string, of: keyof HostRound): Measurement => ({
  name,
  unit: 'ms',
  better: 'lower',
  values: rounds.map(measured => measured[of]),
});
printTable([
  row('activation', 'activationMs'),
  row('command to the first word, cold', 'coldMs'),
  row('command to the first word, warm', 'warmMs'),
  row('longest block of the event loop, idle', 'idleBlockMs'),
  row('the same, 200 KB being translated', 'busyBlockMs'),
]);
