// @ts-check
// Runs commands for set-up, packaging and tests. Node built-ins only: it works before the dependencies are installed.

import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Something this machine lacks, or a command that failed: the message is all that a person needs, a stack is not. */
export class SetupError extends Error {}

/**
 * Runs a command to its end, with its output on this terminal. Throws SetupError when it fails.
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export function run(command, commandArguments, options = {}) {
  const isBatchFile = process.platform === 'win32' && command.endsWith('.cmd'); // Node starts these only through a shell
  const quote = (/** @type {string} */ word) => (isBatchFile ? `"${word}"` : word);
  const { status, signal, error } = spawnSync(quote(command), commandArguments.map(quote), {
    ...options,
    shell: isBatchFile,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status === 0) return;
  const how = error ? error.message : signal ? `ended by ${signal}` : `exit code ${status}`;
  throw new SetupError(`${[command, ...commandArguments].join(' ')}: ${how}`);
}

/**
 * Runs npm with the npm that started this script, wherever it is installed.
 * @param {readonly string[]} npmArguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, nodePath?: string }} [options]
 */
export function runNpm(npmArguments, { nodePath = process.execPath, ...options } = {}) {
  const npmProgram = process.env.npm_execpath;
  const patient = [...npmArguments, '--fetch-retries=5']; // a registry may not answer at once
  if (npmProgram) run(nodePath, [npmProgram, ...patient], options);
  else run(process.platform === 'win32' ? 'npm.cmd' : 'npm', patient, options);
}

/** After the end of a command: processes that it left behind may keep its streams open for ever. */
const closeLimitMs = 3000;

/**
 * Runs a command to its end and gives what it printed; its output also goes to this terminal.
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {{ env: NodeJS.ProcessEnv, limitMs: number }} options limitMs: after so long it is killed
 * @returns {Promise<{ output: string, exitCode: number }>} exitCode 1 when a signal ended it
 */
export function runAndCapture(command, commandArguments, { env, limitMs }) {
  return new Promise((resolve, reject) => {
    const limit = /** @type {const} */ ({ timeout: limitMs, killSignal: 'SIGKILL' });
    const child = spawn(command, commandArguments, { env, stdio: ['ignore', 'pipe', 'pipe'], ...limit });
    let output = '';
    for (const [stream, terminal] of /** @type {const} */ ([
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ])) {
      stream.setEncoding('utf8');
      stream.on('data', text => {
        output += text;
        terminal.write(text);
      });
    }
    child.once('error', reject);
    child.once('exit', code => {
      const end = () => {
        clearTimeout(timer);
        for (const stream of [child.stdout, child.stderr]) stream.destroy();
        resolve({ output, exitCode: code ?? 1 });
      };
      const timer = setTimeout(end, closeLimitMs);
      child.once('close', end);
    });
  });
}

/**
 * The absolute path of a program on PATH, or undefined.
 * @param {string} program
 * @returns {string | undefined}
 */
export function findProgram(program) {
  const extensions = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const extension of extensions) {
      const file = path.join(folder, program + extension);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // not here: the next folder
      }
    }
  }
  return undefined;
}

/**
 * Runs the main function of a script: a SetupError becomes one message and exit code 1.
 * @param {() => Promise<number | void>} main gives the exit code; nothing means 0
 */
export async function runScript(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}
