// Runs inside a real extension host: activation, the first word of a command, and how long the host's event loop is held.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';
import type { HeadlightTestApi } from '../../src/extension/testApi';
import { paragraph } from '../measure';

/** One line on standard output that `bench/run.mjs` looks for. */
const marker = 'HEADLIGHT_BENCH ';
const selectionLength = 200_000;
const watchMs = 3000;
const limitMs = 60_000;

export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension<HeadlightTestApi>('headlight.headlight');
  if (!extension) throw new Error('the extension is not installed');
  if (extension.isActive) throw new Error('the extension was active before it could be measured');
  const begun = performance.now();
  await extension.activate();
  const activationMs = performance.now() - begun;

  const coldMs = await firstWordMs(paragraph);
  const warmMs = await firstWordMs(`${paragraph} Again.`);
  const idleBlockMs = await longestBlockMs(() => new Promise(resolve => setTimeout(resolve, watchMs)));
  const busyBlockMs = await longestBlockMs(async () => {
    await select(`${paragraph}\n`.repeat(Math.ceil(selectionLength / paragraph.length)));
    await vscode.commands.executeCommand('headlight.translateSelection');
    await new Promise(resolve => setTimeout(resolve, watchMs));
  });
  console.log(marker + JSON.stringify({ activationMs, coldMs, warmMs, idleBlockMs, busyBlockMs }));
}

async function select(content: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ content, language: 'plaintext' });
  const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  editor.selection = new vscode.Selection(document.positionAt(0), document.positionAt(content.length));
}

/** From the command to the first character in the document beside. */
async function firstWordMs(text: string): Promise<number> {
  await select(text);
  const begun = performance.now();
  const known = new Set(vscode.workspace.textDocuments);
  const shown = new Promise<number>((resolve, reject) => {
    const giveUp = setTimeout(() => reject(new Error(`no word in ${limitMs} ms`)), limitMs);
    const look = (document: vscode.TextDocument) => {
      if (document.uri.scheme !== 'headlight' || known.has(document) || document.getText().trim() === '') return;
      clearTimeout(giveUp);
      listeners.dispose();
      resolve(performance.now() - begun);
    };
    // A short text may be there already when its document opens.
    const listeners = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument(look),
      vscode.workspace.onDidChangeTextDocument(({ document }) => look(document)),
    );
  });
  await vscode.commands.executeCommand('headlight.translateSelection');
  return shown;
}

/** Longest time that the event loop was held during `work`, beyond its resolution of a few milliseconds. */
async function longestBlockMs(work: () => Promise<unknown>): Promise<number> {
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  await work();
  delays.disable();
  return delays.max / 1e6;
}
