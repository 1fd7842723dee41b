#!/usr/bin/env node
// @ts-check
// Stands in for the VS Code desktop program where there is none: takes the arguments that `runTests` of
// @vscode/test-electron passes, runs the suite in code-server's extension host behind a headless browser, and exits with
// the suite's code. Knows nothing of the suite.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { format, parseArgs } from 'node:util';
import { launchBrowser } from '../../scripts/workbench/browser.mjs';
import { startCodeServer } from '../../scripts/workbench/codeServerProcess.mjs';
import { createWorkbenchFolders, removeWorkbenchFolders } from '../../scripts/workbench/workbenchFolders.mjs';

const suiteLimitMs = 10 * 60_000;
const unfinishedExitCode = 70;

const { values, positionals } = parseArgs({
  strict: false, // the desktop program's other flags mean nothing here
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string' },
    extensionTestsPath: { type: 'string' },
    'extensions-dir': { type: 'string' },
    'disable-extensions': { type: 'boolean' },
  },
});
const { extensionDevelopmentPath, extensionTestsPath } = values;
if (typeof extensionDevelopmentPath !== 'string' || typeof extensionTestsPath !== 'string')
  throw new Error('codeShim needs --extensionDevelopmentPath and --extensionTestsPath');

const folders = createWorkbenchFolders();
// Written inside the extension host when the suite has ended: an extension host that was killed reports success.
const donePath = path.join(folders.base, 'done');

/** @returns {Promise<number>} exit code */
async function runSuite() {
  const extensions = values['extensions-dir'];
  const server = await startCodeServer(typeof extensions === 'string' ? { ...folders, extensions } : folders, {
    testDriver: true,
    env: { HEADLIGHT_SHIM_SUITE: path.resolve(String(extensionTestsPath)), HEADLIGHT_SHIM_DONE: donePath },
  });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const ended = new Promise(resolve => page.exposeFunction('codeAutomationExit', resolve));
    await page.exposeFunction('codeAutomationLog', printLog);
    await page.goto(workbenchAddress(server.url));
    const reported = await Promise.race([ended, sleep(suiteLimitMs, 'timeout', { ref: false })]);
    if (existsSync(donePath)) return Number(readFileSync(donePath, 'utf8'));
    const how = reported === 'timeout' ? 'did not end in time' : 'died before the suite ended';
    console.error(`The extension host ${how}.\n${server.readLog().slice(-2000)}`);
    return unfinishedExitCode;
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** @param {string} serverUrl */
function workbenchAddress(serverUrl) {
  const remote = (/** @type {string} */ file) => `vscode-remote://${new URL(serverUrl).host}${path.resolve(file)}`;
  const payload = [
    ['extensionDevelopmentPath', remote(String(extensionDevelopmentPath))],
    ['extensionTestsPath', remote(fileURLToPath(new URL('shimEntry.cjs', import.meta.url)))],
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
    ...(values['disable-extensions'] ? [['disableExtensions', 'true']] : []),
  ];
  const address = new URL(serverUrl);
  const [folder] = positionals;
  if (folder) address.searchParams.set('folder', path.resolve(folder));
  else address.searchParams.set('ew', 'true'); // an empty window
  address.searchParams.set('payload', JSON.stringify(payload));
  return address.href;
}

/** What code-server's own page prints at every start. */
const noise =
  /^(Ignoring fetching additional builtin|Creating a socket|Resolv|\[(AgentHost|AccountPolicy|reconnection|Service Worker)|DialogService|Updating additional)/;

/**
 * @param {string} kind
 * @param {unknown[]} parts
 */
function printLog(kind, parts) {
  const text = format(...parts).trimEnd();
  if (noise.test(text.trim())) return;
  (kind === 'error' ? process.stderr : process.stdout).write(`${text}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130)); // an exit ends the server

try {
  process.exitCode = await runSuite();
} finally {
  removeWorkbenchFolders(folders);
}
