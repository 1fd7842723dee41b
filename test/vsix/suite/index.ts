// Runs inside VS Code beside the installed extension: translates a sentence and looks at what the processes have loaded.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { factsVariable, type InstalledFacts } from '../facts';

const limitMs = 60_000;

/** Called by VS Code. Writes InstalledFacts to the file that the environment names. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension('headlight.headlight');
  if (!extension) throw new Error('Headlight is not installed');
  await extension.activate();
  const facts: InstalledFacts = {
    extensionPath: extension.extensionPath,
    target: await translate('The file does not exist.'),
    engineLibraries: loadedLibraries(await findEngine(extension.extensionPath)),
    hostLibraries: loadedLibraries('self'),
  };
  writeFileSync(String(process.env[factsVariable]), JSON.stringify(facts));
}

async function translate(text: string): Promise<string> {
  const document = await vscode.workspace.openTextDocument({ content: text, language: 'plaintext' });
  const editor = await vscode.window.showTextDocument(document);
  editor.selection = new vscode.Selection(0, 0, 0, text.length);
  await vscode.commands.executeCommand('headlight.translateSelection');
  return until('the translation', () => {
    const output = vscode.workspace.textDocuments
      .find(({ uri }) => uri.scheme === 'headlight')
      ?.getText()
      .trim();
    return output?.endsWith('.') ? output : undefined;
  });
}

/** The process id of the engine, as the name of its folder in /proc. */
function findEngine(extensionPath: string): Promise<string> {
  const program = path.join(extensionPath, 'dist/engine.js');
  return until('the engine process', () =>
    readdirSync('/proc').find(name => /^\d+$/.test(name) && commandLine(name).includes(program)),
  );
}

function commandLine(processId: string): string {
  try {
    return readFileSync(`/proc/${processId}/cmdline`, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}

function loadedLibraries(processId: string): string[] {
  const files = readFileSync(`/proc/${processId}/maps`, 'utf8').match(/\/\S+(\.node|libonnxruntime\S*)$/gm) ?? [];
  return [...new Set(files)];
}

async function until<Value>(what: string, look: () => Value | undefined): Promise<Value> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(100)) {
    const found = look();
    if (found !== undefined) return found;
  }
  throw new Error(`${what} did not appear in ${limitMs / 1000} s`);
}
