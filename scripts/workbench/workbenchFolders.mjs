// @ts-check
// The folders of one isolated VS Code: nothing of the user's own VS Code is read or changed. Node built-ins only.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * @typedef {object} WorkbenchFolders all paths absolute
 * @property {string} base holds all others; short, because unix sockets lie in it
 * @property {string} userData
 * @property {string} extensions
 */

/** Quiet: no welcome page, no tips, no updates, nothing that asks the network. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'window.commandCenter': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
};

/**
 * Makes fresh folders with these user settings. Caller removes them with `removeWorkbenchFolders`.
 * @param {Record<string, unknown>} [settings]
 * @returns {WorkbenchFolders}
 */
export function createWorkbenchFolders(settings = {}) {
  const base = mkdtempSync(path.join(os.tmpdir(), 'headlight-'));
  const folders = { base, userData: path.join(base, 'data'), extensions: path.join(base, 'extensions') };
  mkdirSync(folders.extensions);
  // A desktop VS Code reads all settings from User; a served one reads those that belong to its machine from Machine.
  for (const name of ['User', 'Machine']) {
    const folder = path.join(folders.userData, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, undefined, 2));
  }
  return folders;
}

/** @param {WorkbenchFolders} folders */
export function removeWorkbenchFolders(folders) {
  rmSync(folders.base, { recursive: true, force: true, maxRetries: 3 }); // a dying process may still write
}
