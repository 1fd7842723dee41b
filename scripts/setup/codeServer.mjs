// @ts-check
// code-server from npm: a real VS Code workbench and extension host where the desktop program can't be downloaded or shown.
// Installed once into the cache folder (about 800 MB, 2 to 4 minutes). Node built-ins only.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from './cacheFolder.mjs';
import { runNpm, SetupError } from './command.mjs';
import { installDebianPackages } from './debianPackages.mjs';

const codeServerVersion = '4.139.1';
const nodeMajor = 24; // the only one this code-server runs on

/** What its native parts are compiled with. */
const buildPackages = [
  { name: 'build-essential', program: 'g++' },
  { name: 'python3', program: 'python3' },
  { name: 'pkg-config', program: 'pkg-config' },
  { name: 'libkrb5-dev' },
];

/**
 * Where code-server is, or will be once installed.
 * @returns {{ nodePath: string, entryPath: string }} both absolute
 */
export function codeServerPaths() {
  const folder = path.join(cacheFolder(), 'vscode-host');
  return {
    nodePath: path.join(nodePackage(folder), 'bin/node'),
    entryPath: path.join(folder, 'cs/node_modules/code-server/out/node/entry.js'),
  };
}

/** Installs code-server and its own Node unless they are in the cache. Throws SetupError on what is lacking. */
export function installCodeServer() {
  const folder = path.join(cacheFolder(), 'vscode-host');
  const finished = path.join(folder, 'cs', `ok-${codeServerVersion}`);
  if (existsSync(finished) && existsSync(codeServerPaths().nodePath)) return;
  if (process.platform !== 'linux')
    throw new SetupError('code-server is set up on Linux only. Put the `code` command of VS Code on PATH instead.');
  installDebianPackages(buildPackages, 'Building code-server');
  console.log(`Installing code-server ${codeServerVersion} into ${folder}: once, 2 to 4 minutes.`);
  const nodeFolder = path.join(folder, `node${nodeMajor}`);
  startPackage(nodeFolder);
  runNpm(['install', `node-linux-${process.arch}@${nodeMajor}`, ...quiet], {
    cwd: nodeFolder,
    env: outsideEnvironment(),
  });
  const serverFolder = path.join(folder, 'cs');
  rmSync(serverFolder, { recursive: true, force: true }); // an interrupted or older install
  startPackage(serverFolder);
  runNpm(['install', `code-server@${codeServerVersion}`, ...quiet], {
    cwd: serverFolder,
    env: {
      ...outsideEnvironment(),
      PATH: [path.join(nodePackage(folder), 'bin'), process.env.PATH].join(path.delimiter),
      npm_config_nodedir: nodePackage(folder), // headers, which it would download otherwise
    },
    nodePath: codeServerPaths().nodePath,
  });
  writeFileSync(finished, '');
}

const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];

/** @param {string} folder */
function nodePackage(folder) {
  return path.join(folder, `node${nodeMajor}`, 'node_modules', `node-linux-${process.arch}`);
}

/** @param {string} folder */
function startPackage(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{"private": true}\n');
}

/**
 * npm hands this project's settings and its own Node's version to scripts as variables. With its ignore-scripts,
 * code-server's native parts would silently not be built; with its user agent, code-server refuses the Node it runs on.
 */
function outsideEnvironment() {
  const { npm_config_ignore_scripts: _scripts, npm_config_user_agent: _agent, ...env } = process.env;
  return env;
}
