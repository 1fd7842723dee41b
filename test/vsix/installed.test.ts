// The packed extension in a VS Code that has nothing else.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { packedPath } from '../../scripts/packaging/packedFiles.mjs';
import { currentTarget } from '../../scripts/packaging/targets.mjs';
import { installExtension } from '../../scripts/workbench/codeServerProcess.mjs';
import { createWorkbenchFolders, removeWorkbenchFolders } from '../../scripts/workbench/workbenchFolders.mjs';
import { factsVariable, type InstalledFacts } from './facts';

describe('the packed extension, installed', () => {
  const folders = createWorkbenchFolders();
  const installedFolder = path.join(folders.extensions, 'headlight.headlight-');
  let facts: InstalledFacts;

  before(async () => {
    installExtension(folders, path.resolve(packedPath(currentTarget())));
    const workspace = path.join(folders.base, 'workspace');
    mkdirSync(workspace);
    const factsPath = path.join(folders.base, 'facts.json');
    const exitCode = await runTests({
      vscodeExecutablePath: path.resolve('test/host/codeShim.mjs'),
      extensionDevelopmentPath: path.resolve('test/vsix/emptyExtension'),
      extensionTestsPath: path.resolve('out/test/vsix/suite/index.js'),
      extensionTestsEnv: { [factsVariable]: factsPath },
      launchArgs: [workspace, `--user-data-dir=${folders.userData}`, `--extensions-dir=${folders.extensions}`],
    });
    assert.equal(exitCode, 0);
    facts = JSON.parse(readFileSync(factsPath, 'utf8'));
  });

  after(() => removeWorkbenchFolders(folders));

  it('runs from the folder it was installed into', () => {
    assert.ok(facts.extensionPath.startsWith(installedFolder), facts.extensionPath);
  });

  it('has a page without pictures, because it would ask the network for them', () => {
    const page = readFileSync(path.join(facts.extensionPath, 'readme.md'), 'utf8');
    assert.doesNotMatch(page, /!\[/);
    assert.match(page, /## What it does/);
  });

  it('translates', () => {
    assert.match(facts.target, /archivo|fichero/);
  });

  it('loads its native libraries from that folder, in the engine process only', () => {
    assert.ok(facts.engineLibraries.some(file => file.endsWith('onnxruntime_binding.node')));
    assert.ok(facts.engineLibraries.some(file => path.basename(file).startsWith('libonnxruntime')));
    assert.deepEqual(
      facts.engineLibraries.filter(file => !file.startsWith(installedFolder)),
      [],
    );
    assert.deepEqual(
      facts.hostLibraries.filter(file => file.includes('onnxruntime')),
      [],
    );
  });
});
