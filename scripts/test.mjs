// @ts-check
// `npm test [-- TIER...]`: sets up what the tiers need, builds, runs them in order, tells of all failures again, and ends with
// one line `N passed, N failed`. A failing tier doesn't stop the next. Node built-ins only until the dependencies are installed.

import { run, runScript, SetupError } from './setup/command.mjs';
import { checkNodeVersion, installDependencies } from './setup/dependencies.mjs';
import { runTier } from './tiers/runTier.mjs';
import { tiers } from './tiers/tiers.mjs';

/** @typedef {import('./tiers/tiers.mjs').Tier} Tier */

/** Above the closing lines, which `.ci/run` prints once more. */
const closingHeading = '════ the tiers';

await runScript(async () => {
  const chosen = chooseTiers(process.argv.slice(2));
  checkNodeVersion();
  installDependencies();
  const summary = [];
  const failures = [];
  let passed = 0;
  let failed = 0;
  for (const { tier, env, problem } of prepare(chosen)) {
    const startMs = Date.now();
    console.log(`\n──── ${tier.name}`);
    const outcome = problem
      ? { passed: 0, failed: 1, closingLines: [problem], failures: [problem] }
      : await runTier(tier.runners, { ...process.env, ...env });
    if (problem) console.error(problem);
    passed += outcome.passed;
    failed += outcome.failed;
    failures.push(...outcome.failures.map(text => `──── ${tier.name}\n${text}\n`));
    const seconds = `${((Date.now() - startMs) / 1000).toFixed(0)} s`;
    summary.push(`${tier.name.padEnd(8)} ${seconds.padStart(6)}   ${outcome.closingLines.join(' · ')}`);
  }
  console.log([`\n${closingHeading}`, ...failures, ...summary, `\n${passed} passed, ${failed} failed`].join('\n'));
  return failed === 0 ? 0 : 1;
});

/**
 * @param {readonly string[]} names none: all
 * @returns {readonly Tier[]} in their own order
 */
function chooseTiers(names) {
  const unknown = names.filter(name => !tiers.some(tier => tier.name === name));
  if (unknown.length > 0)
    throw new SetupError(`No tier ${unknown.join(', ')}. There are: ${tiers.map(tier => tier.name).join(', ')}.`);
  return names.length === 0 ? tiers : tiers.filter(tier => names.includes(tier.name));
}

/**
 * Sets up, builds and packs what the tiers need. A tier whose set-up fails keeps its problem; the others still run.
 * @param {readonly Tier[]} chosen
 */
function prepare(chosen) {
  const buildProblem = problemOf(() => run(process.execPath, ['esbuild.mjs', '--tests']));
  const packageProblem = chosen.some(tier => tier.usesPackage)
    ? (buildProblem ?? problemOf(() => run(process.execPath, ['scripts/package.mjs'])))
    : undefined;
  return chosen.map(tier => {
    /** @type {NodeJS.ProcessEnv} */
    let env = {};
    const setUpProblem = problemOf(() => {
      env = tier.setUp();
    });
    const builtProblem = tier.name === 'check' ? undefined : buildProblem;
    return { tier, env, problem: setUpProblem ?? builtProblem ?? (tier.usesPackage ? packageProblem : undefined) };
  });
}

/**
 * @param {() => void} step
 * @returns {string | undefined} the message of the SetupError it threw
 */
function problemOf(step) {
  try {
    step();
    return undefined;
  } catch (error) {
    if (error instanceof SetupError) return error.message;
    throw error;
  }
}
