// Copy Translation and Translate Clipboard: texts that go nowhere but through the clipboard.

import * as vscode from 'vscode';
import type { RunResult } from '../../model/types';
import { pieceOf } from '../documentParams';
import type { ErrorReporter, FailureContext } from '../errorReporter';
import { withLongProgress } from '../longProgress';
import type { TaskRunner } from '../taskRunner';
import { locationOfEditor, openLocation, rangeOf } from '../textLocation';
import type { WriteBeside } from './writeBeside';

const progressDelayMs = 1000;
const statusMs = 5000;

export class ClipboardCommands {
  constructor(
    private readonly runner: TaskRunner,
    private readonly writeBeside: WriteBeside,
    private readonly reporter: ErrorReporter,
  ) {}

  /** Copies the translation of the selections, or of the whole document without one. True when it was copied. */
  async copyTranslation(): Promise<boolean> {
    const editor = vscode.window.activeTextEditor;
    if (!editor) {
      this.reporter.inform(vscode.l10n.t('Open a file and select some text first.'));
      return false;
    }
    const title = vscode.l10n.t('Headlight: translating the selection');
    const failure: FailureContext = {
      use: 'translation',
      retry: () => this.copyTranslation(),
      source: editor.document.uri.toString(),
    };
    const results: RunResult[] = [];
    try {
      const translations = await withLongProgress({ title, delayMs: progressDelayMs }, ({ signal }) =>
        this.translate(editor, results, signal),
      );
      await vscode.env.clipboard.writeText(translations.join('\n'));
      vscode.window.setStatusBarMessage(vscode.l10n.t('Headlight copied the translation'), statusMs);
      this.reporter.reportUnknown(results, failure);
      return true;
    } catch (error) {
      this.reporter.report(error, failure);
      return false;
    }
  }

  /** Translates what the clipboard holds into a document beside the editor; resolves to its address. */
  async translateClipboard(): Promise<string | undefined> {
    const text = await vscode.env.clipboard.readText();
    if (text.trim() !== '') return this.writeBeside.startText('translate', `${vscode.l10n.t('Clipboard')}.txt`, text);
    this.reporter.inform(vscode.l10n.t('The clipboard holds no text.'));
    return undefined;
  }

  /** `results` takes what the engine gave. */
  private async translate(editor: vscode.TextEditor, results: RunResult[], signal: AbortSignal): Promise<string[]> {
    const { document, ranges } = await openLocation(locationOfEditor(editor));
    const translations: string[] = [];
    for (const range of ranges) {
      const text = document.getText(rangeOf(document, range));
      const content = await this.runner.runPart(
        {
          kind: 'translate',
          text,
          priority: 'interactive',
          resource: document.uri,
          document: pieceOf(document, range),
        },
        ranges.length,
        { signal },
      );
      if (content) results.push(content.result);
      translations.push(content?.result.target ?? text);
    }
    return translations;
  }
}
