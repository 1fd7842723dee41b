// What Headlight writes down, in its own output channel. Never the text of a person's documents.

import type * as vscode from 'vscode';
import type { EngineLog } from '../client/engineProcess';
import type { LogLevelName, Settings } from './settings';

const levels: readonly LogLevelName[] = ['debug', 'info', 'warning', 'error'];

/**
 * Filters by the setting `headlight.logLevel`. VS Code also has a level for each log channel, kept apart from settings and
 * not writable by extensions; lines that the setting lets through but the channel would hide are raised to `info`, so that
 * one of the two is enough to see more.
 */
export class Log implements EngineLog {
  constructor(
    private readonly channel: vscode.LogOutputChannel,
    private readonly settings: Settings,
  ) {}

  debug(message: string): void {
    if (this.hides('debug')) return;
    this.channel.info(message);
  }

  info(message: string): void {
    if (!this.hides('info')) this.channel.info(message);
  }

  warn(message: string): void {
    if (!this.hides('warning')) this.channel.warn(message);
  }

  error(message: string): void {
    this.channel.error(message);
  }

  show(): void {
    this.channel.show(true);
  }

  private hides(level: LogLevelName): boolean {
    return levels.indexOf(level) < levels.indexOf(this.settings.logLevel);
  }
}
