// @ts-check
// Runs the host suite in a real extension host through @vscode/test-electron: in the desktop VS Code that
// $VSCODE_EXECUTABLE names, else in code-server behind codeShim.mjs. `node test/host/runSuite.mjs`, after the build. $HEADLIGHT_HOST_SUITE names another suite (the benchmarks).

import { cpSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { createWorkbenchFolders, removeWorkbenchFolders } from '../../scripts/workbench/workbenchFolders.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folders = createWorkbenchFolders();
const workspace = path.join(folders.base, 'workspace');
cpSync(path.join(root, 'sample'), workspace, { recursive: true }); // the suite edits files

try {
  process.exitCode = await runTests({
    vscodeExecutablePath: process.env.VSCODE_EXECUTABLE || path.join(root, 'test/host/codeShim.mjs'),
    extensionDevelopmentPath: root,
    extensionTestsPath: process.env.HEADLIGHT_HOST_SUITE || path.join(root, 'out/test/host/suite/index.js'),
    launchArgs: [workspace, `--user-data-dir=${folders.userData}`, `--extensions-dir=${folders.extensions}`],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  removeWorkbenchFolders(folders);
}
