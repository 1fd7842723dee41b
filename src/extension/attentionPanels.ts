// Every attention panel: opens them beside the editor and brings them back after a reload of the window.

import * as vscode from 'vscode';
import type { ModelDescription } from '../model/types';
import type { ExportChoice } from '../protocol/webview';
import type { WordPin } from './alignmentHighlights';
import { AttentionPanel, type AttentionPanelParts, type Restorable } from './attentionPanel';
import type { PlacedOutput, TextPlace } from './outputDocuments';
import { type AttentionSource, PanelAnswers } from './panelAnswers';
import type { PanelContent } from './panelOutput';

/** The engine, and what it knows of a model folder. */
export interface PanelsSource extends AttentionSource {
  describe(folder: string): Promise<ModelDescription>;
}

interface Parts extends AttentionPanelParts {
  readonly source: PanelsSource;
}

export interface ShowOptions {
  /** An open panel keeps what it shows. */
  readonly inNewPanel?: boolean;
  /** Where the source of the output stands. */
  readonly place?: TextPlace;
  /** What answers for the engine; absent: the engine. */
  readonly source?: AttentionSource;
}

const viewType = 'headlight.attention';

export class AttentionPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly serializer: vscode.Disposable;
  private readonly pinChanged = new vscode.EventEmitter<WordPin>();
  /** A person pinned a word in a panel, or let go of it. */
  readonly onDidPin = this.pinChanged.event;
  private readonly changed = new vscode.EventEmitter<void>();
  /** A panel shows another output, or is closed. */
  readonly onDidChange = this.changed.event;
  /** For panels that open later. */
  private pinned: WordPin | undefined;
  /** In order of use, the latest first. */
  private panels: AttentionPanel[] = [];

  constructor(private readonly parts: Parts) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(viewType, this);
  }

  /** What the panels show, for who looks for words at a caret. */
  *outputs(): Generator<PlacedOutput> {
    for (const { output } of this.panels) if (output) yield output;
  }

  /** Shows an output in the panel used last, or in one of its own. */
  show(content: PanelContent, { inNewPanel, place, source }: ShowOptions = {}): void {
    const known = inNewPanel ? undefined : (this.panels.find(panel => panel.active) ?? this.panels[0]);
    const panel = known ?? this.open();
    panel.show(content, place, source);
    this.changed.fire();
    if (!known) return;
    known.reveal();
    this.panels = [known, ...this.panels.filter(other => other !== known)];
  }

  /** Pins a word in every panel that shows the output it is of. */
  pin(pin: WordPin): void {
    this.pinned = pin;
    for (const panel of this.panels) void panel.pin(pin);
  }

  /** Has the panel used last export what it shows. False: there is no panel. */
  exportLatest(choice: ExportChoice): boolean {
    const panel = this.panels.find(({ active }) => active) ?? this.panels[0];
    panel?.requestExport(choice);
    return panel !== undefined;
  }

  /** Called by VS Code after a reload of the window, with what the page last saved. */
  async deserializeWebviewPanel(webviewPanel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const panel = this.adopt(webviewPanel);
    const saved = savedStateOf(state);
    if (saved) panel.restore(saved.revision, this.restored(saved.restore));
  }

  dispose(): void {
    for (const panel of [...this.panels]) panel.dispose();
    vscode.Disposable.from(this.serializer, this.pinChanged, this.changed).dispose();
  }

  private open(): AttentionPanel {
    return this.adopt(
      vscode.window.createWebviewPanel(viewType, vscode.l10n.t('Attention'), {
        viewColumn: vscode.ViewColumn.Beside,
        preserveFocus: true,
      }),
    );
  }

  private adopt(webviewPanel: vscode.WebviewPanel): AttentionPanel {
    const panel = new AttentionPanel(webviewPanel, this.parts);
    this.panels.unshift(panel);
    if (this.pinned) void panel.pin(this.pinned);
    panel.onDidPin(pin => {
      this.pinned = pin;
      for (const other of this.panels) if (other !== panel) void other.pin(pin);
      this.pinChanged.fire(pin);
    });
    panel.onDidClose(() => {
      this.panels = this.panels.filter(other => other !== panel);
      this.changed.fire();
    });
    return panel;
  }

  /** What was shown before a reload; undefined when the folder now holds another model, whose attention it was not. */
  private async restored({ result, target, added }: Restorable): Promise<PanelAnswers | undefined> {
    const { source, log } = this.parts;
    const description = await source.describe(target.folder);
    if (description.sha256 === result.model.sha256)
      return new PanelAnswers({ result, target, description }, source, added);
    log.info(`the attention panel is not restored: ${target.folder} holds another model now`);
    return undefined;
  }
}

/** What the page saved, if it is of this version: saved states outlive an update of the extension. */
function savedStateOf(state: unknown): { revision: number; restore: Restorable } | undefined {
  const { revision, restore } = (state ?? {}) as { revision?: unknown; restore?: Partial<Restorable> };
  if (typeof revision !== 'number' || restore?.version !== 2 || !restore.result || !restore.target || !restore.added)
    return undefined;
  return { revision, restore: restore as Restorable };
}
