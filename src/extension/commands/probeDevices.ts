// Probe Devices Again: tries every device of this machine with the model for translations, and says what came of it.

import * as vscode from 'vscode';
import { deviceName, deviceReasons } from '../deviceText';
import type { EngineGateway } from '../engineGateway';
import type { ErrorReporter } from '../errorReporter';
import type { Log } from '../log';
import { withLongProgress } from '../longProgress';
import type { Settings } from '../settings';

export class ProbeDevices {
  constructor(
    private readonly gateway: EngineGateway,
    private readonly settings: Settings,
    private readonly reporter: ErrorReporter,
    private readonly log: Log,
  ) {}

  /** Resolves when every device was tried. */
  async start(): Promise<void> {
    const title = vscode.l10n.t('Headlight: trying the devices of this machine');
    const resource = vscode.window.activeTextEditor?.document.uri;
    try {
      const report = await withLongProgress({ title, delayMs: 0 }, ({ signal }) =>
        this.gateway.probeDevices(this.settings.modelFolder('translation', resource), signal),
      );
      const sentence =
        this.settings.device === 'auto'
          ? vscode.l10n.t('Headlight runs on {0}. {1}', deviceName(report.device), deviceReasons(report))
          : vscode.l10n.t(
              'The fastest device is {0}; the setting chooses {1}. {2}',
              deviceName(report.device),
              deviceName(this.settings.device),
              deviceReasons(report),
            );
      this.reporter.inform(sentence, { label: vscode.l10n.t('Show Log'), run: () => this.log.show() });
    } catch (error) {
      this.reporter.report(error, { use: 'translation', retry: () => this.start() });
    }
  }
}
