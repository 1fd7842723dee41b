import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEverything, documentAt, eventually, headlight, openText, run, textBecomes, withSetting } from './support';

const markdown = [
  '# The settings',
  '',
  'Open the **settings** and read [the list](list.md) of `options`.',
  '',
  '```js',
  'open(); // stays as it is',
  '```',
  '',
].join('\n');
const source = ['// Reads the settings from the file.', 'const open = "the file";', ''].join('\n');

describe('whole documents', () => {
  before(async () => {
    await headlight();
    await vscode.workspace
      .getConfiguration('headlight')
      .update('targetLanguage', 'es', vscode.ConfigurationTarget.Global);
  });
  after(() =>
    vscode.workspace
      .getConfiguration('headlight')
      .update('targetLanguage', undefined, vscode.ConfigurationTarget.Global),
  );
  afterEach(closeEverything);

  it('translates a Markdown document beside it, with its code and markup', async () => {
    const api = await headlight();
    await openText(markdown, [], 'markdown');
    const output = await documentAt((await run<string>('translateDocument'))!);
    const target = api.lastOutput()?.result.target ?? '';
    await textBecomes(output, target);
    assert.ok(target.includes('open(); // stays as it is'));
    assert.ok(target.includes('](list.md)') && target.includes('`options`'));
    assert.equal(target.split('\n').length, markdown.split('\n').length);
    assert.ok(!target.includes('Open the'));
  });

  it('translates the comments of a source file in place, in one step that can be undone', async () => {
    const { document } = await openText(source, [], 'javascript');
    assert.equal(await run('translateComments'), true);
    const [comment, code] = document.getText().split('\n');
    assert.match(comment, /^\/\/ \S/);
    assert.notEqual(comment, source.split('\n')[0]);
    assert.equal(code, source.split('\n')[1]);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), source);
  });

  it('copies a translation, and translates what the clipboard holds', async () => {
    await openText('Open the file.', [[0, 14]]);
    assert.equal(await run('copyTranslation'), true);
    const copied = await vscode.env.clipboard.readText();
    assert.match(copied, /archivo/);
    await vscode.env.clipboard.writeText('Open the file.');
    const output = await documentAt((await run<string>('translateClipboard'))!);
    await textBecomes(output, copied);
  });

  it('summarizes the prose of a document and says how much it read', async () => {
    await openText(markdown, [], 'markdown');
    const output = await documentAt((await run<string>('summarizeDocument'))!);
    await eventually('the summary', () => /2 parts of prose were read/.test(output.getText()));
  });

  it('puts the terms of the glossary in', async () => {
    await withSetting('glossary', { file: { es: 'fichero' } }, async () => {
      await openText('Open the file.', [[0, 14]]);
      assert.equal(await run('copyTranslation'), true);
    });
    assert.match(await vscode.env.clipboard.readText(), /fichero/);
  });
});
