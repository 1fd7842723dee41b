// Summaries and translations on hover: over a selection, a paragraph of prose, or a comment.

import * as vscode from 'vscode';
import { toHeadlightError } from '../model/errors';
import type { DocumentParams } from '../protocol/engine';
import { commandIds } from './commandIds';
import { pieceOf } from './documentParams';
import type { Log } from './log';
import { outputScheme } from './outputDocuments';
import type { PanelContent } from './panelOutput';
import { paragraphAt } from './paragraph';
import { isProse, type ProseFinder } from './proseAt';
import type { Settings } from './settings';
import type { SummaryCache } from './summaryCache';
import type { TargetLanguage } from './targetLanguage';
import type { TaskKind, TaskRunner, TextRequest } from './taskRunner';
import { offsetsOf, rangeOf, type TextLocation } from './textLocation';
import { userMessage } from './userMessages';

/** A hover that comes later than this comes too late; the work then goes on into the cache. */
const patienceMs = 800;
/** Shorter selections are words and names, which have no summary. */
const shortestSummarized = 40;
/** Longer texts are not worked on unasked; the hover offers to. */
const longestUnasked = 20_000;

/** How a line of a comment begins, or that of a docstring: words and no signs of code. Anything else need not be parsed for a summary. */
const commentLine = /^\s*(?:\/[/*]|\*|#|--|;|%|'|<!--|\(\*|\{-|"""|(?:[\p{L}`*_"'().,:-]+\s+){5})/u;

/** What a hover is about. */
interface Subject {
  readonly range: vscode.Range;
  /** As a model reads it. */
  readonly text: string;
  /** What the text is. Absent: prose. */
  readonly document?: DocumentParams;
}

type Outcome =
  | { readonly kind: 'done'; readonly content: PanelContent }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'later' }
  | { readonly kind: 'unwanted' };

export class TextHover implements vscode.HoverProvider, vscode.Disposable {
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly runner: TaskRunner,
    private readonly prose: ProseFinder,
    private readonly contents: SummaryCache<PanelContent>,
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
    const mode = this.settings.hoverMode(document);
    if (mode === 'off' || document.uri.scheme === outputScheme) return undefined;
    const kind: TaskKind = this.settings.hoverContent(document) === 'translation' ? 'translate' : 'summarize';
    const subject = await this.subjectAt(document, position, kind, token);
    if (!subject || token.isCancellationRequested) return undefined;
    const { range, ...read } = subject;
    const location: TextLocation = { uri: document.uri.toString(), ranges: [offsetsOf(document, range)] };
    if (read.text.length > longestUnasked) return new vscode.Hover(this.offer(location), range);

    const outcome = await this.outcome({ kind, ...read, resource: document.uri }, token);
    if (token.isCancellationRequested) return undefined;
    switch (outcome.kind) {
      case 'done':
        return this.contentHover(outcome.content, location, range);
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

  /** The selection at `position`, or the prose there: for a summary, when it is long enough. */
  private async subjectAt(
    document: vscode.TextDocument,
    position: vscode.Position,
    kind: TaskKind,
    token: vscode.CancellationToken,
  ): Promise<Subject | undefined> {
    const selection = selectionAt(document, position);
    const shortest = kind === 'translate' ? 1 : shortestSummarized;
    if (selection) {
      const subject = ofLength(subjectOf(document, selection), shortest);
      if (!subject || kind === 'summarize') return subject;
      return { ...subject, document: pieceOf(document, offsetsOf(document, selection)) };
    }
    if (this.settings.hoverMode(document) !== 'paragraphs') return undefined;
    if (kind === 'translate') return this.proseAt(document, position, token);
    const minimum = this.settings.hoverMinimumLength(document);
    if (!isProse(document)) {
      // Without a look at the line every hover over code would start the engine.
      const isComment = commentLine.test(document.lineAt(position.line).text);
      return isComment ? ofLength(await this.proseAt(document, position, token), minimum) : undefined;
    }
    const lines = { count: document.lineCount, textAt: (index: number) => document.lineAt(index).text };
    const span = paragraphAt(lines, position.line, document.languageId === 'markdown');
    if (!span) return undefined;
    const range = new vscode.Range(span.first, 0, span.last, document.lineAt(span.last).text.length);
    return ofLength(subjectOf(document, range), minimum);
  }

  /** Nobody asked for it: a document that cannot be read, or not in time, has none. */
  private async proseAt(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<Subject | undefined> {
    try {
      const found = await inTime(this.prose.at(document, position), token);
      return found && { range: rangeOf(document, found.range), text: found.text };
    } catch (error) {
      const { code, message } = toHeadlightError(error);
      this.log.debug(`hover: ${code}: ${message}`);
      return undefined;
    }
  }

  /** Never later than `patienceMs`. When the token is cancelled before that, the work is given up with it. */
  private async outcome(
    asked: Pick<TextRequest, 'kind' | 'text' | 'resource' | 'document'>,
    token: vscode.CancellationToken,
  ): Promise<Outcome> {
    const request: TextRequest = { ...asked, priority: 'hover', keepsTarget: true };
    try {
      const { value, abandon } = this.contents.ask(this.runner.cacheKey(request), signal =>
        this.runner.run(request, { signal }),
      );
      const content = await inTime(value, token);
      if (content) return { kind: 'done', content };
      if (!token.isCancellationRequested) return { kind: 'later' };
      abandon();
      return { kind: 'unwanted' };
    } catch (error) {
      return { kind: 'failed', error };
    }
  }

  /** Undefined for a text that is in the target language already: there is nothing to tell. */
  private contentHover(content: PanelContent, location: TextLocation, range: vscode.Range): vscode.Hover | undefined {
    const { task, source, target } = content.result;
    if (task === 'summarize') return new vscode.Hover(this.summaryText(content, location), range);
    return source === target ? undefined : new vscode.Hover(this.translationText(content, location), range);
  }

  private translationText({ result }: PanelContent, location: TextLocation): vscode.MarkdownString {
    const text = trustedText();
    const direction = this.targetLanguage.direction(result.from, result.to);
    text.appendMarkdown(`$(globe) **${vscode.l10n.t('Headlight translation')}** · `).appendText(direction);
    const words = result.target.replace(/\s*[\r\n]\s*/g, ' ');
    text.appendMarkdown(`\n\n${asWords(words)}\n\n`);
    return appendLinks(text, location, [
      [vscode.l10n.t('Translate Beside'), commandIds.translateSelection],
      [vscode.l10n.t('Summarize'), commandIds.summarizeSelection],
    ]);
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
    text.appendMarkdown(`\n\n${asWords(result.target)}\n\n`);
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

/** Undefined as soon as the token is cancelled, and after `patienceMs`. */
async function inTime<Value>(value: Promise<Value>, token: vscode.CancellationToken): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let subscription: vscode.Disposable | undefined;
  try {
    const end = new Promise<undefined>(resolve => {
      timer = setTimeout(resolve, patienceMs, undefined);
      subscription = token.onCancellationRequested(() => resolve(undefined));
    });
    return await Promise.race([value, end]);
  } finally {
    clearTimeout(timer);
    subscription?.dispose();
  }
}

function subjectOf(document: vscode.TextDocument, range: vscode.Range): Subject {
  return { range, text: document.getText(range) };
}

function ofLength(subject: Subject | undefined, shortest: number): Subject | undefined {
  return subject && subject.text.length >= shortest ? subject : undefined;
}

function selectionAt(document: vscode.TextDocument, position: vscode.Position): vscode.Selection | undefined {
  const editors = vscode.window.visibleTextEditors.filter(editor => editor.document === document);
  return editors.flatMap(editor => editor.selections).find(one => !one.isEmpty && one.contains(position));
}

/**
 * The model's words are never Markdown: what they contain must not become links or pictures. `appendText` makes every space one at which
 * no line breaks, so that words are cut in two.
 */
function asWords(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, '\\$&').replaceAll('\n', '\n\n');
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
