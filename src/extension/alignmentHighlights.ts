// The word at the caret in a source highlights the aligned words of its output, and the other way round, where both are seen: in
// editors or in an attention panel. It is the same pin as in the panels: what is pinned there is highlighted here.

import * as vscode from 'vscode';
import { type AlignedWords, type Aligner, SegmentAlignments, type SegmentWord, type TextSide } from './alignedWords';
import type { OutputDocuments, PlacedOutput, TextPlace } from './outputDocuments';
import type { PanelContent } from './panelOutput';
import type { Settings } from './settings';
import { rangeOf } from './textLocation';

/** Arrow keys held down ask for nothing in between. */
const settleMs = 40;

/** A word of an output that is held on to; without tokens: none is. */
export interface WordPin extends SegmentWord {
  readonly content: PanelContent;
}

/** A place in one of the two texts. */
interface Place {
  readonly content: PanelContent;
  readonly side: TextSide;
  readonly offset: number;
}

/** The attention panels, as far as their outputs have places. */
export interface PanelOutputs {
  outputs(): Iterable<PlacedOutput>;
  /** A panel shows another output, or is closed. */
  readonly onDidChange: vscode.Event<void>;
}

type Places = Partial<Record<TextSide, TextPlace>>;

const sides: readonly TextSide[] = ['source', 'target'];

/** In the documents of a text and its output. */
export interface AlignedRanges {
  readonly source: readonly vscode.Range[];
  readonly target: readonly vscode.Range[];
}

export class AlignmentHighlights implements vscode.Disposable {
  private readonly linked = decoration('editor.wordHighlightStrongBackground');
  private readonly word = decoration('editor.wordHighlightBackground');
  private readonly alignments = new WeakMap<PanelContent, SegmentAlignments>();
  private readonly pinChanged = new vscode.EventEmitter<WordPin>();
  /** The caret came to another word, or to none, of an output or its source. */
  readonly onDidPin = this.pinChanged.event;
  private readonly subscriptions: readonly vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;
  private latest = 0;
  private pin: WordPin | undefined;
  /** The pin was set in a panel: it stays when the caret goes elsewhere. */
  private isPanels = false;
  /** Where a caret was moved, until it is known at which word it is. */
  private movedIn: vscode.TextEditor | undefined;
  /** What is highlighted now, for tests. */
  shown: AlignedRanges | undefined;

  constructor(
    private readonly documents: OutputDocuments,
    private readonly panels: PanelOutputs,
    private readonly align: Aligner,
    private readonly settings: Settings,
  ) {
    this.subscriptions = [
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        this.movedIn = textEditor;
        this.soon(() => this.update());
      }),
      vscode.window.onDidChangeActiveTextEditor(() => {
        if (!this.isPanels) this.movedIn = undefined;
        this.soon(() => this.update());
      }),
      // An output was refreshed, or a text edited, which then is no longer the one that was translated.
      vscode.workspace.onDidChangeTextDocument(() => this.soon(() => this.update())),
      panels.onDidChange(() => this.soon(() => this.update())),
    ];
  }

  /** Highlights what was pinned in a panel, until the caret comes to another word or the panel lets go. */
  showPin(pin: WordPin): void {
    if (pin.tokens.length === 0 && pin.content !== this.pin?.content) return;
    this.latest++; // what is on its way is older
    this.movedIn = undefined;
    this.pin = pin.tokens.length > 0 ? pin : undefined;
    this.isPanels = this.pin !== undefined;
    this.soon(() => this.draw());
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.latest++;
    vscode.Disposable.from(...this.subscriptions, this.pinChanged, this.linked, this.word).dispose();
  }

  private soon(act: () => Promise<void>): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void act(), settleMs);
  }

  /** Back from a panel the caret is where it was: it takes nothing from what was pinned there, unless it was moved. */
  private async update(): Promise<void> {
    if (this.isPanels && !this.isInPanel(this.pin?.content)) {
      this.pin = undefined;
      this.isPanels = false;
    }
    await (this.isPanels && !this.movedIn
      ? this.draw()
      : this.caretMoved(this.movedIn ?? vscode.window.activeTextEditor));
  }

  /** `editor` undefined: the focus is in a panel. */
  private async caretMoved(editor: vscode.TextEditor | undefined): Promise<void> {
    const request = ++this.latest;
    const place = editor && this.isOn(editor.document) ? this.placeOf(editor) : undefined;
    if (place) {
      const found = await this.alignmentsOf(place.content).at(place.side, place.offset).catch(nothing);
      if (request !== this.latest) return;
      const { segmentIndex, tokens } = found ?? { segmentIndex: 0, tokens: [] };
      this.takePin({ content: place.content, side: place.side, segmentIndex, tokens });
    } else if (editor && this.pin && !this.isPanels) this.takePin({ ...this.pin, tokens: [] });
    this.movedIn = undefined;
    await this.draw();
  }

  private takePin(pin: WordPin): void {
    if (!this.isPanels && samePin(pin, this.pin)) return;
    this.pin = pin.tokens.length > 0 ? pin : undefined;
    this.isPanels = false;
    this.pinChanged.fire(pin);
  }

  private async draw(): Promise<void> {
    const request = ++this.latest;
    const { pin } = this;
    const places = pin && this.placesOf(pin.content);
    // A highlight that fails is not worth a message: whoever opens the panel is told why.
    const words = places && (await this.alignmentsOf(pin.content).of(pin).catch(nothing));
    if (request !== this.latest) return;
    this.clear();
    if (places && words && words.linked.length > 0) this.show(places, words);
  }

  private isOn(document: vscode.TextDocument): boolean {
    return this.settings.highlightsAlignedWords(document);
  }

  private alignmentsOf(content: PanelContent): SegmentAlignments {
    let alignments = this.alignments.get(content);
    if (!alignments) {
      alignments = new SegmentAlignments(content, this.align);
      this.alignments.set(content, alignments);
    }
    return alignments;
  }

  /** Undefined where the caret is in no text that still stands in its document, or in one whose other side nobody sees. */
  private placeOf({ document, selection }: vscode.TextEditor): Place | undefined {
    const caret = document.offsetAt(selection.active);
    const uri = document.uri.toString();
    for (const output of this.outputs())
      for (const side of sides) {
        const { content } = output;
        const place = output[side];
        if (place?.uri.toString() !== uri || !this.placesOf(content)?.[side]) continue;
        const offset = caret - place.start;
        if (offset >= 0 && offset <= content.result[side].length) return { content, side, offset };
      }
    return undefined;
  }

  private *outputs(): Generator<PlacedOutput> {
    yield* this.documents.finishedParts();
    yield* this.panels.outputs();
  }

  private isInPanel(content: PanelContent | undefined): boolean {
    return [...this.panels.outputs()].some(output => output.content === content);
  }

  /** Where editors show the texts of an output. Undefined: none does, or its two sides are not both seen. */
  private placesOf(content: PanelContent): Places | undefined {
    if (content.result.pivot) return undefined; // what the model read stands in no document
    const places: Places = {};
    for (const output of this.outputs())
      for (const side of sides) {
        const place = output[side];
        if (output.content === content && place && stands(place, content.result[side])) places[side] ??= place;
      }
    const isSeen = this.isInPanel(content) ? places.source || places.target : places.source && places.target;
    return isSeen && places;
  }

  private show(places: Places, { side, word, linked }: AlignedWords): void {
    const shown: { source: vscode.Range[]; target: vscode.Range[] } = { source: [], target: [] };
    for (const editor of vscode.window.visibleTextEditors)
      for (const name of sides) {
        const place = places[name];
        if (place?.uri.toString() !== editor.document.uri.toString() || !this.isOn(editor.document)) continue;
        const { start } = place;
        const ranges = name === side ? [word] : linked;
        shown[name] = ranges.map(range => rangeOf(editor.document, [range[0] + start, range[1] + start]));
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

function nothing(): undefined {}

function samePin(first: WordPin, second: WordPin | undefined): boolean {
  const { content, segmentIndex, side, tokens } = first;
  if (!second) return tokens.length === 0;
  return (
    content === second.content &&
    segmentIndex === second.segmentIndex &&
    side === second.side &&
    tokens[0] === second.tokens[0]
  );
}

/** True while an editor shows the text where it was put: not edited since, and not still to be read by VS Code. */
function stands({ uri, start }: TextPlace, text: string): boolean {
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
