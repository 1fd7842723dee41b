// Makes a changed setting take effect at once, checks a model folder as soon as it was chosen, and tells of a value that cannot be used.

import * as vscode from 'vscode';
import type { EngineGateway } from './engineGateway';
import type { ErrorReporter } from './errorReporter';
import type { PanelContent } from './panelOutput';
import { type ModelUse, modelSettingId, type Settings, settingIds } from './settings';
import type { SummaryCache } from './summaryCache';

/** Somebody who types a path into settings.json passes through many wrong ones. */
const typingPauseMs = 1500;

const modelUses: readonly ModelUse[] = ['translation', 'summary'];

export class SettingsWatcher implements vscode.Disposable {
  private readonly subscription: vscode.Disposable;
  private readonly unchecked = new Set<ModelUse>();
  /** By id, the value that was told of. */
  private readonly told = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly gateway: EngineGateway,
    private readonly summaries: SummaryCache<PanelContent>,
    private readonly reporter: ErrorReporter,
  ) {
    this.subscription = vscode.workspace.onDidChangeConfiguration(event => this.changed(event));
    this.tellUnusable();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscription.dispose();
  }

  private changed(event: vscode.ConfigurationChangeEvent): void {
    if (event.affectsConfiguration(settingIds.unloadAfterMinutes)) this.gateway.restartIdleWait();
    const devicesChanged =
      event.affectsConfiguration(settingIds.device) || event.affectsConfiguration(settingIds.cudaLibraries);
    if (devicesChanged) this.gateway.forgetDevices();
    const uses = modelUses.filter(use => event.affectsConfiguration(modelSettingId(use)));
    if (uses.length > 0 || devicesChanged) {
      this.summaries.clear();
      this.gateway.forgetDescriptions();
      this.gateway.releaseIdle();
    }
    if (!event.affectsConfiguration('headlight')) return;
    for (const use of uses) this.unchecked.add(use);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.check(), typingPauseMs);
  }

  private async check(): Promise<void> {
    this.tellUnusable();
    const uses = [...this.unchecked];
    this.unchecked.clear();
    for (const use of uses) {
      try {
        await this.gateway.describe(this.settings.modelFolder(use));
      } catch (error) {
        this.reporter.report(error, { use });
      }
    }
  }

  private tellUnusable(): void {
    const unusable = this.settings.unusable();
    for (const id of this.told.keys()) if (!unusable.some(setting => setting.id === id)) this.told.delete(id);
    for (const { id, found, rule } of unusable) {
      if (this.told.get(id) === found) continue;
      this.told.set(id, found);
      this.reporter.inform(
        vscode.l10n.t('The setting "{0}" cannot be {1}, so its default counts. {2}', id, found, rule),
        {
          label: vscode.l10n.t('Open Setting'),
          run: () => this.settings.open(id),
        },
      );
    }
  }
}
