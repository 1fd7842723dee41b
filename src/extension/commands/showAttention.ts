// Show Attention: opens the panel on the output that a person most likely means; exports what is shown and opens it again.

import * as vscode from 'vscode';
import { exportFormats } from '../../model/attention/attentionDocument';
import { readDocument } from '../../model/attention/readDocument';
import type { ExportChoice } from '../../protocol/webview';
import { fileContent } from '../attentionFile';
import type { AttentionPanels } from '../attentionPanels';
import { commandIds } from '../commandIds';
import { pieceOf } from '../documentParams';
import type { ErrorReporter } from '../errorReporter';
import { withLongProgress } from '../longProgress';
import type { OutputDocuments, TextPlace } from '../outputDocuments';
import type { PanelContent } from '../panelOutput';
import type { ProseFinder } from '../proseAt';
import type { SummaryCache } from '../summaryCache';
import { modelUseOf, type TaskRunner, type TextRequest } from '../taskRunner';
import { isTextLocation, offsetsOf, openLocation, rangeOf, type TextLocation } from '../textLocation';

const progressDelayMs = 1000;
/** A longer selection is translated with its own command first: nobody looks at the attention of a whole book. */
const longestSelection = 10_000;

export class ShowAttention {
  constructor(
    private readonly panels: AttentionPanels,
    private readonly runner: TaskRunner,
    private readonly prose: ProseFinder,
    private readonly documents: OutputDocuments,
    private readonly summaries: SummaryCache<PanelContent>,
    private readonly reporter: ErrorReporter,
  ) {}

  /** `argument`: a TextLocation whose summary is meant (from a hover); absent: what the active editor suggests.
   * `inNewPanel`: an open panel keeps what it shows. */
  async start(argument?: unknown, inNewPanel = false): Promise<void> {
    try {
      const selected = isTextLocation(argument) ? await this.summaryRequest(argument) : selectedText();
      const request = selected?.request;
      const content = (request && (await this.contentFor(request))) ?? this.contentHere() ?? this.runner.lastOutput;
      if (content)
        this.panels.show(content, {
          inNewPanel,
          place: content.result.source === request?.text ? selected?.place : undefined,
        });
      else this.explain();
    } catch (error) {
      this.reporter.report(error, {
        use: modelUseOf(isTextLocation(argument) ? 'summarize' : 'translate'),
        retry: () => this.start(argument, inNewPanel),
      });
    }
  }

  /** Writes what the panel used last shows. `argument`: an ExportChoice; the person is asked for what it lacks. */
  export(argument?: unknown): void {
    if (!this.panels.exportLatest(exportChoice(argument))) this.explain();
  }

  /** Shows an exported JSON file again. `argument`: its address; absent: the person is asked. */
  async openFile(argument?: unknown): Promise<void> {
    const uri = argument instanceof vscode.Uri ? argument : await chooseFile();
    if (!uri) return;
    try {
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
      const { content, source } = fileContent(readDocument(text, uri.path.split('/').at(-1) ?? ''));
      this.panels.show(content, { inNewPanel: true, source });
    } catch (error) {
      this.reporter.report(error, { use: modelUseOf('translate'), retry: () => this.openFile(uri) });
    }
  }

  /** Of the text that a hover over it summarises. */
  private async summaryRequest(location: TextLocation): Promise<Selected> {
    const { document, ranges } = await openLocation(location);
    const text = await this.prose.summarizedText(document, rangeOf(document, ranges[0]));
    return selectedOf('summarize', document, text, ranges[0][0]);
  }

  /** The output for a text: known, or made now. */
  private contentFor(request: TextRequest): Promise<PanelContent> | PanelContent {
    const last = this.runner.lastOutput;
    if (last?.result.source === request.text && (request.kind === 'translate' || last.result.task === request.kind))
      return last;
    const known = request.kind === 'summarize' ? this.summaries.finished(this.runner.cacheKey(request)) : undefined;
    if (known) return known;
    const title = vscode.l10n.t('Headlight: preparing the attention view');
    return withLongProgress({ title, delayMs: progressDelayMs }, ({ signal }) => this.runner.run(request, { signal }));
  }

  /** In an output document: the part under the cursor. */
  private contentHere(): PanelContent | undefined {
    const editor = vscode.window.activeTextEditor;
    if (!editor) return undefined;
    const { document, selection } = editor;
    return this.documents.output(document.uri)?.contentAt(document.offsetAt(selection.active));
  }

  private explain(): void {
    this.reporter.inform(vscode.l10n.t('Select a text first: attention is shown for a translation or a summary.'), {
      label: vscode.l10n.t('Translate'),
      run: () => vscode.commands.executeCommand(commandIds.translateSelection),
    });
  }
}

/** A key binding may say anything. */
function exportChoice(argument: unknown): ExportChoice {
  const { format, file } = (argument ?? {}) as Partial<Record<keyof ExportChoice, unknown>>;
  return {
    format: exportFormats.find(known => known === format),
    file: typeof file === 'string' ? file : undefined,
  };
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    filters: { JSON: ['json'] },
    title: vscode.l10n.t('Open Attention File'),
  });
  return chosen?.[0];
}

/** What is to be shown, and where its text stands. */
interface Selected {
  readonly request: TextRequest;
  readonly place: TextPlace;
}

/** The main selection of an ordinary editor. */
function selectedText(): Selected | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.selection.isEmpty || editor.document.uri.scheme === 'headlight') return undefined;
  const text = editor.document.getText(editor.selection);
  if (text.length > longestSelection) return undefined;
  const { request, place } = selectedOf(
    'translate',
    editor.document,
    text,
    editor.document.offsetAt(editor.selection.start),
  );
  const document = pieceOf(editor.document, offsetsOf(editor.document, editor.selection));
  return { request: { ...request, document }, place };
}

function selectedOf(kind: TextRequest['kind'], { uri }: vscode.TextDocument, text: string, start: number): Selected {
  return { request: { kind, text, priority: 'interactive', resource: uri }, place: { uri, start } };
}
