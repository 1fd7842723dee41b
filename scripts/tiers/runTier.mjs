// @ts-check
// Runs one tier and counts its tests. Nothing counts as passed that did not run: no test, a skipped test and a runner that
// fails without naming a test are failures.

import { stripVTControlCharacters } from 'node:util';
import { runAndCapture } from '../setup/command.mjs';

/** No runner of a tier takes nearly so long; one that does hangs. */
const runnerLimitMs = 12 * 60_000;

/** Lines of a runner's report on its failures that are told again at the end. */
const failureLineLimit = 60;

/** @typedef {import('./tiers.mjs').Runner} Runner */
/** @typedef {{ passed: number, failed: number, closingLines: string[], failures: string[] }} Outcome `failures`: what is told of each runner that failed */

/**
 * @param {readonly Runner[]} runners
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Outcome>}
 */
export async function runTier(runners, env) {
  /** @type {Outcome} */
  const sum = { passed: 0, failed: 0, closingLines: [], failures: [] };
  for (const runner of runners) {
    const { passed, failed, closingLines, failures } = await runOne(runner, env);
    sum.passed += passed;
    sum.failed += failed;
    sum.closingLines.push(...closingLines);
    sum.failures.push(...failures);
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
  return exitCode === 0
    ? { passed: 1, failed: 0, closingLines, failures: [] }
    : { passed: 0, failed: 1, closingLines, failures: [lastLines(output)] };
}

/**
 * @param {string} output of mocha's spec reporter
 * @param {number} exitCode
 * @returns {Outcome}
 */
export function countMocha(output, exitCode) {
  const lines = stripVTControlCharacters(output).split('\n');
  const closingLines = lines.flatMap(line => line.match(/^\s*(\d+ (?:passing|failing|pending)\b.*)$/)?.[1] ?? []);
  const count = (/** @type {string} */ word) =>
    closingLines.reduce((sum, line) => sum + Number(line.match(new RegExp(`^(\\d+) ${word}`))?.[1] ?? 0), 0);
  const passed = count('passing');
  const failed = count('failing') + count('pending');
  const failingAt = lines.findIndex(line => /^\s*\d+ failing\b/.test(line));
  const failures =
    failingAt < 0
      ? []
      : [
          lines
            .slice(failingAt, failingAt + failureLineLimit)
            .join('\n')
            .trimEnd(),
        ];
  const oneFailed = (/** @type {string} */ why) => ({
    passed,
    failed: 1,
    closingLines: [...closingLines, why],
    failures: [lastLines(output)],
  });
  if (passed + failed === 0) return oneFailed('no test ran');
  if (exitCode !== 0 && failed === 0) return oneFailed(`the runner ended with exit code ${exitCode}`);
  return { passed, failed, closingLines, failures };
}

/**
 * @param {string} output
 * @returns {string}
 */
function lastLines(output) {
  return stripVTControlCharacters(output).trimEnd().split('\n').slice(-failureLineLimit).join('\n');
}
