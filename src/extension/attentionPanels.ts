// Every attention panel: opens them beside the editor and brings them back after a reload of the window.

import * as vscode from 'vscode';
import type { ModelDescription } from '../model/types';
import { AttentionPanel, type AttentionPanelParts, type Restorable } from './attentionPanel';
import { type AttentionSource, PanelAnswers } from './panelAnswers';
import type { PanelContent } from './panelOutput';

/** The engine, and what it knows of a model folder. */
export interface PanelsSource extends AttentionSource {
  describe(folder: string): Promise<ModelDescription>;
}

interface Parts extends AttentionPanelParts {
  readonly source: PanelsSource;
}

const viewType = 'headlight.attention';

export class AttentionPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly serializer: vscode.Disposable;
  /** In order of use, the latest first. */
  private panels: AttentionPanel[] = [];

  constructor(private readonly parts: Parts) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(viewType, this);
  }

  /** Shows an output in the panel used last, or in one of its own. */
  show(content: PanelContent, inNewPanel = false, source?: AttentionSource): void {
    const known = inNewPanel ? undefined : (this.panels.find(panel => panel.active) ?? this.panels[0]);
    const panel = known ?? this.open();
    panel.show(content, source);
    if (!known) return;
    known.reveal();
    this.panels = [known, ...this.panels.filter(other => other !== known)];
  }

  /** Called by VS Code after a reload of the window, with what the page last saved. */
  async deserializeWebviewPanel(webviewPanel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const panel = this.adopt(webviewPanel);
    const saved = savedStateOf(state);
    if (saved) panel.restore(saved.revision, this.restored(saved.restore));
  }

  dispose(): void {
    this.serializer.dispose();
    for (const panel of [...this.panels]) panel.dispose();
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
    panel.onDidClose(() => {
      this.panels = this.panels.filter(other => other !== panel);
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
