// @ts-check
// The tiers of `npm test`, in the order they run: what each needs and which command runs it. Node built-ins only.

import { installChromium } from '../setup/chromium.mjs';
import { installCodeServer } from '../setup/codeServer.mjs';
import { installDebianPackages } from '../setup/debianPackages.mjs';
import { installSoftwareVulkan } from '../setup/softwareVulkan.mjs';

/**
 * @typedef {object} Runner
 * @property {string} name
 * @property {string[]} nodeArguments for this Node
 * @property {'mocha' | 'exit code'} counts how its tests are counted; `exit code`: it is one test
 */

/**
 * @typedef {object} Tier
 * @property {string} name
 * @property {() => NodeJS.ProcessEnv} setUp gives variables for its tests; throws SetupError on what is lacking
 * @property {readonly Runner[]} runners
 * @property {boolean} [usesPackage] the packed extension must be there
 */

/** @type {readonly Tier[]} */
export const tiers = [
  {
    name: 'check',
    setUp: nothing,
    runners: [
      { name: 'types', nodeArguments: ['node_modules/typescript/bin/tsc', '-b'], counts: 'exit code' },
      {
        name: 'lint and format',
        nodeArguments: ['node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '.'],
        counts: 'exit code',
      },
    ],
  },
  { name: 'unit', setUp: nothing, runners: [mocha('unit', 60)] },
  { name: 'golden', setUp: nothing, runners: [mocha('golden', 120)] },
  { name: 'engine', setUp: engineSetUp, runners: [mocha('engine', 240)] },
  {
    name: 'host',
    setUp: hostSetUp,
    runners: [{ name: 'host', nodeArguments: ['test/host/runSuite.mjs'], counts: 'mocha' }],
  },
  { name: 'vsix', setUp: workbenchSetUp, usesPackage: true, runners: [mocha('vsix', 240)] },
  { name: 'ui', setUp: workbenchSetUp, usesPackage: true, runners: [mocha('ui', 240)] },
];

/**
 * @param {string} tier
 * @param {number} timeoutSeconds of one test: what hangs ends there; a machine that is busy stays far below
 * @returns {Runner}
 */
function mocha(tier, timeoutSeconds) {
  const nodeArguments = [
    '--enable-source-maps',
    'node_modules/mocha/bin/mocha.js',
    ...['--timeout', String(timeoutSeconds * 1000)],
    ...['--require', './scripts/tiers/fixedSeed.cjs'],
    ...['--forbid-only', '--forbid-pending'],
    `out/test/${tier}/**/*.test.js`,
  ];
  return { name: tier, nodeArguments, counts: 'mocha' };
}

function nothing() {
  return {};
}

function engineSetUp() {
  installDebianPackages([{ name: 'strace', program: 'strace' }], 'The network test');
  return { HEADLIGHT_VULKAN_ICD: installSoftwareVulkan() };
}

function hostSetUp() {
  return process.env.VSCODE_EXECUTABLE ? {} : workbenchSetUp();
}

function workbenchSetUp() {
  installChromium();
  installCodeServer();
  return {};
}
