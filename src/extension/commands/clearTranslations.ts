// Clear Kept Translations: forgets the sentences that were translated before, in memory and on disk.

import * as vscode from 'vscode';
import type { ErrorReporter } from '../errorReporter';
import type { TaskRunner } from '../taskRunner';

export class ClearTranslations {
  constructor(
    private readonly runner: TaskRunner,
    private readonly reporter: ErrorReporter,
  ) {}

  async start(): Promise<void> {
    try {
      await this.runner.clearKept();
      this.reporter.inform(vscode.l10n.t('Headlight keeps no translations now.'));
    } catch (error) {
      this.reporter.report(error, { use: 'translation', retry: () => this.start() });
    }
  }
}
