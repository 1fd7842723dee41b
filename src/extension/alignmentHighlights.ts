// The caret in a source highlights the aligned words of its output, and the other way round, in editors that show both.

import * as vscode from 'vscode';
import { type AlignedWords, type Aligner, SegmentAlignments, type TextSide } from './alignedWords';
import type { FinishedPart, OutputDocuments } from './outputDocuments';
import type { PanelContent } from './panelOutput';
import type { Settings } from './settings';
import { rangeOf } from './textLocation';

/** Arrow keys held down ask for nothing in between. */
const settleMs = 40;

/** A place in one of the two texts. */
interface Place extends FinishedPart {
  readonly side: TextSide;
  readonly offset: number;
}

/** In the documents of a text and its output. */
export interface AlignedRanges {
  readonly source: readonly vscode.Range[];
  readonly target: readonly vscode.Range[];
}

export class AlignmentHighlights implements vscode.Disposable {
  private readonly linked = decoration('editor.wordHighlightStrongBackground');
  private readonly word = decoration('editor.wordHighlightBackground');
  private readonly alignments = new WeakMap<PanelContent, SegmentAlignments>();
  private readonly subscriptions: readonly vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;
  private latest = 0;
  /** What is highlighted now, for tests. */
  shown: AlignedRanges | undefined;

  constructor(
    private readonly documents: OutputDocuments,
    private readonly align: Aligner,
    private readonly settings: Settings,
  ) {
    this.subscriptions = [
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.request(textEditor)),
      vscode.window.onDidChangeActiveTextEditor(editor => this.request(editor)),
      // An output was refreshed, or a text edited, which then is no longer the one that was translated.
      vscode.workspace.onDidChangeTextDocument(() => this.request(vscode.window.activeTextEditor)),
    ];
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.latest++;
    vscode.Disposable.from(...this.subscriptions, this.linked, this.word).dispose();
  }

  private request(editor: vscode.TextEditor | undefined): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.update(editor), settleMs);
  }

  private async update(editor: vscode.TextEditor | undefined): Promise<void> {
    const request = ++this.latest;
    const place = editor && this.settings.highlightsAlignedWords(editor.document) ? this.placeOf(editor) : undefined;
    const words = place && (await this.wordsAt(place));
    if (request !== this.latest) return;
    this.clear();
    if (place && words && words.linked.length > 0) this.show(place, words);
  }

  private wordsAt({ content, side, offset }: Place): Promise<AlignedWords | undefined> {
    let alignments = this.alignments.get(content);
    if (!alignments) {
      alignments = new SegmentAlignments(content, this.align);
      this.alignments.set(content, alignments);
    }
    // A highlight that fails is not worth a message: whoever opens the panel is told why.
    return alignments.at(side, offset).catch(() => undefined);
  }

  /** Undefined where the caret is in no text of an output that still stands in its documents. */
  private placeOf({ document, selection }: vscode.TextEditor): Place | undefined {
    const caret = document.offsetAt(selection.active);
    for (const { content, source, target } of this.documents.finishedParts()) {
      if (content.result.pivot) continue; // what the model read stands in no document
      const uri = document.uri.toString();
      const side = uri === source.uri.toString() ? 'source' : uri === target.uri.toString() ? 'target' : undefined;
      if (!side || !stands(source, content.result.source) || !stands(target, content.result.target)) continue;
      const { start } = side === 'source' ? source : target;
      const offset = caret - start;
      if (offset >= 0 && offset <= content.result[side].length) return { content, side, offset, source, target };
    }
    return undefined;
  }

  private show({ side, source, target }: Place, { word, linked }: AlignedWords): void {
    const move = (start: number) => (range: readonly [number, number]) => [range[0] + start, range[1] + start] as const;
    const ranges = {
      source: (side === 'source' ? [word] : linked).map(move(source.start)),
      target: (side === 'target' ? [word] : linked).map(move(target.start)),
    };
    const shown: { source: vscode.Range[]; target: vscode.Range[] } = { source: [], target: [] };
    for (const editor of vscode.window.visibleTextEditors)
      for (const [name, { uri }] of [
        ['source', source],
        ['target', target],
      ] as const) {
        if (editor.document.uri.toString() !== uri.toString()) continue;
        shown[name] = ranges[name].map(range => rangeOf(editor.document, range));
        editor.setDecorations(name === side ? this.word : this.linked, shown[name]);
      }
    this.shown = shown;
  }

  private clear(): void {
    this.shown = undefined;
    for (const editor of vscode.window.visibleTextEditors) {
      editor.setDecorations(this.linked, []);
      editor.setDecorations(this.word, []);
    }
  }
}

/** True while an editor shows the text where it was put: not edited since, and not still to be read by VS Code. */
function stands({ uri, start }: Place['source'], text: string): boolean {
  const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
  return (
    editor !== undefined && editor.document.getText(rangeOf(editor.document, [start, start + text.length])) === text
  );
}

function decoration(background: string): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor(background),
    // High contrast themes have no backgrounds for words; this border every theme has.
    border: '1px solid',
    borderColor: new vscode.ThemeColor('editorBracketMatch.border'),
    borderRadius: '2px',
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.wordHighlightStrongForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
  });
}
