// Translate and Summarize Selection: the output streams into a document beside the editor.

import * as vscode from 'vscode';
import type { RunResult } from '../../model/types';
import type { DocumentParams, RunProgress } from '../../protocol/engine';
import { pieceOf, wholeDocument } from '../documentParams';
import type { ErrorReporter, FailureContext } from '../errorReporter';
import { withLongProgress } from '../longProgress';
import { lengthsOf, type Output } from '../output';
import { type OutputDocuments, outputScheme } from '../outputDocuments';
import type { PanelContent } from '../panelOutput';
import type { PassingTexts } from '../passingTexts';
import type { ProseFinder } from '../proseAt';
import type { ScrollLink } from '../scrollLink';
import type { SummaryCache } from '../summaryCache';
import { modelUseOf, type TaskKind, type TaskRunner, type TextRequest } from '../taskRunner';
import {
  isTextLocation,
  type LocatedText,
  locationOfEditor,
  openLocation,
  rangeOf,
  type TextLocation,
} from '../textLocation';

/** The output itself shows progress; the notification is for runs that one would turn away from. */
const progressDelayMs = 3000;
/** Characters of source up to which an output opens as a preview. */
const longestPreview = 5000;
/** A summary with more lines is summarised again. */
const mostSummaryLines = 6;
/** Characters that are looked through in one go in the extension host. */
const longestSearched = 64 * 1024;

export class WriteBeside {
  constructor(
    private readonly runner: TaskRunner,
    private readonly prose: ProseFinder,
    private readonly documents: OutputDocuments,
    private readonly summaries: SummaryCache<PanelContent>,
    private readonly reporter: ErrorReporter,
    private readonly scrollLink: ScrollLink,
    private readonly passingTexts: PassingTexts,
  ) {}

  /**
   * Works on `argument` when it is a TextLocation, else on the selections of the active editor, else on its whole document.
   * Resolves when the output is complete or has stopped, to the address of its document; undefined without an editor.
   */
  async start(kind: TaskKind, argument?: unknown): Promise<string | undefined> {
    const location = locationFrom(argument);
    if (!location) {
      this.reporter.inform(vscode.l10n.t('Open a file and select some text first.'));
      return undefined;
    }
    return this.open(kind, location);
  }

  /** As `start` for all prose of the active editor's document: its comments, paragraphs, values. */
  async startWhole(kind: TaskKind): Promise<string | undefined> {
    const uri = vscode.window.activeTextEditor?.document.uri.toString();
    if (uri !== undefined) return this.open(kind, { uri, ranges: [], whole: true });
    this.reporter.inform(vscode.l10n.t('Open a file first.'));
    return undefined;
  }

  /** Works on a text that is in no file. `name`: what it is called, ending as files of its language do. */
  async startText(kind: TaskKind, name: string, text: string): Promise<string | undefined> {
    const { uri, languageId } = await vscode.workspace.openTextDocument(this.passingTexts.add(name, text));
    return this.open(kind, { uri: uri.toString(), ranges: [], whole: languageId !== 'plaintext' });
  }

  /** Fills an output document again from where its text came. `argument`: its address; absent: the active editor's. */
  async runAgain(argument?: unknown): Promise<string | undefined> {
    const uri = outputUriFrom(argument);
    if (!uri) return undefined;
    const record = this.documents.record(uri);
    if (record) return this.open(record.kind, record.location, uri);
    this.reporter.inform(vscode.l10n.t('The document that this came from was closed.'));
    return undefined;
  }

  /** Stops the run that writes an output document; what is written stays. `argument` as in `runAgain`. */
  cancel(argument?: unknown): void {
    const uri = outputUriFrom(argument);
    if (uri) this.documents.cancel(uri);
  }

  private async open(kind: TaskKind, location: TextLocation, replaced?: vscode.Uri): Promise<string | undefined> {
    const located = await this.locate(location);
    if (!located) return undefined;
    // A tab in preview gives way to the next one, and its run ends with it: only for what is quickly made again.
    const length = lengthsOf(located.ranges).reduce((sum, one) => sum + one, 0);
    const preview = length <= longestPreview && !this.documents.anyRunning && !location.whole;
    const { uri, output } = this.documents.begin(kind, location, located, replaced);
    const whole = location.whole ? wholeDocument(located.document) : undefined;
    if (whole && kind === 'translate') this.scrollLink.link(located.document.uri, uri);
    const running = this.fill(uri, output, kind, located, whole);
    await showBeside(uri, preview);
    await running;
    return uri.toString();
  }

  /** The text at a location, or undefined, and the person told, when there is none. */
  private async locate(location: TextLocation): Promise<LocatedText | undefined> {
    try {
      const located = await openLocation(location);
      if (textsOf(located).some(mayHaveWords)) return located;
      this.reporter.inform(vscode.l10n.t('There are no words to work on in this text.'));
    } catch {
      const name = vscode.workspace.asRelativePath(vscode.Uri.parse(location.uri));
      this.reporter.inform(vscode.l10n.t('The document {0} cannot be opened any more.', name));
    }
    return undefined;
  }

  private async fill(
    uri: vscode.Uri,
    output: Output,
    kind: TaskKind,
    located: LocatedText,
    whole: DocumentParams | undefined,
  ): Promise<void> {
    const resource = located.document.uri;
    const texts = textsOf(located);
    const title = progressTitle(kind, resource);
    const results: RunResult[] = [];
    const failure: FailureContext = {
      use: modelUseOf(kind),
      retry: () => this.runAgain(uri.toString()),
      source: uri.toString(),
    };
    try {
      await withLongProgress({ title, delayMs: progressDelayMs, signal: output.signal }, async ({ signal, report }) => {
        for (const [index, text] of texts.entries()) {
          if (whole && kind === 'summarize') {
            results.push(...(await this.summarizeWhole(output, text, whole, resource, signal)));
            continue;
          }
          output.beginPart(whole && text);
          const range = located.ranges[index];
          const document = whole ?? pieceOf(located.document, range);
          const read =
            kind === 'summarize'
              ? await this.prose.summarizedText(located.document, rangeOf(located.document, range))
              : text;
          const request: TextRequest = { kind, text: read, priority: 'interactive', resource, document };
          const result = await this.writePart(output, request, texts.length, signal, () => report(output.fraction));
          if (result) results.push(result);
        }
      });
      output.finish();
      this.reporter.reportUnknown(results, failure);
    } catch (error) {
      output.stop(this.reporter.report(error, failure) ?? vscode.l10n.t('Canceled.'));
    }
    this.documents.flush(uri);
  }

  /**
   * Map, then reduce: a line for each run of paragraphs, and when these are many, a summary of them above. Says how much was read.
   */
  private async summarizeWhole(
    output: Output,
    text: string,
    document: DocumentParams,
    resource: vscode.Uri,
    signal: AbortSignal,
  ): Promise<RunResult[]> {
    const prose = await this.runner.prose(text, document);
    const request: TextRequest = { kind: 'summarize', text: prose.text, priority: 'interactive', resource };
    output.beginPart();
    const onProgress = (progress: RunProgress) => {
      if (!signal.aborted) output.report(progress);
    };
    const content = await this.runner.run(request, { signal, onProgress });
    const { result } = content;
    const read = vscode.l10n.t(
      'Paragraphs read: {0}. Parts summarized: {1}.',
      prose.blockCount,
      result.segments.length,
    );
    output.finishPart(`${result.target}\n\n${read}\n`, content);
    if (result.segments.length <= mostSummaryLines) return [result];
    const inShort: TextRequest = { ...request, text: result.target, from: result.to };
    output.beginPart();
    const shorter = await this.runner.run(inShort, { signal, onProgress });
    output.finishPart(`${vscode.l10n.t('In short:')}\n${shorter.result.target}\n`, shorter);
    return [result, shorter.result];
  }

  /** Undefined for a part without words. */
  private async writePart(
    output: Output,
    request: TextRequest,
    partCount: number,
    signal: AbortSignal,
    onProgress: () => void,
  ): Promise<RunResult | undefined> {
    const known = request.kind === 'summarize' ? this.summaries.finished(this.runner.cacheKey(request)) : undefined;
    if (known) {
      this.runner.remember(known);
      output.finishPart(known.result.target, known);
      return known.result;
    }
    const content = await this.runner.runPart(request, partCount, {
      signal,
      onProgress: progress => {
        if (signal.aborted) return; // sent before the engine heard of it
        output.report(progress);
        onProgress();
      },
    });
    output.finishPart(content?.result.target ?? request.text, content);
    return content?.result;
  }
}

function textsOf({ document, ranges }: LocatedText): string[] {
  return ranges.map(range => document.getText(rangeOf(document, range)));
}

/** Long texts are not searched here: the engine tells when there is nothing in one. */
function mayHaveWords(text: string): boolean {
  return text.length > longestSearched || /\S/.test(text);
}

function locationFrom(argument: unknown): TextLocation | undefined {
  if (isTextLocation(argument)) return argument;
  const editor = vscode.window.activeTextEditor;
  return editor && locationOfEditor(editor);
}

function outputUriFrom(argument: unknown): vscode.Uri | undefined {
  const uri = typeof argument === 'string' ? vscode.Uri.parse(argument) : vscode.window.activeTextEditor?.document.uri;
  return uri?.scheme === outputScheme ? uri : undefined;
}

/** In the column where an output is shown already, else beside the active editor, which keeps the focus. */
async function showBeside(uri: vscode.Uri, preview: boolean): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const shown = vscode.window.visibleTextEditors.find(editor => editor.document.uri.scheme === outputScheme);
  const viewColumn = shown?.viewColumn ?? vscode.ViewColumn.Beside;
  await vscode.window.showTextDocument(document, { viewColumn, preview, preserveFocus: true });
}

function progressTitle(kind: TaskKind, resource: vscode.Uri): string {
  const name = resource.path.slice(resource.path.lastIndexOf('/') + 1);
  return kind === 'translate'
    ? vscode.l10n.t('Headlight: translating {0}', name)
    : vscode.l10n.t('Headlight: summarizing {0}', name);
}
