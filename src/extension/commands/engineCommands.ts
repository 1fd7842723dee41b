// Restart Engine, Show Log, and the list of actions behind the language status.

import * as vscode from 'vscode';
import { commandIds } from '../commandIds';
import type { EngineGateway } from '../engineGateway';
import type { Log } from '../log';
import type { PanelContent } from '../panelOutput';
import type { SummaryCache } from '../summaryCache';

const statusMs = 5000;

export class EngineCommands {
  constructor(
    private readonly gateway: EngineGateway,
    private readonly summaries: SummaryCache<PanelContent>,
    private readonly log: Log,
  ) {}

  restart(): void {
    this.summaries.clear();
    this.gateway.restart();
    this.log.info('engine restarted by command');
    vscode.window.setStatusBarMessage(
      vscode.l10n.t('Headlight: the engine starts anew with the next request'),
      statusMs,
    );
  }

  showLog(): void {
    this.log.show();
  }

  async showStatus(): Promise<void> {
    const actions = [
      {
        label: `$(globe) ${vscode.l10n.t('Choose Target Language')}`,
        command: commandIds.chooseTargetLanguage,
        args: [],
      },
      { label: `$(eye) ${vscode.l10n.t('Show Attention')}`, command: commandIds.showAttention, args: [] },
      {
        label: `$(circuit-board) ${vscode.l10n.t('Probe Devices Again')}`,
        command: commandIds.probeDevices,
        args: [],
      },
      { label: `$(debug-restart) ${vscode.l10n.t('Restart Engine')}`, command: commandIds.restartEngine, args: [] },
      { label: `$(output) ${vscode.l10n.t('Show Log')}`, command: commandIds.showLog, args: [] },
      {
        label: `$(gear) ${vscode.l10n.t('Settings')}`,
        command: 'workbench.action.openSettings',
        args: ['@ext:headlight.headlight'],
      },
    ];
    const picked = await vscode.window.showQuickPick(actions, { title: 'Headlight' });
    if (picked) await vscode.commands.executeCommand(picked.command, ...picked.args);
  }
}
