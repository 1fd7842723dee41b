// @ts-check
// The platforms that get a package of their own, and the binaries of onnxruntime-node that each needs. Node built-ins only.

import { SetupError } from '../setup/command.mjs';

/**
 * @typedef {object} Target
 * @property {string} name as VS Code's marketplace calls it
 * @property {readonly string[]} binaries paths in the repository
 * @property {number} budgetMb of the packed file
 */

/** @type {readonly Target[]} */
export const targets = [
  target('linux-x64', ['libonnxruntime.so.1'], 40),
  target('linux-arm64', ['libonnxruntime.so.1'], 32),
  target('win32-x64', ['onnxruntime.dll', 'DirectML.dll', 'dxcompiler.dll', 'dxil.dll'], 50),
  target('win32-arm64', ['onnxruntime.dll', 'DirectML.dll', 'dxcompiler.dll', 'dxil.dll'], 52),
  // The npm package holds this library twice, as 1.30.0 too; the binding asks for this name.
  target('darwin-arm64', ['libonnxruntime.1.dylib'], 34),
];

/** The target for the machine this runs on. Throws SetupError when there is none. */
export function currentTarget() {
  return findTarget(`${process.platform}-${process.arch}`);
}

/**
 * Throws SetupError when onnxruntime-node has no binaries for the platform.
 * @param {string} name
 */
export function findTarget(name) {
  const found = targets.find(candidate => candidate.name === name);
  if (found) return found;
  const names = targets.map(candidate => candidate.name).join(', ');
  throw new SetupError(`onnxruntime-node has no binaries for ${name}. It has: ${names}.`);
}

/**
 * @param {string} name
 * @param {readonly string[]} libraries
 * @param {number} budgetMb
 * @returns {Target}
 */
function target(name, libraries, budgetMb) {
  const folder = `node_modules/onnxruntime-node/bin/napi-v6/${name.replace('-', '/')}`;
  return { name, binaries: ['onnxruntime_binding.node', ...libraries].map(file => `${folder}/${file}`), budgetMb };
}
