// Calibrate Alignment: chooses the heads that align words best for the translation model and says what was gained.

import * as vscode from 'vscode';
import type { EngineGateway } from '../engineGateway';
import type { ErrorReporter } from '../errorReporter';
import type { Settings } from '../settings';

export class CalibrateAlignment {
  constructor(
    private readonly gateway: EngineGateway,
    private readonly settings: Settings,
    private readonly reporter: ErrorReporter,
  ) {}

  async start(): Promise<void> {
    try {
      const resource = vscode.window.activeTextEditor?.document.uri;
      const target = { folder: this.settings.modelFolder('translation', resource), device: this.settings.device };
      const { itemCount, rightBefore, rightAfter } = await vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: vscode.l10n.t('Headlight: calibrating the word alignment'),
          cancellable: true,
        },
        (progress, token) => {
          const controller = new AbortController();
          token.onCancellationRequested(() => controller.abort());
          return this.gateway.calibrate(target, {
            signal: controller.signal,
            onProgress: ({ of }) => progress.report({ increment: 100 / of }),
          });
        },
      );
      this.gateway.forgetDescriptions();
      this.reporter.inform(
        vscode.l10n.t(
          'Of {0} names, numbers and code spans, {1} are linked right with the chosen heads, {2} before.',
          itemCount,
          rightAfter,
          rightBefore,
        ),
      );
    } catch (error) {
      this.reporter.report(error, { use: 'translation', retry: () => this.start() });
    }
  }
}
