// Translate on Hover: switches hovers between summaries and translations.

import * as vscode from 'vscode';
import type { Settings } from '../settings';

const statusMs = 5000;

export class TranslateOnHover {
  constructor(private readonly settings: Settings) {}

  async start(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    const translates = this.settings.hoverContent(document) === 'translation';
    await this.settings.setHoverContent(translates ? 'summary' : 'translation');
    const sentence = translates
      ? vscode.l10n.t('Headlight: hovers show summaries')
      : vscode.l10n.t('Headlight: hovers show translations');
    vscode.window.setStatusBarMessage(sentence, statusMs);
  }
}
