// @ts-check
// The headless browser that shows a served VS Code. Needs the npm packages installed.

import { chromium } from 'playwright-core';
import { chromiumPath } from '../setup/chromium.mjs';

/** Caller closes it. */
export function launchBrowser() {
  return chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    // Without the second half Chromium asks its maker's servers for updates; --no-sandbox because tests run as root in containers.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
    ],
  });
}
