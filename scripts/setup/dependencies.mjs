// @ts-check
// The project's npm packages: installed when they are missing or differ from the lock file. Node built-ins only.

import { existsSync, readFileSync } from 'node:fs';
import { runNpm, SetupError } from './command.mjs';

const oldestNode = [20, 19];

/** Throws SetupError when this Node is older than the project supports. */
export function checkNodeVersion() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new SetupError(`Headlight needs Node ${oldestNode.join('.')} or newer; this is Node ${process.versions.node}.`);
}

/** Installs the packages of package-lock.json unless they are installed already. */
export function installDependencies() {
  const reason = staleness();
  if (!reason) return;
  console.log(`Installing npm packages: ${reason}.`);
  runNpm(['ci', '--no-audit', '--no-fund']);
}

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }} LockedPackage */

/**
 * Why node_modules is not what package-lock.json says, or undefined when it is. npm writes its own lock file into
 * node_modules as the last step of an install, so an interrupted install is noticed too.
 * @returns {string | undefined}
 */
function staleness() {
  if (!existsSync('node_modules/.package-lock.json')) return 'node_modules is missing or unfinished';
  const installed = readPackages('node_modules/.package-lock.json');
  for (const [place, { version, optional, devOptional }] of Object.entries(readPackages('package-lock.json'))) {
    if (place === '') continue;
    const found = installed[place];
    if (!found && (optional || devOptional)) continue; // another platform's
    if (found?.version !== version)
      return `${place} is ${found?.version ?? 'missing'}, package-lock.json says ${version}`;
  }
  return undefined;
}

/**
 * @param {string} lockFile
 * @returns {Record<string, LockedPackage>}
 */
function readPackages(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}
