// The line above an output: how the run stands, and what a person may do about it.

import * as vscode from 'vscode';
import { commandIds } from './commandIds';
import { shortModelName } from './languageNames';
import type { Output } from './output';
import { type OutputDocuments, outputScheme } from './outputDocuments';
import type { TargetLanguage } from './targetLanguage';

export class OutputLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];
  private readonly shown = new Map<string, string>();

  constructor(
    private readonly documents: OutputDocuments,
    private readonly targetLanguage: TargetLanguage,
  ) {
    this.subscriptions = [
      vscode.languages.registerCodeLensProvider({ scheme: outputScheme }, this),
      documents.onDidRefresh(uri => this.refreshed(uri)),
    ];
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const output = this.documents.output(uri);
    const isKnown = this.documents.record(uri) !== undefined;
    const again = isKnown ? [this.runAgain(uri)] : [];
    if (!output) return again;
    const status = lens(this.statusOf(output));
    if (output.state.kind === 'running') {
      const cancel = lens(`$(stop-circle) ${vscode.l10n.t('Cancel')}`, commandIds.cancelRun, uri.toString());
      return [status, cancel];
    }
    const content = output.contentAt(0);
    if (!content) return [...again, status]; // the sentence of a failure may be wider than the editor
    const attention = lens(`$(eye) ${vscode.l10n.t('Show Attention')}`, commandIds.showAttention);
    const { model, device } = content.result;
    const origin = lens(`${shortModelName(model.name)} · ${device.toUpperCase()}`);
    const language = lens(vscode.l10n.t('Other Language?'), commandIds.chooseSourceLanguage, uri.toString());
    return output.state.kind === 'done'
      ? [status, attention, ...again, ...(isKnown ? [language] : []), origin]
      : [...again, attention, status];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }

  /** Only what reads differently is asked for again: lenses flicker when they are replaced. */
  private refreshed(uri: vscode.Uri): void {
    const output = this.documents.output(uri);
    const text = output ? this.statusOf(output) : '';
    if (this.shown.get(uri.query) === text) return;
    this.shown.set(uri.query, text);
    this.changed.fire();
  }

  private runAgain(uri: vscode.Uri): vscode.CodeLens {
    return lens(`$(refresh) ${vscode.l10n.t('Run Again')}`, commandIds.runAgain, uri.toString());
  }

  private statusOf(output: Output): string {
    const direction = this.directionOf(output);
    switch (output.state.kind) {
      case 'running': {
        if (output.loading) return `$(loading~spin) ${vscode.l10n.t('Loading {0}', shortModelName(output.loading))}`;
        const percent = `${Math.floor(output.fraction * 100)}%`;
        const known = direction === '' && output.text === '' ? [vscode.l10n.t('Starting')] : [direction, percent];
        return `$(loading~spin) ${known.filter(Boolean).join(' · ')}`;
      }
      case 'done':
        return `$(check) ${[direction || vscode.l10n.t('Done'), unchangedNote(output), extractNote(output), cutNote(output)].filter(Boolean).join(' · ')}`;
      case 'stopped':
        return `$(warning) ${output.state.sentence}`;
    }
  }

  private directionOf(output: Output): string {
    const { from, to, pivot } = output.direction;
    if (!pivot) return this.targetLanguage.direction(from, to);
    return vscode.l10n.t('Translated from {0} first', this.targetLanguage.nameOf(from ?? ''));
  }
}

function unchangedNote({ finishedParts }: Output): string {
  const isUnchanged = finishedParts.every(
    ({ content: { result } }) => result.task === 'translate' && result.target === result.source,
  );
  return isUnchanged ? vscode.l10n.t('nothing to translate') : '';
}

function extractNote({ extractCount }: Output): string {
  return extractCount === 0 ? '' : vscode.l10n.t('extract: the model was unsure');
}

function cutNote({ cutSentenceCount }: Output): string {
  return cutSentenceCount === 0 ? '' : vscode.l10n.t('{0} sentences reached the length limit', cutSentenceCount);
}

function lens(title: string, command = '', ...args: string[]): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command, arguments: args });
}
