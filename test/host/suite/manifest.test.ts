import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { headlight } from './support';

interface Keybinding {
  readonly command: string;
  readonly key: string;
  readonly mac?: string;
}

describe('package.json', () => {
  const { packageJSON } = vscode.extensions.getExtension('headlight.headlight')!;
  const commands: string[] = packageJSON.contributes.commands.map(({ command }: { command: string }) => command);

  before(headlight);

  it('declares the commands that are registered, and no others', async () => {
    const registered = (await vscode.commands.getCommands(true)).filter(id => /^headlight\.[a-zA-Z]+$/.test(id));
    assert.deepEqual(registered.sort(), commands.sort());
  });

  it('binds no keys that VS Code binds by default', async () => {
    const uri = vscode.Uri.parse('vscode://defaultsettings/keybindings.json');
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    // The document is JSON with comments, which begin a line.
    const defaults: Keybinding[] = JSON.parse(text.replace(/^\s*\/\/.*$/gm, ''));
    assert.ok(defaults.length > 300);
    const others = defaults.filter(({ command }) => !command.startsWith('headlight.'));
    const taken = new Set(others.map(({ key }) => key));
    const own: Keybinding[] = packageJSON.contributes.keybindings;
    for (const { command, key } of own) {
      assert.ok(commands.includes(command), command);
      assert.ok(!taken.has(key), `${key} is taken`);
      const [first] = key.split(' ');
      assert.ok(
        others.some(other => other.key.startsWith(`${first} `)),
        `${first} begins chords of VS Code, too`,
      );
      const longer = others.filter(other => other.key.startsWith(`${key} `));
      assert.deepEqual(longer, [], `${key} hides longer chords`);
    }
  });

  it('has a walkthrough whose commands and pictures are there', async () => {
    const [{ steps }] = packageJSON.contributes.walkthroughs;
    const { extensionUri } = vscode.extensions.getExtension('headlight.headlight')!;
    const known = await vscode.commands.getCommands(true);
    assert.ok(steps.length >= 4);
    for (const { description, media } of steps) {
      for (const [, id] of description.matchAll(/\(command:([\w.]+)/g)) assert.ok(known.includes(id), id);
      await vscode.workspace.fs.stat(vscode.Uri.joinPath(extensionUri, media.image));
    }
  });

  it('describes every setting, with a default, a scope and a message for wrong values', () => {
    const settings: [string, Record<string, unknown>][] = Object.entries(
      packageJSON.contributes.configuration.properties,
    );
    assert.ok(settings.length >= 8);
    for (const [id, setting] of settings) {
      assert.ok(setting.markdownDescription, id);
      assert.ok('default' in setting, id);
      assert.ok(setting.scope, id);
      assert.ok(setting.errorMessage ?? setting.patternErrorMessage, id);
    }
  });
});
