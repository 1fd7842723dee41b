// @ts-check
// Starts and stops a code-server on this machine's loopback, and installs extensions into it. Node built-ins only.

import { spawn, spawnSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeServerPaths } from '../setup/codeServer.mjs';
import { SetupError } from '../setup/command.mjs';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */
/** @typedef {import('./workbenchFolders.mjs').WorkbenchFolders} WorkbenchFolders */

/**
 * @typedef {object} CodeServer
 * @property {string} url such as `http://127.0.0.1:41234`
 * @property {() => Promise<void>} stop ends the server, its extension host and all their children
 * @property {() => string} readLog
 */

const startLimitMs = 120_000;
const stopLimitMs = 5_000;

/**
 * Installs a packed extension. Throws SetupError when VS Code refuses it.
 * @param {WorkbenchFolders} folders
 * @param {string} vsixPath
 */
export function installExtension(folders, vsixPath) {
  const { nodePath, entryPath } = codeServerPaths();
  const { status, stdout, stderr } = spawnSync(
    nodePath,
    [entryPath, ...folderArguments(folders), '--install-extension', vsixPath, '--force'],
    { env: isolatedEnvironment(folders), encoding: 'utf8', timeout: startLimitMs, killSignal: 'SIGKILL' },
  );
  if (status !== 0) throw new SetupError(`VS Code did not install ${vsixPath}:\n${stdout}\n${stderr}`);
}

/**
 * Starts a server and waits until it serves the workbench. Caller stops it.
 * @param {WorkbenchFolders} folders
 * @param {object} [options]
 * @param {number} [options.port] default: any free one
 * @param {boolean} [options.workspaceTrust] true: folders may be untrusted; default false: everything is trusted, unasked
 * @param {boolean} [options.testDriver] true: the page can run a test suite in the extension host; it shows no notifications then
 * @param {NodeJS.ProcessEnv} [options.env] for the server and its extension host, over this process's own
 * @returns {Promise<CodeServer>}
 */
export async function startCodeServer(folders, options = {}) {
  const { nodePath, entryPath } = codeServerPaths();
  const logPath = path.join(folders.base, 'server.log');
  const log = openSync(logPath, 'a');
  const logStart = fstatSync(log).size;
  const child = spawn(
    nodePath,
    [
      entryPath,
      ...folderArguments(folders),
      ...['--bind-addr', `127.0.0.1:${options.port ?? 0}`],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
      ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
      ...(options.testDriver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
    ],
    // A process group of its own, so that `stop` reaches the extension host and its children and nothing else.
    { env: { ...isolatedEnvironment(folders), ...options.env }, stdio: ['ignore', log, log], detached: true },
  );
  closeSync(log);
  const killServer = () => signalGroup(child, 'SIGKILL');
  process.once('exit', killServer); // a test run that ends early leaves nothing behind
  const server = {
    url: '',
    stop: async () => {
      await stopGroup(child);
      process.off('exit', killServer);
    },
    readLog: () => readFileSync(logPath).subarray(logStart).toString(),
  };
  try {
    server.url = await waitUntilServing(server, child);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/**
 * @param {Pick<CodeServer, 'readLog'>} server
 * @param {ChildProcess} child
 * @returns {Promise<string>} its URL: the system gives it a port, and its log tells which
 */
async function waitUntilServing(server, child) {
  for (const end = Date.now() + startLimitMs; Date.now() < end; await sleep(50)) {
    if (child.exitCode !== null) throw new SetupError(`code-server ended at once:\n${server.readLog()}`);
    // Not /healthz: it answers 200 even when VS Code itself can't load.
    const url = server.readLog().match(/listening on (http:\/\/[\d.:]+)/)?.[1];
    if (url === undefined) continue;
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return url;
    if (response && response.status >= 500) throw new SetupError(`VS Code failed to load:\n${server.readLog()}`);
  }
  throw new SetupError(`code-server did not come up in ${startLimitMs / 1000} s:\n${server.readLog()}`);
}

/** @param {ChildProcess} child leader of its own group */
async function stopGroup(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise(resolve => child.once('exit', resolve));
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), stopLimitMs);
  await ended;
  clearTimeout(timer);
  signalGroup(child, 'SIGKILL'); // whoever outlived the leader
}

/**
 * @param {ChildProcess} leader of its own group
 * @param {NodeJS.Signals} signal
 */
function signalGroup({ pid }, signal) {
  if (pid === undefined) return; // it never started
  try {
    process.kill(-pid, signal);
  } catch {
    // nobody is left
  }
}

/** @param {WorkbenchFolders} folders */
function folderArguments({ base, userData, extensions }) {
  const config = path.join(base, 'config.yaml'); // else it reads the user's
  writeFileSync(config, 'auth: none\n');
  return ['--config', config, '--auth', 'none', '--user-data-dir', userData, '--extensions-dir', extensions];
}

/** @param {WorkbenchFolders} folders */
function isolatedEnvironment({ base }) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    // VS Code's own variables would make it talk to the window whose terminal this runs in; npm's are not for extensions.
    if (/^(VSCODE_|npm_)/.test(name) || ['ELECTRON_RUN_AS_NODE', 'PORT', 'PASSWORD'].includes(name)) delete env[name];
  }
  return {
    ...env,
    EXTENSIONS_GALLERY: '{}', // no requests to a marketplace
    XDG_RUNTIME_DIR: base,
    XDG_DATA_HOME: path.join(base, 'xdg-data'),
    XDG_CONFIG_HOME: path.join(base, 'xdg-config'),
    XDG_CACHE_HOME: path.join(base, 'xdg-cache'),
  };
}
