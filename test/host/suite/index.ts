// The entry of the host suite: VS Code calls `run` inside the extension host. Finds the tests by their names.

import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

interface TestOutcome {
  readonly title: string;
  readonly state: string;
  readonly durationMs: number | undefined;
  readonly failure: string | undefined;
}

/** Some twenty times what the slowest test takes on an idle machine. */
const testLimitMs = 120_000;

/**
 * Runs every `*.test.js` of this folder; rejects when a test failed. `$HEADLIGHT_HOST_RESULTS` names a file for the outcomes,
 * `$HEADLIGHT_HOST_GREP` the tests to run.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({
    ui: 'bdd',
    color: false,
    timeout: testLimitMs,
    forbidOnly: true,
    forbidPending: true,
    grep: process.env.HEADLIGHT_HOST_GREP,
  });
  for (const file of readdirSync(__dirname)) if (file.endsWith('.test.js')) mocha.addFile(path.join(__dirname, file));
  const outcomes: TestOutcome[] = [];
  const failureCount = await new Promise<number>(resolve => {
    const runner = mocha.run(resolve);
    runner.on('test end', test => {
      const { state = 'skipped', duration, err } = test;
      outcomes.push({ title: test.fullTitle(), state, durationMs: duration, failure: err?.stack });
    });
  });
  writeOutcomes(outcomes);
  if (outcomes.length === 0) throw new Error('no test ran');
  if (failureCount > 0) throw new Error(`${failureCount} tests failed`);
}

function writeOutcomes(outcomes: readonly TestOutcome[]): void {
  const file = process.env.HEADLIGHT_HOST_RESULTS;
  if (!file) return;
  writeFileSync(`${file}.part`, JSON.stringify(outcomes, undefined, 2));
  renameSync(`${file}.part`, file); // whoever waits for the file finds it whole
}
