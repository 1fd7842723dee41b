// Binds each command id of package.json to what it does.

import * as vscode from 'vscode';
import { commandIds } from '../commandIds';
import type { CalibrateAlignment } from './calibrateAlignment';
import type { ChooseSourceLanguage } from './chooseSourceLanguage';
import type { ChooseTargetLanguage } from './chooseTargetLanguage';
import type { ClearTranslations } from './clearTranslations';
import type { ClipboardCommands } from './clipboardCommands';
import type { EngineCommands } from './engineCommands';
import type { ProbeDevices } from './probeDevices';
import type { ReplaceSelection } from './replaceSelection';
import type { ShowAttention } from './showAttention';
import type { SummarizeChanges } from './summarizeChanges';
import type { TranslateComments } from './translateComments';
import type { TranslateOnHover } from './translateOnHover';
import type { WriteBeside } from './writeBeside';

export interface Commands {
  readonly writeBeside: WriteBeside;
  readonly translateComments: TranslateComments;
  readonly clearTranslations: ClearTranslations;
  readonly clipboard: ClipboardCommands;
  readonly summarizeChanges: SummarizeChanges;
  readonly replaceSelection: ReplaceSelection;
  readonly showAttention: ShowAttention;
  readonly chooseTargetLanguage: ChooseTargetLanguage;
  readonly chooseSourceLanguage: ChooseSourceLanguage;
  readonly translateOnHover: TranslateOnHover;
  readonly calibrateAlignment: CalibrateAlignment;
  readonly probeDevices: ProbeDevices;
  readonly engine: EngineCommands;
}

/** Handlers tell a person about their failures themselves; none rejects for one. */
export function registerCommands(commands: Commands): vscode.Disposable {
  const {
    writeBeside,
    translateComments,
    clearTranslations,
    clipboard,
    summarizeChanges,
    replaceSelection,
    showAttention,
    chooseTargetLanguage,
    probeDevices,
    engine,
  } = commands;
  const handlers: Readonly<Record<keyof typeof commandIds, (argument?: unknown) => unknown>> = {
    translateSelection: argument => writeBeside.start('translate', argument),
    summarizeSelection: argument => writeBeside.start('summarize', argument),
    translateDocument: () => writeBeside.startWhole('translate'),
    translateComments: () => translateComments.start(),
    translateClipboard: () => clipboard.translateClipboard(),
    copyTranslation: () => clipboard.copyTranslation(),
    summarizeDocument: () => writeBeside.startWhole('summarize'),
    summarizeChanges: () => summarizeChanges.start(),
    replaceSelection: () => replaceSelection.start(),
    showAttention: argument => showAttention.start(argument),
    exportAttention: argument => showAttention.export(argument),
    openAttentionFile: argument => showAttention.openFile(argument),
    showAttentionInNewPanel: argument => showAttention.start(argument, true),
    chooseTargetLanguage: () => chooseTargetLanguage.start(),
    chooseSourceLanguage: argument => commands.chooseSourceLanguage.start(argument),
    translateOnHover: () => commands.translateOnHover.start(),
    calibrateAlignment: () => commands.calibrateAlignment.start(),
    probeDevices: () => probeDevices.start(),
    clearTranslations: () => clearTranslations.start(),
    restartEngine: () => engine.restart(),
    showLog: () => engine.showLog(),
    showStatus: () => engine.showStatus(),
    runAgain: argument => writeBeside.runAgain(argument),
    cancelRun: argument => writeBeside.cancel(argument),
  };
  const names = Object.keys(handlers) as (keyof typeof commandIds)[];
  return vscode.Disposable.from(
    ...names.map(name => vscode.commands.registerCommand(commandIds[name], handlers[name])),
  );
}
