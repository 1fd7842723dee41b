// The device entry of the language status: which device runs, why, and why not the others. Tells when one gave way to the CPU.

import * as vscode from 'vscode';
import type { DeviceFallback } from '../client/deviceEngine';
import type { DeviceReport } from '../model/devices/deviceReport';
import { commandIds } from './commandIds';
import { deviceName, deviceReasons } from './deviceText';
import type { EngineGateway } from './engineGateway';
import type { ErrorReporter } from './errorReporter';
import { type Settings, settingIds } from './settings';

export class DeviceStatus implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem('headlight.device', '*');
  private readonly subscriptions: vscode.Disposable[];
  private report: DeviceReport | undefined;
  private fallback: DeviceFallback | undefined;

  constructor(
    gateway: EngineGateway,
    private readonly settings: Settings,
    private readonly reporter: ErrorReporter,
  ) {
    this.item.name = vscode.l10n.t('Headlight Device');
    this.item.command = { title: vscode.l10n.t('Probe'), command: commandIds.probeDevices };
    this.subscriptions = [
      gateway.onDidLearnDevices(report => {
        this.report = report;
        if (report.state !== 'known' || report.device !== 'cpu') this.fallback = undefined;
        this.show();
      }),
      gateway.onDidFallBack(fallback => this.tell(fallback)),
      gateway.onDidChange(() => this.show()),
      vscode.workspace.onDidChangeConfiguration(event => {
        if (!event.affectsConfiguration(settingIds.device)) return;
        this.fallback = undefined;
        this.show();
      }),
    ];
    this.show();
  }

  /** What the item says, for tests: its text and its detail. */
  get text(): readonly [text: string, detail: string] {
    return [this.item.text, this.item.detail ?? ''];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.item).dispose();
  }

  private tell(fallback: DeviceFallback): void {
    this.fallback = fallback;
    this.show();
    const name = deviceName(fallback.device);
    this.reporter.inform(
      fallback.isChosenByUser
        ? vscode.l10n.t('{0} failed; Headlight uses the CPU until VS Code starts again.', name)
        : vscode.l10n.t('{0} failed; Headlight uses the CPU from now on.', name),
      {
        label: fallback.isChosenByUser ? vscode.l10n.t('Open Setting') : vscode.l10n.t('Probe Devices Again'),
        run: () =>
          fallback.isChosenByUser
            ? this.settings.open(settingIds.device)
            : vscode.commands.executeCommand(commandIds.probeDevices),
      },
    );
  }

  private show(): void {
    const [device, detail] = this.state();
    this.item.text = `$(circuit-board) ${vscode.l10n.t('Headlight: runs on {0}', device)}`;
    this.item.detail = detail;
    this.item.busy = this.report?.state === 'probing';
    this.item.severity = this.fallback
      ? vscode.LanguageStatusSeverity.Warning
      : vscode.LanguageStatusSeverity.Information;
  }

  private state(): readonly [device: string, detail: string] {
    const { device } = this.settings;
    if (this.fallback) {
      const failed = deviceName(this.fallback.device);
      return [deviceName('cpu'), vscode.l10n.t('{0} failed: {1}', failed, this.fallback.message)];
    }
    if (device !== 'auto') return [deviceName(device), vscode.l10n.t('as the setting says')];
    if (!this.report) return [vscode.l10n.t('the fastest device'), vscode.l10n.t('chosen at the first use')];
    return [deviceName(this.report.device), deviceReasons(this.report, true)];
  }
}
