// @ts-check
// What a packed extension holds, and what is wrong with one that holds anything else. Node built-ins only.

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { readZipEntries } from './zipEntries.mjs';

/** @typedef {import('./targets.mjs').Target} Target */

/**
 * The packed file of a target, relative to the repository's root.
 * @param {Target} target
 */
export function packedPath({ name }) {
  return `out/vsix/headlight-${name}.vsix`;
}

/**
 * Every difference between a packed file and what it must hold, as sentences; none when it is right.
 * @param {string} vsixPath
 * @param {Target} target
 * @returns {string[]}
 */
export function findPackingFaults(vsixPath, target) {
  const found = new Set(readZipEntries(vsixPath));
  const wanted = new Set(wantedEntries(target));
  const faults = [
    ...[...wanted].filter(entry => !found.has(entry)).map(entry => `${entry} is missing`),
    ...[...found].filter(entry => !wanted.has(entry)).map(entry => `${entry} must not be in it`),
  ];
  const sizeMb = statSync(vsixPath).size / 1e6;
  if (sizeMb > target.budgetMb) faults.push(`its ${sizeMb.toFixed(1)} MB are over the budget of ${target.budgetMb} MB`);
  return faults;
}

/**
 * @param {Target} target
 * @returns {string[]} as they stand in the ZIP file
 */
function wantedEntries({ binaries }) {
  const ownFiles = [
    ...filesUnder('dist', file => /\.(js|wasm|json|LEGAL\.txt)$/.test(file)),
    ...filesUnder('models/default', () => true),
    ...filesUnder('licenses', () => true),
    ...filesUnder('docs/pictures', file => file.endsWith('.png')), // of the walkthrough, and the icon
    'THIRD_PARTY_NOTICES.md',
    'package.json',
    ...readdirSync('.').filter(file => /^package\.nls.*\.json$/.test(file)),
    ...filesUnder('l10n', () => true),
  ];
  const runtimeFiles = [
    'node_modules/onnxruntime-common/package.json',
    ...filesUnder('node_modules/onnxruntime-common/dist/cjs', file => /\.js$|package\.json$/.test(file)),
    'node_modules/onnxruntime-node/package.json',
    ...filesUnder('node_modules/onnxruntime-node/dist', file => file.endsWith('.js')),
  ];
  const renamed = ['readme.md', 'LICENSE.txt']; // by vsce
  return [
    '[Content_Types].xml',
    'extension.vsixmanifest',
    ...[...ownFiles, ...runtimeFiles, ...binaries, ...renamed].map(file => `extension/${file}`),
  ];
}

/**
 * @param {string} folder
 * @param {(file: string) => boolean} accept
 * @returns {string[]} with forward slashes
 */
function filesUnder(folder, accept) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name).split(path.sep).join('/'))
    .filter(accept);
}
