// @ts-check
// Runs one tier and counts its tests. Nothing counts as passed that did not run: no test, a skipped test and a runner that
// fails without naming a test are failures.

import { stripVTControlCharacters } from 'node:util';
import { runAndCapture } from '../setup/command.mjs';

/** No runner of a tier takes nearly so long; one that does hangs. */
const runnerLimitMs = 12 * 60_000;

/** @typedef {import('./tiers.mjs').Runner} Runner */
/** @typedef {{ passed: number, failed: number, closingLines: string[] }} Outcome */

/**
 * @param {readonly Runner[]} runners
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Outcome>}
 */
export async function runTier(runners, env) {
  /** @type {Outcome} */
  const sum = { passed: 0, failed: 0, closingLines: [] };
  for (const runner of runners) {
    const { passed, failed, closingLines } = await runOne(runner, env);
    sum.passed += passed;
    sum.failed += failed;
    sum.closingLines.push(...closingLines);
  }
  return sum;
}

/**
 * @param {Runner} runner
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Outcome>}
 */
async function runOne({ name, nodeArguments, counts }, env) {
  const { output, exitCode } = await runAndCapture(process.execPath, nodeArguments, { env, limitMs: runnerLimitMs });
  if (counts === 'mocha') return countMocha(output, exitCode);
  const closingLines = [`${name}: ${exitCode === 0 ? 'ok' : `exit code ${exitCode}`}`];
  return exitCode === 0 ? { passed: 1, failed: 0, closingLines } : { passed: 0, failed: 1, closingLines };
}

/**
 * @param {string} output of mocha's spec reporter
 * @param {number} exitCode
 * @returns {Outcome}
 */
export function countMocha(output, exitCode) {
  const closingLines = stripVTControlCharacters(output)
    .split('\n')
    .flatMap(line => line.match(/^\s*(\d+ (?:passing|failing|pending)\b.*)$/)?.[1] ?? []);
  const count = (/** @type {string} */ word) =>
    closingLines.reduce((sum, line) => sum + Number(line.match(new RegExp(`^(\\d+) ${word}`))?.[1] ?? 0), 0);
  const passed = count('passing');
  const failed = count('failing') + count('pending');
  if (passed + failed === 0) return { passed, failed: 1, closingLines: [...closingLines, 'no test ran'] };
  if (exitCode !== 0 && failed === 0)
    return { passed, failed: 1, closingLines: [...closingLines, `the runner ended with exit code ${exitCode}`] };
  return { passed, failed, closingLines };
}
