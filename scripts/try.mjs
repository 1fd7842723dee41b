// @ts-check
// `npm run try [-- --check] [-- --port N] [-- --screenshots FOLDER]`: from a fresh clone to a VS Code with Headlight in it.
// Installs the npm packages, builds, packs, and opens the desktop VS Code or serves one to the browser. `--check` drives it
// once without a screen, saves screenshots and ends. Node built-ins only until the dependencies are installed.

import { cpSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { packedPath } from './packaging/packedFiles.mjs';
import { currentTarget } from './packaging/targets.mjs';
import { installChromium } from './setup/chromium.mjs';
import { installCodeServer } from './setup/codeServer.mjs';
import { findProgram, run, runScript, SetupError } from './setup/command.mjs';
import { checkNodeVersion, installDependencies } from './setup/dependencies.mjs';
import { installExtension, startCodeServer } from './workbench/codeServerProcess.mjs';
import { createWorkbenchFolders, removeWorkbenchFolders } from './workbench/workbenchFolders.mjs';

/** @typedef {import('./workbench/workbenchFolders.mjs').WorkbenchFolders} WorkbenchFolders */

const whatToDo = `What to press is in README.md there: select a paragraph of docs/installing.md,
press F1, type "Headlight" and choose "Headlight: Translate Selection".`;

await runScript(async () => {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      port: { type: 'string' },
      screenshots: { type: 'string', default: '.try/screenshots' },
    },
  });
  checkNodeVersion();
  const target = currentTarget();
  installDependencies();
  run(process.execPath, ['esbuild.mjs', ...(values.check ? ['--tests'] : [])]);
  run(process.execPath, ['scripts/package.mjs']);
  const vsixPath = path.resolve(packedPath(target));
  if (values.check) return check(values.screenshots);
  const desktop = hasDisplay() ? findProgram('code') : undefined;
  const folders = createWorkbenchFolders({ 'editor.wordWrap': 'on' });
  try {
    const sample = path.join(folders.base, 'sample');
    cpSync('sample', sample, { recursive: true }); // a copy: to be edited
    if (desktop) openDesktop(desktop, folders, vsixPath, sample);
    else await serve(folders, vsixPath, sample, values.port);
  } finally {
    removeWorkbenchFolders(folders);
  }
});

function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * @param {string} code
 * @param {WorkbenchFolders} folders
 * @param {string} vsixPath
 * @param {string} sample
 */
function openDesktop(code, { userData, extensions }, vsixPath, sample) {
  const isolation = ['--user-data-dir', userData, '--extensions-dir', extensions];
  run(code, [...isolation, '--install-extension', vsixPath, '--force']);
  console.log(`\nVS Code opens with a sample folder, apart from your own settings and extensions.\n${whatToDo}\n`);
  run(code, [...isolation, '--disable-workspace-trust', '--new-window', '--wait', sample]);
}

/**
 * @param {WorkbenchFolders} folders
 * @param {string} vsixPath
 * @param {string} sample
 * @param {string | undefined} portText
 */
async function serve(folders, vsixPath, sample, portText) {
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536))
    throw new SetupError(`--port takes a number from 1 to 65535, not ${portText}.`);
  installCodeServer();
  installExtension(folders, vsixPath);
  const server = await startCodeServer(folders, { port });
  try {
    console.log(`
VS Code with Headlight is at

  ${server.url}/?folder=${encodeURIComponent(sample)}

for whoever is on this machine. ${whatToDo}
Ctrl+C ends it.`);
    await new Promise(resolve => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
    });
  } finally {
    await server.stop();
  }
}

/** @param {string} screenshots */
function check(screenshots) {
  installChromium();
  installCodeServer();
  const mocha = ['node_modules/mocha/bin/mocha.js', '--timeout', '240000', 'out/test/ui/mainJob.test.js'];
  const folder = path.resolve(screenshots);
  try {
    run(process.execPath, ['--enable-source-maps', ...mocha], {
      env: { ...process.env, HEADLIGHT_SCREENSHOTS: folder },
    });
  } finally {
    console.log(`Screenshots: ${folder}`);
  }
}
