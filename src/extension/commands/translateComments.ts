// Translate Comments in File: every comment and docstring of the active editor's document in one edit; code is never touched.

import * as vscode from 'vscode';
import type { CharacterRange } from '../../model/types';
import { commandIds } from '../commandIds';
import { wholeDocument } from '../documentParams';
import type { ErrorReporter } from '../errorReporter';
import { withLongProgress } from '../longProgress';
import { isProse } from '../proseAt';
import type { TaskRunner } from '../taskRunner';
import { rangeOf } from '../textLocation';

const progressDelayMs = 1000;
const statusMs = 5000;

interface Replacement {
  readonly source: CharacterRange;
  readonly target: string;
}

export class TranslateComments {
  constructor(
    private readonly runner: TaskRunner,
    private readonly reporter: ErrorReporter,
  ) {}

  /** True when comments were replaced. */
  async start(): Promise<boolean> {
    const document = vscode.window.activeTextEditor?.document;
    if (!document) {
      this.reporter.inform(vscode.l10n.t('Open a source file first.'));
      return false;
    }
    if (vscode.workspace.fs.isWritableFileSystem(document.uri.scheme) === false) {
      this.reporter.inform(vscode.l10n.t('This document is read-only; "Translate Document" writes beside it.'));
      return false;
    }
    if (isProse(document)) {
      this.reporter.inform(
        vscode.l10n.t('This file is no source code; "Translate Document" writes its translation beside it.'),
        {
          label: vscode.l10n.t('Translate Document'),
          run: () => vscode.commands.executeCommand(commandIds.translateDocument),
        },
      );
      return false;
    }
    const { version } = document;
    const title = vscode.l10n.t('Headlight: translating the comments');
    try {
      const replacements = await withLongProgress({ title, delayMs: progressDelayMs }, ({ signal, report }) =>
        this.translate(document, signal, report),
      );
      return await this.replace(document, version, replacements);
    } catch (error) {
      this.reporter.report(error, {
        use: 'translation',
        retry: () => this.start(),
        source: document.uri.toString(),
      });
      return false;
    }
  }

  private async translate(
    document: vscode.TextDocument,
    signal: AbortSignal,
    report: (fraction: number) => void,
  ): Promise<Replacement[]> {
    const text = document.getText();
    const replacements: Replacement[] = [];
    await this.runner.run(
      {
        kind: 'translate',
        text,
        priority: 'interactive',
        resource: document.uri,
        document: { ...wholeDocument(document), format: 'comments' },
      },
      {
        signal,
        onProgress: progress => {
          if (progress.kind === 'segment') report(progress.sourceDone / progress.sourceLength);
          if (progress.kind !== 'block' || progress.target === text.slice(...progress.source)) return;
          replacements.push(progress);
        },
      },
    );
    return replacements;
  }

  private async replace(
    document: vscode.TextDocument,
    version: number,
    replacements: readonly Replacement[],
  ): Promise<boolean> {
    if (replacements.length === 0) {
      this.reporter.inform(vscode.l10n.t('There is no comment to translate in this file.'));
      return false;
    }
    const edit = new vscode.WorkspaceEdit();
    for (const { source, target } of replacements) edit.replace(document.uri, rangeOf(document, source), target);
    const isSame = !document.isClosed && document.version === version;
    if (isSame && (await vscode.workspace.applyEdit(edit))) {
      vscode.window.setStatusBarMessage(
        vscode.l10n.t('Headlight translated {0} comments', replacements.length),
        statusMs,
      );
      return true;
    }
    const again = { label: vscode.l10n.t('Try Again'), run: () => this.start() };
    this.reporter.inform(vscode.l10n.t('Nothing was replaced: the file changed while it was being translated.'), again);
    return false;
  }
}
