// Show Attention: opens the panel on the output that a person most likely means.

import * as vscode from 'vscode';
import { readDocument } from '../../model/attention/readDocument';
import { fileContent } from '../attentionFile';
import type { AttentionPanels } from '../attentionPanels';
import { commandIds } from '../commandIds';
import type { ErrorReporter } from '../errorReporter';
import { withLongProgress } from '../longProgress';
import type { OutputDocuments } from '../outputDocuments';
import type { PanelContent } from '../panelOutput';
import type { SummaryCache } from '../summaryCache';
import { modelUseOf, type TaskRunner, type TextRequest } from '../taskRunner';
import { isTextLocation, openLocation, rangeOf } from '../textLocation';

const progressDelayMs = 1000;
/** A longer selection is translated with its own command first: nobody looks at the attention of a whole book. */
const longestSelection = 10_000;

export class ShowAttention {
  constructor(
    private readonly panels: AttentionPanels,
    private readonly runner: TaskRunner,
    private readonly documents: OutputDocuments,
    private readonly summaries: SummaryCache<PanelContent>,
    private readonly reporter: ErrorReporter,
  ) {}

  /** `argument`: a TextLocation whose summary is meant (from a hover); absent: what the active editor suggests.
   * `inNewPanel`: an open panel keeps what it shows. */
  async start(argument?: unknown, inNewPanel = false): Promise<void> {
    const request = isTextLocation(argument) ? await summaryRequest(argument) : selectedText();
    try {
      const content = (request && (await this.contentFor(request))) ?? this.contentHere() ?? this.runner.lastOutput;
      if (content) this.panels.show(content, inNewPanel);
      else this.explain();
    } catch (error) {
      this.reporter.report(error, {
        use: modelUseOf(request?.kind ?? 'translate'),
        retry: () => this.start(argument, inNewPanel),
      });
    }
  }

  /** Shows an exported JSON file again. `argument`: its address; absent: the person is asked. */
  async openFile(argument?: unknown): Promise<void> {
    const uri = argument instanceof vscode.Uri ? argument : await chooseFile();
    if (!uri) return;
    try {
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
      const { content, source } = fileContent(readDocument(text, uri.path.split('/').at(-1) ?? ''));
      this.panels.show(content, true, source);
    } catch (error) {
      this.reporter.report(error, { use: modelUseOf('translate'), retry: () => this.openFile(uri) });
    }
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

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    filters: { JSON: ['json'] },
    title: vscode.l10n.t('Open Attention File'),
  });
  return chosen?.[0];
}

async function summaryRequest(location: Parameters<typeof openLocation>[0]): Promise<TextRequest> {
  const { document, ranges } = await openLocation(location);
  return {
    kind: 'summarize',
    text: document.getText(rangeOf(document, ranges[0])),
    priority: 'interactive',
    resource: document.uri,
  };
}

/** The main selection of an ordinary editor. */
function selectedText(): TextRequest | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.selection.isEmpty || editor.document.uri.scheme === 'headlight') return undefined;
  const text = editor.document.getText(editor.selection);
  if (text.length > longestSelection) return undefined;
  return { kind: 'translate', text, priority: 'interactive', resource: editor.document.uri };
}
