// @ts-check
// Debian packages that tests and the stand-in VS Code need. Node built-ins only.

import { spawnSync } from 'node:child_process';
import { findProgram, run, SetupError } from './command.mjs';

/**
 * Installs what is missing. A package counts as present when dpkg says so or, where one is named, its program is on PATH.
 * Throws SetupError with the line to run when this user may not install, or when there is no apt.
 * @param {readonly { name: string, program?: string }[]} packages
 * @param {string} purpose for the message, such as "the ui tests"
 */
export function installDebianPackages(packages, purpose) {
  const missing = packages.filter(candidate => !isPresent(candidate)).map(({ name }) => name);
  if (missing.length === 0) return;
  if (!findProgram('apt-get'))
    throw new SetupError(
      `${purpose} needs ${missing.join(', ')} (names of Debian packages), and there is no apt-get here.`,
    );
  if (process.getuid?.() !== 0)
    throw new SetupError(`${purpose} needs Debian packages that only root may install. Run this, then try again:

  sudo apt-get update && sudo apt-get install --no-install-recommends ${missing.join(' ')}`);
  console.log(`Installing Debian packages: ${missing.join(', ')}.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another apt may be at work, and a mirror may not answer at once.
  const patience = ['DPkg::Lock::Timeout=300', 'Acquire::Retries=5', 'Acquire::http::Timeout=60'];
  const options = patience.flatMap(setting => ['-o', setting]);
  run('apt-get', [...options, 'update', '-qq'], { env });
  run('apt-get', [...options, 'install', '-y', '-qq', '--no-install-recommends', ...missing], { env });
}

/** @param {{ name: string, program?: string }} candidate */
function isPresent({ name, program }) {
  if (program && findProgram(program)) return true;
  const { stdout } = spawnSync('dpkg-query', ['-s', name], { encoding: 'utf8' });
  return stdout?.includes('\nStatus: install ok installed\n') ?? false; // no stdout: no dpkg
}
