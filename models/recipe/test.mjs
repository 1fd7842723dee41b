// `npm run test:recipe`: the smoke test of the recipe, in a Python environment of its own that is made on first use.
// Where Python or its packages can't be had it says so and ends with exit code 3, so that a caller can tell that from a failure.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const NOT_AVAILABLE = 3;
const folder = path.dirname(fileURLToPath(import.meta.url));
const environment = path.join(folder, '.venv');
const requirements = path.join(folder, 'requirements.txt');
const installed = path.join(environment, 'installed.txt');
const python = path.join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

function run(command, ...args) {
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0;
}

function prepareEnvironment() {
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return true;
  const base = process.env.PYTHON ?? (process.platform === 'win32' ? 'python' : 'python3');
  if (!run(base, '-c', 'import sys; sys.exit(sys.version_info < (3, 11))')) return false;
  if (!run(base, '-m', 'venv', environment)) return false;
  if (!run(python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements)) return false;
  writeFileSync(installed, wanted);
  return true;
}

if (prepareEnvironment()) {
  process.exitCode = run(python, path.join(folder, 'smoke.py')) ? 0 : 1;
} else {
  console.error('test:recipe did not run: it needs Python 3.11 and the packages of models/recipe/requirements.txt.');
  process.exitCode = NOT_AVAILABLE;
}
