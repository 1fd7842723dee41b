// Remembers the languages that were chosen and decides, with the setting, where a translation goes.

import * as vscode from 'vscode';
import type { ModelDescription } from '../model/types';
import { commandIds } from './commandIds';
import { languageName } from './languageNames';
import { type Settings, settingIds } from './settings';
import { chooseTarget, rememberLanguage, type TargetChoice } from './targetChoice';

const recentKey = 'recentTargetLanguages';

export class TargetLanguage implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when the setting changed or when a choice came out differently. */
  readonly onDidChange = this.changed.event;

  private choice: TargetChoice | undefined;
  private readonly subscription: vscode.Disposable;
  private saidInsteadOf = false;
  private previousSetting: string;

  constructor(
    private readonly settings: Settings,
    private readonly memory: vscode.Memento,
  ) {
    this.previousSetting = settings.targetLanguage;
    this.subscription = vscode.workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration(settingIds.targetLanguage)) void this.settingChanged();
    });
  }

  /** Errors: `unsupported-task` when the setting names a language that the model does not offer. */
  choose(description: ModelDescription): TargetChoice {
    const choice = chooseTarget({
      setting: this.settings.targetLanguage,
      displayLanguage: vscode.env.language,
      offered: description.translate && Object.keys(description.translate),
      recent: this.recent,
    });
    this.sayInsteadOf(choice);
    const before = this.choice;
    this.choice = choice;
    if (before?.to !== choice.to || before?.insteadOf !== choice.insteadOf) this.changed.fire();
    return choice;
  }

  /** The choice for the model used last; undefined before the first run and after the setting changed. */
  get lastChoice(): TargetChoice | undefined {
    return this.choice;
  }

  nameOf(language: string): string {
    return languageName(language, vscode.env.language);
  }

  /** "English → Spanish", with what is known of the two; one name when both are the same. */
  direction(from: string | undefined, to: string | undefined): string {
    if (from && to && from !== to) return `${this.nameOf(from)} → ${this.nameOf(to)}`;
    const one = to ?? from;
    return one ? this.nameOf(one) : '';
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  private get recent(): readonly string[] {
    return this.memory.get<string[]>(recentKey, []);
  }

  /** The old language first, then the new one: the new one is the latest, and the old one is where texts in it go. */
  private async settingChanged(): Promise<void> {
    let { recent } = this;
    for (const language of [this.previousSetting, this.settings.targetLanguage])
      if (language !== '') recent = rememberLanguage(recent, language);
    this.previousSetting = this.settings.targetLanguage;
    this.choice = undefined;
    this.changed.fire();
    await this.memory.update(recentKey, recent);
  }

  /** Said once per window; afterwards the language status keeps saying it. */
  private sayInsteadOf({ insteadOf, to }: TargetChoice): void {
    if (insteadOf === undefined || to === undefined || this.saidInsteadOf) return;
    this.saidInsteadOf = true;
    const choose = vscode.l10n.t('Choose Target Language');
    vscode.window
      .showInformationMessage(
        vscode.l10n.t(
          'The model does not translate to {0}, the language of VS Code, so Headlight translates to {1}.',
          this.nameOf(insteadOf),
          this.nameOf(to),
        ),
        choose,
      )
      .then(answer => {
        if (answer === choose) void vscode.commands.executeCommand(commandIds.chooseTargetLanguage);
      });
  }
}
