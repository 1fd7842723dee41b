// Translate on Hover: switches hovers between summaries and translations.

import * as vscode from 'vscode';
import type { ErrorReporter } from '../errorReporter';
import type { Settings } from '../settings';

const statusMs = 5000;

export class TranslateOnHover {
  constructor(
    private readonly settings: Settings,
    private readonly reporter: ErrorReporter,
  ) {}

  async start(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    const translates = () => this.settings.hoverContent(document) === 'translation';
    try {
      await this.settings.setHoverContent(translates() ? 'summary' : 'translation', document);
    } catch (error) {
      this.reporter.report(error, { use: 'translation', retry: () => this.start() });
      return;
    }
    const sentence = translates()
      ? vscode.l10n.t('Headlight: hovers show translations')
      : vscode.l10n.t('Headlight: hovers show summaries');
    vscode.window.setStatusBarMessage(sentence, statusMs);
  }
}
