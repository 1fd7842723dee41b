// Summaries on hover: over a selection, or over a long paragraph of prose.

import * as vscode from 'vscode';
import { toHeadlightError } from '../model/errors';
import { commandIds } from './commandIds';
import type { Log } from './log';
import { outputScheme } from './outputDocuments';
import type { PanelContent } from './panelOutput';
import { paragraphAt } from './paragraph';
import type { Settings } from './settings';
import type { SummaryCache } from './summaryCache';
import type { TargetLanguage } from './targetLanguage';
import type { TaskRunner, TextRequest } from './taskRunner';
import { offsetsOf, type TextLocation } from './textLocation';
import { userMessage } from './userMessages';

/** A hover that comes later than this comes too late; the work then goes on into the cache. */
const patienceMs = 800;
/** Shorter selections are words and names, which have no summary. */
const shortestSelection = 40;
/** Longer texts are not worked on unasked; the hover offers to. */
const longestUnasked = 20_000;

const proseLanguages = ['markdown', 'plaintext'];

type Outcome =
  | { readonly kind: 'summary'; readonly content: PanelContent }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'later' }
  | { readonly kind: 'unwanted' };

export class HoverSummary implements vscode.HoverProvider, vscode.Disposable {
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly runner: TaskRunner,
    private readonly summaries: SummaryCache<PanelContent>,
    private readonly settings: Settings,
    private readonly targetLanguage: TargetLanguage,
    private readonly log: Log,
  ) {
    this.subscription = vscode.languages.registerHoverProvider({ scheme: '*' }, this);
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const range = this.rangeAt(document, position);
    if (!range) return undefined;
    const location: TextLocation = { uri: document.uri.toString(), ranges: [offsetsOf(document, range)] };
    const [start, end] = location.ranges[0];
    if (end - start > longestUnasked) return new vscode.Hover(this.offer(location), range);

    const outcome = await this.summary(document.getText(range), document.uri, token);
    if (token.isCancellationRequested) return undefined;
    switch (outcome.kind) {
      case 'summary':
        return new vscode.Hover(this.summaryText(outcome.content, location), range);
      case 'later':
        return new vscode.Hover(this.offer(location), range);
      case 'failed':
        return this.failureHover(outcome.error, range);
      case 'unwanted':
        return undefined;
    }
  }

  dispose(): void {
    this.subscription.dispose();
  }

  /** What a hover at `position` is about: the selection there, or the paragraph there when it is long enough. */
  private rangeAt(document: vscode.TextDocument, position: vscode.Position): vscode.Range | undefined {
    const mode = this.settings.hoverMode(document);
    if (mode === 'off' || document.uri.scheme === outputScheme) return undefined;
    const selection = selectionAt(document, position);
    if (selection) {
      const [start, end] = offsetsOf(document, selection);
      return end - start >= shortestSelection ? selection : undefined;
    }
    if (mode !== 'paragraphs' || !proseLanguages.includes(document.languageId)) return undefined;
    const lines = { count: document.lineCount, textAt: (index: number) => document.lineAt(index).text };
    const span = paragraphAt(lines, position.line, document.languageId === 'markdown');
    if (!span) return undefined;
    const range = new vscode.Range(span.first, 0, span.last, document.lineAt(span.last).text.length);
    const [start, end] = offsetsOf(document, range);
    return end - start >= this.settings.hoverMinimumLength(document) ? range : undefined;
  }

  /** Never later than `patienceMs`. When the token is cancelled before that, the work is given up with it. */
  private async summary(text: string, resource: vscode.Uri, token: vscode.CancellationToken): Promise<Outcome> {
    const request: TextRequest = { kind: 'summarize', text, priority: 'hover', resource };
    let timer: NodeJS.Timeout | undefined;
    let subscription: vscode.Disposable | undefined;
    try {
      const { value, abandon } = this.summaries.ask(this.runner.cacheKey(request), signal =>
        this.runner.run(request, { signal }),
      );
      return await Promise.race([
        value.then((content): Outcome => ({ kind: 'summary', content })),
        new Promise<Outcome>(resolve => {
          timer = setTimeout(() => resolve({ kind: 'later' }), patienceMs);
        }),
        new Promise<Outcome>(resolve => {
          subscription = token.onCancellationRequested(() => {
            abandon();
            resolve({ kind: 'unwanted' });
          });
        }),
      ]);
    } catch (error) {
      return { kind: 'failed', error };
    } finally {
      clearTimeout(timer);
      subscription?.dispose();
    }
  }

  private summaryText({ result }: PanelContent, location: TextLocation): vscode.MarkdownString {
    const text = trustedText();
    text.appendMarkdown(`$(lightbulb) **${vscode.l10n.t('Headlight summary')}**`);
    if (result.segments.some(segment => segment.kind === 'extract'))
      text.appendMarkdown(' · ').appendText(vscode.l10n.t('extract: the model was unsure'));
    if (result.pivot) {
      const language = this.targetLanguage.nameOf(result.pivot.from);
      text.appendMarkdown(' · ').appendText(vscode.l10n.t('translated from {0} first', language));
    }
    // The model's words are never Markdown: what they contain must not become links or pictures.
    text.appendMarkdown('\n\n').appendText(result.target).appendMarkdown('\n\n');
    return appendLinks(text, location, [
      [vscode.l10n.t('Translate'), commandIds.translateSelection],
      [vscode.l10n.t('Show Attention'), commandIds.showAttention],
    ]);
  }

  private offer(location: TextLocation): vscode.MarkdownString {
    const text = trustedText();
    text.appendMarkdown(`$(lightbulb) Headlight: `);
    return appendLinks(text, location, [
      [vscode.l10n.t('Summarize'), commandIds.summarizeSelection],
      [vscode.l10n.t('Translate'), commandIds.translateSelection],
    ]);
  }

  private failureHover(thrown: unknown, range: vscode.Range): vscode.Hover | undefined {
    const error = toHeadlightError(thrown);
    const message = userMessage(error);
    if (!message || error.code === 'source-empty') return undefined;
    this.log.warn(`hover: ${error.code}: ${error.message}`);
    const text = trustedText();
    text.appendMarkdown('$(warning) Headlight: ').appendText(message.sentence).appendMarkdown('\n\n');
    text.appendMarkdown(`[${vscode.l10n.t('Show Log')}](command:${commandIds.showLog})`);
    return new vscode.Hover(text, range);
  }
}

function selectionAt(document: vscode.TextDocument, position: vscode.Position): vscode.Selection | undefined {
  const editors = vscode.window.visibleTextEditors.filter(editor => editor.document === document);
  return editors.flatMap(editor => editor.selections).find(one => !one.isEmpty && one.contains(position));
}

/** Text whose links may run the commands that hovers offer, and no others. */
function trustedText(): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true);
  const { translateSelection, summarizeSelection, showAttention, showLog } = commandIds;
  text.isTrusted = { enabledCommands: [translateSelection, summarizeSelection, showAttention, showLog] };
  return text;
}

function appendLinks(
  text: vscode.MarkdownString,
  location: TextLocation,
  links: readonly (readonly [label: string, command: string])[],
): vscode.MarkdownString {
  const argument = encodeURIComponent(JSON.stringify([location]));
  return text.appendMarkdown(links.map(([label, id]) => `[${label}](command:${id}?${argument})`).join(' · '));
}
