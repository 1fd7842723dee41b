// Choose Target Language: a pick among the languages that the translation model offers.

import * as vscode from 'vscode';
import type { EngineGateway } from '../engineGateway';
import type { ErrorReporter } from '../errorReporter';
import type { Settings } from '../settings';
import type { TargetLanguage } from '../targetLanguage';
import type { TaskRunner } from '../taskRunner';

interface LanguageItem extends vscode.QuickPickItem {
  /** Empty: follow the display language. */
  readonly language: string;
}

export class ChooseTargetLanguage {
  constructor(
    private readonly gateway: EngineGateway,
    private readonly runner: TaskRunner,
    private readonly settings: Settings,
    private readonly targetLanguage: TargetLanguage,
    private readonly reporter: ErrorReporter,
  ) {}

  async start(): Promise<void> {
    try {
      const picked = await vscode.window.showQuickPick(this.items(), {
        title: vscode.l10n.t('Headlight: Choose Target Language'),
        placeHolder: vscode.l10n.t('Translate to'),
      });
      if (picked) await this.settings.setTargetLanguage(picked.language);
    } catch (error) {
      this.reporter.report(error, { use: 'translation', retry: () => this.start() });
    }
  }

  /** Shown while it loads, because the engine may have to start to read the model folder. */
  private async items(): Promise<LanguageItem[]> {
    const { translate } = await this.gateway.describe(this.runner.modelTarget('translation').folder);
    const current = this.settings.targetLanguage;
    const mark = (language: string) => (language === current ? vscode.l10n.t('chosen now') : '');
    const languages = Object.keys(translate ?? {}).map(language => ({
      label: this.targetLanguage.nameOf(language),
      description: [language, mark(language)].filter(Boolean).join(' · '),
      language,
    }));
    languages.sort((a, b) => a.label.localeCompare(b.label));
    const display = this.targetLanguage.nameOf(vscode.env.language);
    const follow = {
      label: vscode.l10n.t('The language of VS Code'),
      description: [display, mark('')].filter(Boolean).join(' · '),
      language: '',
    };
    return [follow, ...languages];
  }
}
