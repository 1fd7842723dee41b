import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { installedGrammars } from '../../../src/extension/installedGrammars';

function extension(packageJSON: unknown, uri = vscode.Uri.file('/extensions/fantasy')): vscode.Extension<unknown> {
  return { extensionUri: uri, packageJSON } as vscode.Extension<unknown>;
}

describe('installedGrammars', () => {
  const languages = [{ id: 'fantasy', extensions: ['.Fan'], filenames: ['Fanfile'] }];
  const grammars = [{ language: 'fantasy', scopeName: 'source.fantasy', path: './syntaxes/fantasy.json' }];

  it('gives grammars with the files and languages they are for, whichever extension names these', () => {
    const found = installedGrammars([
      extension({ contributes: { grammars } }),
      extension({ contributes: { languages } }),
    ]);
    assert.deepEqual(found, [
      {
        scopeName: 'source.fantasy',
        path: path.join(path.sep, 'extensions', 'fantasy', 'syntaxes', 'fantasy.json'),
        languageIds: ['fantasy'],
        extensions: ['.fan'],
        fileNames: ['fanfile'],
      },
    ]);
  });

  it('leaves out what is not on this machine or not as it should be', () => {
    const remote = vscode.Uri.parse('vscode-remote://host/extensions/fantasy');
    assert.deepEqual(installedGrammars([extension({ contributes: { grammars } }, remote)]), []);
    assert.deepEqual(installedGrammars([extension({ contributes: { grammars: {} } }), extension({})]), []);
  });
});
