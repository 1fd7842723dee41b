// Choose Source Language: a person's word on the language of a file goes before what is detected, now and later.

import * as vscode from 'vscode';
import type { EngineGateway } from '../engineGateway';
import type { ErrorReporter } from '../errorReporter';
import { type OutputDocuments, outputScheme } from '../outputDocuments';
import type { ModelUse } from '../settings';
import type { SourceLanguages } from '../sourceLanguages';
import type { TargetLanguage } from '../targetLanguage';
import { modelUseOf, type TaskRunner } from '../taskRunner';
import type { WriteBeside } from './writeBeside';

interface LanguageItem extends vscode.QuickPickItem {
  /** Undefined: detect it. */
  readonly language: string | undefined;
}

export class ChooseSourceLanguage {
  constructor(
    private readonly gateway: EngineGateway,
    private readonly runner: TaskRunner,
    private readonly documents: OutputDocuments,
    private readonly writeBeside: WriteBeside,
    private readonly sourceLanguages: SourceLanguages,
    private readonly targetLanguage: TargetLanguage,
    private readonly reporter: ErrorReporter,
  ) {}

  /** For the file of the active editor, or the one that an output came from, which is then made again. `argument`: its address. */
  async start(argument?: unknown): Promise<void> {
    const shown =
      typeof argument === 'string' ? vscode.Uri.parse(argument) : vscode.window.activeTextEditor?.document.uri;
    const output = shown?.scheme === outputScheme ? shown : undefined;
    const record = output && this.documents.record(output);
    const file = output ? record?.location.uri : shown?.toString();
    const use = modelUseOf(record?.kind ?? 'translate');
    if (file === undefined) {
      this.reporter.inform(vscode.l10n.t('Open a file first.'));
      return;
    }
    try {
      const name = vscode.workspace.asRelativePath(vscode.Uri.parse(file));
      const picked = await vscode.window.showQuickPick(this.items(file, use), {
        title: vscode.l10n.t('Headlight: Choose Source Language'),
        placeHolder: vscode.l10n.t('Language of {0}', name),
      });
      if (!picked) return;
      await this.sourceLanguages.set(file, picked.language);
      if (output) await this.writeBeside.runAgain(output.toString());
    } catch (error) {
      this.reporter.report(error, { use, retry: () => this.start(argument) });
    }
  }

  /** Shown while it loads, because the engine may have to start to read the model folder. */
  private async items(file: string, use: ModelUse): Promise<LanguageItem[]> {
    const { folder } = this.runner.modelTarget(use, vscode.Uri.parse(file));
    const { translate, summarize } = await this.gateway.describe(folder);
    const current = this.sourceLanguages.of(file);
    const mark = (language: string | undefined) => (language === current ? vscode.l10n.t('chosen now') : '');
    const languages = [...new Set([...Object.values(translate ?? {}).flat(), ...(summarize ?? [])])].map(language => ({
      label: this.targetLanguage.nameOf(language),
      description: [language, mark(language)].filter(Boolean).join(' · '),
      language,
    }));
    languages.sort((a, b) => a.label.localeCompare(b.label));
    return [{ label: vscode.l10n.t('Detect'), description: mark(undefined), language: undefined }, ...languages];
  }
}
