// Tells a person about a failure: one sentence with actions in a notification, the details in the log.

import * as vscode from 'vscode';
import { toHeadlightError } from '../model/errors';
import type { RunResult } from '../model/types';
import { commandIds } from './commandIds';
import type { Log } from './log';
import { type ModelUse, modelSettingId, type Settings, settingIds } from './settings';
import { type UserAction, type UserMessage, unknownTextMessage, userMessage } from './userMessages';

export interface FailureContext {
  /** Which model the failed work used; decides which setting is opened. */
  readonly use: ModelUse;
  /** Does the work again. Absent: no such offer is made. */
  readonly retry?: () => unknown;
  /** The address of the output or document whose language a person may choose. Absent: that of the active editor. */
  readonly source?: string;
}

const showers = {
  information: vscode.window.showInformationMessage,
  warning: vscode.window.showWarningMessage,
  error: vscode.window.showErrorMessage,
} as const;

export class ErrorReporter {
  private last: string | undefined;

  constructor(
    private readonly log: Log,
    private readonly settings: Settings,
  ) {}

  /** The last sentence that was shown; for tests. */
  get lastSentence(): string | undefined {
    return this.last;
  }

  /** Returns the sentence that is shown, or undefined for what needs none, such as the person's own cancelling. */
  report(thrown: unknown, context: FailureContext): string | undefined {
    const error = toHeadlightError(thrown);
    const message = userMessage(error);
    if (!message) {
      this.log.debug(`${error.code}: ${error.message}`);
      return undefined;
    }
    this.log.error(`${error.code}: ${error.message} ${JSON.stringify(error.details)}`);
    this.show(message, context);
    return message.sentence;
  }

  /** Says once what no output shows by itself: that the model could not read its source. */
  reportUnknown(results: readonly RunResult[], context: FailureContext): void {
    const result = results.find(({ unknownText }) => unknownText !== undefined);
    if (result?.unknownText) this.show(unknownTextMessage(result.unknownText, result.model.name), context);
  }

  private show(message: UserMessage, context: FailureContext): void {
    const actions = message.actions.filter(action => action !== 'retry' || context.retry !== undefined);
    const labels = actions.map(actionLabel);
    this.last = message.sentence;
    // Not awaited: a notification may stay open for hours, and the work that failed is over.
    showers[message.severity](message.sentence, ...labels).then(label => {
      const action = actions[labels.indexOf(label ?? '')];
      if (action) void this.perform(action, context);
    });
  }

  /** Says something that is no failure of the engine. The person may answer with `action`. */
  inform(sentence: string, action?: { readonly label: string; readonly run: () => unknown }): void {
    this.last = sentence;
    vscode.window.showInformationMessage(sentence, ...(action ? [action.label] : [])).then(label => {
      if (label !== undefined) action?.run();
    });
  }

  private async perform(action: UserAction, { use, retry, source }: FailureContext): Promise<void> {
    switch (action) {
      case 'retry':
        await retry?.();
        break;
      case 'openModelSetting':
        await this.settings.open(modelSettingId(use));
        break;
      case 'openDeviceSetting':
        await this.settings.open(settingIds.device);
        break;
      case 'chooseTargetLanguage':
        await vscode.commands.executeCommand(commandIds.chooseTargetLanguage);
        break;
      case 'chooseSourceLanguage':
        await vscode.commands.executeCommand(commandIds.chooseSourceLanguage, source);
        break;
      case 'showLog':
        this.log.show();
        break;
    }
  }
}

function actionLabel(action: UserAction): string {
  switch (action) {
    case 'retry':
      return vscode.l10n.t('Try Again');
    case 'openModelSetting':
    case 'openDeviceSetting':
      return vscode.l10n.t('Open Setting');
    case 'chooseTargetLanguage':
      return vscode.l10n.t('Choose Target Language');
    case 'chooseSourceLanguage':
      return vscode.l10n.t('Choose Source Language');
    case 'showLog':
      return vscode.l10n.t('Show Log');
  }
}
