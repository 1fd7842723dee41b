import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { HeadlightTestApi } from '../../../src/extension/testApi';
import { english, eventually, headlight, intoSpanish, longText, openText, otherEnglish, run } from './support';

describe('Replace Selection with Translation', () => {
  let api: HeadlightTestApi;
  const content = `# ${english}\n\n${otherEnglish}\n\nend`;
  const first: [number, number] = [2, 2 + english.length];
  const second: [number, number] = [first[1] + 2, first[1] + 2 + otherEnglish.length];

  intoSpanish();
  before(async () => {
    api = await headlight();
  });

  it('replaces every selection, leaves the rest, and one undo brings all of it back', async () => {
    const { document } = await openText(content, [second, first]);
    assert.equal(await run('replaceSelection'), true);
    const lines = document.getText().split('\n');
    assert.equal(lines.length, 5);
    assert.match(lines[0], /^# Seleccione/);
    assert.equal(lines[2], api.lastOutput()?.result.target);
    assert.equal(lines[4], 'end');
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), content);
  });

  it('keeps the line ends, the byte order mark and the tabs of a file', async () => {
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    const file = path.join(workspace.uri.fsPath, 'read.py');
    writeFileSync(file, `\uFEFFdef read():\r\n\t# ${english}\r\n\treturn 1  # ${otherEnglish}\r\n`);
    const document = await vscode.workspace.openTextDocument(file);
    const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    editor.selection = new vscode.Selection(new vscode.Position(0, 0), document.lineAt(3).range.end);
    assert.equal(await run('replaceSelection'), true);
    await document.save();
    const [first, second, third, ...others] = readFileSync(file, 'utf8').split('\n');
    assert.equal(first, '\uFEFFdef read():\r');
    assert.match(second, /^\t# \S.*[^\s]\r$/);
    assert.match(third, /^\treturn 1 {2}# \S.*[^\s]\r$/);
    assert.deepEqual(others, ['']);
    assert.ok(!second.includes(english) && !third.includes(otherEnglish));
  });

  it('follows the selection when text is typed before it meanwhile', async () => {
    const { document } = await openText(content, [second]);
    const replacing = run('replaceSelection');
    await insert(document, 0, 'New line\n');
    assert.equal(await replacing, true);
    const lines = document.getText().split('\n');
    assert.deepEqual([lines[0], lines[1], lines[5]], ['New line', `# ${english}`, 'end']);
    assert.equal(lines[3], api.lastOutput()?.result.target);
  });

  it('replaces nothing and says so when the selected text changes meanwhile', async () => {
    const { document } = await openText(content, [first, second]);
    const replacing = run('replaceSelection');
    await insert(document, second[0] + 4, 'very ');
    const edited = document.getText();
    assert.equal(await replacing, false);
    assert.equal(document.getText(), edited);
    assert.match(api.lastSentence() ?? '', /Nothing was replaced/);
  });

  it('replaces nothing when nothing is selected, and says what to do', async () => {
    const { document } = await openText(content);
    assert.equal(await run('replaceSelection'), false);
    assert.equal(document.getText(), content);
    assert.match(api.lastSentence() ?? '', /Select the text/);
  });

  it('replaces nothing when the engine dies, and says what happened', async () => {
    const text = longText(100_000);
    const { document } = await openText(text, [[0, text.length]]);
    const replacing = run('replaceSelection');
    await eventually('the engine to work', () => api.engineState() === 'busy');
    process.kill(api.engineProcessId()!, 'SIGKILL');
    assert.equal(await replacing, false);
    assert.equal(document.getText(), text);
    assert.match(api.lastSentence() ?? '', /engine stopped/);
  });
});

async function insert(document: vscode.TextDocument, offset: number, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, document.positionAt(offset), text);
  assert.equal(await vscode.workspace.applyEdit(edit), true);
}
