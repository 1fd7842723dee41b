// Two entries of the language status: the engine (model, device, state) and the target language.

import * as vscode from 'vscode';
import { primaryLanguage } from '../model/text/languageTag';
import type { DeviceName } from '../model/types';
import { commandIds } from './commandIds';
import type { EngineGateway } from './engineGateway';
import { shortModelName } from './languageNames';
import { type Settings, settingIds } from './settings';
import type { TargetLanguage } from './targetLanguage';
import { modelWarningText } from './userMessages';

export class LanguageStatus implements vscode.Disposable {
  private readonly engine = vscode.languages.createLanguageStatusItem('headlight.engine', '*');
  private readonly target = vscode.languages.createLanguageStatusItem('headlight.targetLanguage', '*');
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly gateway: EngineGateway,
    private readonly settings: Settings,
    private readonly targetLanguage: TargetLanguage,
  ) {
    this.engine.name = vscode.l10n.t('Headlight Engine');
    this.engine.command = { title: vscode.l10n.t('Actions'), command: commandIds.showStatus };
    this.target.name = vscode.l10n.t('Headlight Target Language');
    this.target.command = { title: vscode.l10n.t('Choose'), command: commandIds.chooseTargetLanguage };
    this.subscriptions = [
      gateway.onDidChange(() => this.showEngine()),
      targetLanguage.onDidChange(() => this.showTarget()),
      vscode.workspace.onDidChangeConfiguration(event => {
        if (event.affectsConfiguration(settingIds.device)) this.showEngine();
      }),
    ];
    this.showEngine();
    this.showTarget();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.engine, this.target).dispose();
  }

  private showEngine(): void {
    const { state, loading, lastRun } = this.gateway.snapshot;
    const device = deviceLabel(this.settings.device, lastRun?.device);
    this.engine.text = `$(lightbulb) Headlight: ${device}`;
    this.engine.busy = state === 'busy';
    const model = lastRun && shortModelName(lastRun.modelName);
    const warnings = lastRun?.warnings.map(modelWarningText) ?? [];
    this.engine.detail = [stateLabel(state, loading), model, ...warnings].filter(Boolean).join(' · ');
    this.engine.severity =
      warnings.length > 0 ? vscode.LanguageStatusSeverity.Warning : vscode.LanguageStatusSeverity.Information;
  }

  private showTarget(): void {
    const { lastChoice } = this.targetLanguage;
    const language = lastChoice?.to ?? (this.settings.targetLanguage || primaryLanguage(vscode.env.language));
    this.target.text = `$(globe) ${vscode.l10n.t('Headlight: to {0}', this.targetLanguage.nameOf(language))}`;
    this.target.detail =
      lastChoice?.insteadOf === undefined
        ? ''
        : vscode.l10n.t('the model does not offer {0}', this.targetLanguage.nameOf(lastChoice.insteadOf));
  }
}

function stateLabel(state: 'stopped' | 'idle' | 'busy', loading: string | undefined): string {
  if (loading !== undefined) return vscode.l10n.t('loading {0}', shortModelName(loading));
  switch (state) {
    case 'stopped':
      return vscode.l10n.t('starts when it is needed');
    case 'idle':
      return vscode.l10n.t('ready');
    case 'busy':
      return vscode.l10n.t('working');
  }
}

/** The device that ran, and the setting that chose it when that is another word. */
function deviceLabel(setting: DeviceName, used: DeviceName | undefined): string {
  const name = (used ?? setting).toUpperCase();
  if (used === undefined && setting === 'auto') return vscode.l10n.t('automatic device');
  return used !== undefined && used !== setting ? vscode.l10n.t('{0} ({1})', name, setting) : name;
}
