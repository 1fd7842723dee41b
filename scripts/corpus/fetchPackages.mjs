// @ts-check
// Fetches the pinned packages of the text corpus, checks their hashes, and unpacks them outside the checkout. What is there already
// is not fetched again. Uses npm and pip as they are set up on the machine.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../setup/cacheFolder.mjs';
import { run, runNpm, SetupError } from '../setup/command.mjs';

const packagesPath = 'test/corpus/packages.json';

/** @typedef {{ registry: 'npm' | 'pypi', name: string, version: string, license: string, sha256: string }} PinnedPackage */

/** @returns {readonly PinnedPackage[]} */
function pinnedPackages() {
  return JSON.parse(readFileSync(packagesPath, 'utf8'));
}

/**
 * The folder that every package is unpacked in, under its name and version.
 * @returns {string}
 */
export function fetchPackages() {
  const folder = path.join(cacheFolder(), 'corpus');
  mkdirSync(folder, { recursive: true });
  for (const pinned of pinnedPackages()) {
    const target = path.join(folder, folderOf(pinned));
    if (!existsSync(target)) fetchPackage(pinned, folder, target);
  }
  return folder;
}

/** @param {PinnedPackage} pinned */
function folderOf({ name, version }) {
  return `${name.replace(/^@/, '').replace('/', '-')}-${version}`;
}

/**
 * @param {PinnedPackage} pinned
 * @param {string} folder
 * @param {string} target
 */
function fetchPackage({ registry, name, version, sha256 }, folder, target) {
  console.log(`fetching ${name} ${version}`);
  const work = mkdtempSync(path.join(folder, 'fetch-'));
  try {
    if (registry === 'npm') runNpm(['pack', '--silent', `${name}@${version}`, '--pack-destination', work]);
    else
      run('python3', [
        '-m',
        'pip',
        'download',
        '-q',
        '--no-deps',
        '--no-binary',
        ':all:',
        '-d',
        work,
        `${name}==${version}`,
      ]);
    const archive = readdirSync(work).find(file => /\.(tgz|tar\.gz)$/.test(file));
    if (archive === undefined) throw new SetupError(`${name} ${version} was fetched, but no archive of it is there.`);
    const found = createHash('sha256')
      .update(readFileSync(path.join(work, archive)))
      .digest('hex');
    if (found !== sha256) throw new SetupError(`${name} ${version} has the hash ${found} instead of ${sha256}.`);
    mkdirSync(path.join(work, 'unpacked'));
    run('tar', ['xzf', path.join(work, archive), '-C', path.join(work, 'unpacked')]);
    renameSync(path.join(work, 'unpacked'), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
