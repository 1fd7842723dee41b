// The Python environment of the recipe, made on first use in `.venv` beside this file. Node built-ins only.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const recipeFolder = path.dirname(fileURLToPath(import.meta.url));
/** Exit code of a script that did nothing because Python or its packages can't be had. */
export const notAvailable = 3;

const environment = path.join(recipeFolder, '.venv');
const python = path.join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

function run(command, ...args) {
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0;
}

/**
 * True when the environment is there, with the packages of requirements.txt and of `others` in their versions.
 * `withoutDependencies`: packages that pin older versions of what is there, which the scripts do not need.
 * @param {{ others?: readonly string[], withoutDependencies?: readonly string[] }} [files] requirements files
 */
export function prepareEnvironment({ others = [], withoutDependencies = [] } = {}) {
  const requirements = [path.join(recipeFolder, 'requirements.txt'), ...others];
  const installed = path.join(environment, 'installed.txt');
  const wanted = [...requirements, ...withoutDependencies].map(file => readFileSync(file, 'utf8')).join('\n');
  const install = (/** @type {readonly string[]} */ files, /** @type {string[]} */ ...options) =>
    run(
      python,
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      ...options,
      ...files.flatMap(file => ['-r', file]),
    );
  if (existsSync(installed) && readFileSync(installed, 'utf8').includes(wanted)) return true;
  const base = process.env.PYTHON ?? (process.platform === 'win32' ? 'python' : 'python3');
  if (!run(base, '-c', 'import sys; sys.exit(sys.version_info < (3, 11))')) return false;
  if (!run(base, '-m', 'venv', environment)) return false;
  if (!install(requirements)) return false;
  if (withoutDependencies.length > 0 && !install(withoutDependencies, '--no-deps')) return false;
  writeFileSync(installed, wanted);
  return true;
}

/** Runs a script, named from the folder of the recipe, in the environment; true when it ended well. */
export function runPython(script, ...args) {
  return run(python, path.join(recipeFolder, script), ...args);
}
