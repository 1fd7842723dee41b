// What the host tests share: documents, selections, settings, and waiting for what VS Code does in its own time.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { HeadlightTestApi } from '../../../src/extension/testApi';

export const english = 'Select the text and press the button to open the settings.';
export const otherEnglish = 'The server reads the configuration from a file when it starts.';
export const spanish = 'El servidor lee la configuración de un archivo cuando se inicia.';

/** Activates Headlight and gives what it shows to tests. */
export async function headlight(): Promise<HeadlightTestApi> {
  const extension = vscode.extensions.getExtension<HeadlightTestApi>('headlight.headlight');
  assert.ok(extension, 'the extension is installed');
  return extension.activate();
}

/** Distinct English sentences, about `characterCount` characters of them, in lines. */
export function longText(characterCount: number): string {
  const subjects = ['server', 'window', 'editor', 'option', 'message', 'document', 'button', 'folder'];
  const lines: string[] = [];
  for (let i = 0, length = 0; length < characterCount; i++) {
    const line = `The ${subjects[i % subjects.length]} number ${i} shows a list of files that were changed today.`;
    lines.push(line);
    length += line.length + 1;
  }
  return lines.join('\n');
}

/** Opens a text in the first column and selects the ranges given as offsets; without ranges the cursor is at the start. */
export async function openText(
  content: string,
  ranges: readonly (readonly [start: number, end: number])[] = [],
  language = 'plaintext',
): Promise<vscode.TextEditor> {
  const document = await untitledDocument(content, language);
  const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  if (ranges.length > 0)
    editor.selections = ranges.map(
      ([start, end]) => new vscode.Selection(document.positionAt(start), document.positionAt(end)),
    );
  return editor;
}

/** VS Code gives the name of a closed untitled document to the next one, and for a moment the old text with it. */
async function untitledDocument(content: string, language: string): Promise<vscode.TextDocument> {
  for (const end = Date.now() + 10_000; Date.now() < end; await sleep(25)) {
    const document = await vscode.workspace.openTextDocument({ content, language });
    if (document.getText() === content) return document;
  }
  throw new Error('a new untitled document keeps showing the text of a closed one');
}

export async function openAndSelectAll(content: string): Promise<vscode.TextEditor> {
  return openText(content, [[0, content.length]]);
}

export function run<Result>(command: string, ...args: unknown[]): Thenable<Result> {
  return vscode.commands.executeCommand<Result>(`headlight.${command}`, ...args);
}

/** Translates the selection and gives the output document, whose text may still be on its way. */
export async function translate(): Promise<vscode.TextDocument> {
  const address = await run<string | undefined>('translateSelection');
  assert.ok(address, 'a document was opened');
  return documentAt(address);
}

export function documentAt(address: string): Thenable<vscode.TextDocument> {
  return vscode.workspace.openTextDocument(vscode.Uri.parse(address));
}

/** The output documents that are shown. VS Code keeps others for a while after their tabs are closed. */
export function outputDocuments(): vscode.TextDocument[] {
  return vscode.window.visibleTextEditors
    .map(({ document }) => document)
    .filter(document => document.uri.scheme === 'headlight');
}

/** Half the limit of a test. Only what never comes takes so long, and a machine with other work is slow. */
const limitMs = 60_000;

/** Waits until `look` gives something other than undefined or false. */
export async function eventually<Value>(
  what: string,
  look: () => Value | undefined | false | PromiseLike<Value | undefined | false>,
): Promise<Value> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(25)) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
  }
  throw new Error(`${what}: not in ${limitMs / 1000} s`);
}

/** What an output holds now; its document follows when VS Code has read it. */
export async function textOnFileSystem(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)); // leaves the byte order mark out
}

export async function textBecomes(document: vscode.TextDocument, expected: string): Promise<void> {
  try {
    await eventually('the text', () => document.getText() === expected);
  } catch {
    assert.equal(document.getText(), expected);
  }
}

/** Resolves when the extensions of this window know the value, too. */
async function setSetting(name: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration('headlight').update(name, value, vscode.ConfigurationTarget.Global);
  await eventually(`the setting ${name}`, () => isDeepStrictEqual(userSetting(name), value));
}

function userSetting(name: string): unknown {
  return vscode.workspace.getConfiguration('headlight').inspect(name)?.globalValue;
}

/** Runs `work` with a setting changed for the user, and puts it back. */
export async function withSetting<Result>(name: string, value: unknown, work: () => Promise<Result>): Promise<Result> {
  const before = userSetting(name);
  await setSetting(name, value);
  try {
    return await work();
  } finally {
    await setSetting(name, before);
  }
}

/** For the tests around this call: translations go to Spanish, and whatever a test opened is closed after it. */
export function intoSpanish(): void {
  before(async () => {
    await headlight();
    await setSetting('targetLanguage', 'es');
  });
  afterEach(closeEverything);
  after(() => setSetting('targetLanguage', undefined));
}

export async function closeEverything(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  for (const group of vscode.window.tabGroups.all) {
    for (const tab of group.tabs)
      if (tab.isDirty && tab.input instanceof vscode.TabInputText) {
        await vscode.window.showTextDocument(tab.input.uri, { viewColumn: group.viewColumn });
        await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      }
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await eventually(
    'the editors to close',
    () =>
      vscode.window.visibleTextEditors.length + vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length === 0,
  );
}

/** The attention panels that are open. */
export function attentionPanels(): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('headlight.attention'));
}

export function lensesOf(uri: vscode.Uri): Thenable<vscode.CodeLens[]> {
  return vscode.commands.executeCommand('vscode.executeCodeLensProvider', uri);
}
