// @ts-check
// The browser that shows the served VS Code to the tests. Node built-ins only.

import { findProgram, SetupError } from './command.mjs';
import { installDebianPackages } from './debianPackages.mjs';

/** Installs Debian's Chromium unless `$CHROMIUM` or PATH has one. */
export function installChromium() {
  if (!findChromium()) installDebianPackages([{ name: 'chromium' }], 'Driving VS Code');
  installDebianPackages([{ name: 'fonts-dejavu-core' }], 'Driving VS Code'); // else every letter is a box
}

/**
 * The browser to drive. Throws SetupError when there is none.
 * @returns {string} absolute path
 */
export function chromiumPath() {
  const found = findChromium();
  if (!found) throw new SetupError('No Chromium on PATH. Set CHROMIUM to the path of one.');
  return found;
}

function findChromium() {
  return process.env.CHROMIUM || findProgram('chromium') || findProgram('google-chrome');
}
