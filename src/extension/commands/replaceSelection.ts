// Replace Selection with Translation: every selection of the editor in one edit, or nothing.

import * as vscode from 'vscode';
import type { CharacterRange, RunResult } from '../../model/types';
import { pieceOf } from '../documentParams';
import type { ErrorReporter, FailureContext } from '../errorReporter';
import { withLongProgress } from '../longProgress';
import { lengthsOf } from '../output';
import type { TaskRunner } from '../taskRunner';
import { locationOfEditor, rangeOf } from '../textLocation';
import { TrackedRanges } from '../trackedRanges';

const progressDelayMs = 1000;
/** An edit is refused when somebody typed while it was on its way; then it is made again for the new text. */
const attemptCount = 3;
const statusMs = 5000;

export class ReplaceSelection {
  constructor(
    private readonly runner: TaskRunner,
    private readonly reporter: ErrorReporter,
  ) {}

  /** True when the selections were replaced. */
  async start(): Promise<boolean> {
    const editor = vscode.window.activeTextEditor;
    if (!editor || editor.selections.every(selection => selection.isEmpty)) {
      this.reporter.inform(vscode.l10n.t('Select the text to replace first.'));
      return false;
    }
    const { document } = editor;
    if (vscode.workspace.fs.isWritableFileSystem(document.uri.scheme) === false) {
      this.reporter.inform(vscode.l10n.t('This document is read-only; "Translate Selection" writes beside it.'));
      return false;
    }
    const { ranges } = locationOfEditor(editor);
    const tracked = new TrackedRanges(ranges);
    const subscription = vscode.workspace.onDidChangeTextDocument(({ document: changed, contentChanges }) => {
      if (changed !== document) return;
      tracked.apply(
        contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
          offset: rangeOffset,
          deletedLength: rangeLength,
          insertedLength: text.length,
        })),
      );
    });
    const failure: FailureContext = {
      use: 'translation',
      retry: () => this.start(),
      source: document.uri.toString(),
    };
    const results: RunResult[] = [];
    try {
      const translations = await this.translate(document, ranges, results);
      const isReplaced = await this.replace(document, tracked, translations);
      if (isReplaced) this.reporter.reportUnknown(results, failure);
      return isReplaced;
    } catch (error) {
      this.reporter.report(error, failure);
      return false;
    } finally {
      subscription.dispose();
    }
  }

  /** `results` takes what the engine gave. */
  private translate(
    document: vscode.TextDocument,
    ranges: readonly CharacterRange[],
    results: RunResult[],
  ): Promise<string[]> {
    const texts = ranges.map(range => document.getText(rangeOf(document, range)));
    const lengths = lengthsOf(ranges);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const title = vscode.l10n.t('Headlight: translating the selection');
    return withLongProgress({ title, delayMs: progressDelayMs }, async ({ signal, report }) => {
      const translations: string[] = [];
      let done = 0;
      for (const [index, text] of texts.entries()) {
        const piece = { text, document: pieceOf(document, ranges[index]) };
        const content = await this.runner.runPart(
          { ...piece, kind: 'translate', priority: 'interactive', resource: document.uri },
          texts.length,
          {
            signal,
            onProgress: progress => {
              if (progress.kind === 'segment') report((done + progress.sourceDone) / total);
            },
          },
        );
        if (content) results.push(content.result);
        translations.push(content?.result.target ?? text);
        done += lengths[index];
      }
      return translations;
    });
  }

  private async replace(
    document: vscode.TextDocument,
    tracked: TrackedRanges,
    translations: readonly string[],
  ): Promise<boolean> {
    for (let attempt = 0; attempt < attemptCount; attempt++) {
      const ranges = tracked.current;
      if (!ranges || document.isClosed) break;
      const edit = new vscode.WorkspaceEdit();
      for (const [index, range] of ranges.entries())
        edit.replace(document.uri, rangeOf(document, range), translations[index]);
      if (await vscode.workspace.applyEdit(edit)) {
        vscode.window.setStatusBarMessage(vscode.l10n.t('Headlight replaced the selection'), statusMs);
        return true;
      }
    }
    const again = { label: vscode.l10n.t('Try Again'), run: () => this.start() };
    const sentence = document.isClosed
      ? vscode.l10n.t('Nothing was replaced: the document was closed while its text was being translated.')
      : vscode.l10n.t('Nothing was replaced: the selected text changed while it was being translated.');
    this.reporter.inform(sentence, document.isClosed ? undefined : again);
    return false;
  }
}
