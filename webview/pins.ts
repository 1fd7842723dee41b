// What is pointed at and pinned in the map that is shown; shares a pin with the editors, and takes a pinned cell apart.

import type { PanelOutput, PanelPin, PanelPlace, PanelViewState } from '../src/protocol/webview';
import { explainCell } from './cellExplanation';
import type { CellFormula } from './cellFormula';
import { pinnedItem } from './pairMarks';
import type { PanelHost } from './panelHost';
import type { PulledMap, PulledText } from './pulls';
import type { Reading, Side } from './reading';
import { combine, moved, type Selection, sameSelection, selectionOfTokens } from './selection';

/** What is looked at. */
export interface Sight {
  readonly output: PanelOutput;
  readonly view: PanelViewState;
  readonly text: PulledText;
  readonly shown: PulledMap;
}

export class Pins {
  private pointed: Selection | undefined;
  private held: Selection | undefined;
  /** What the editors know to be pinned. */
  private shared: PanelPin | undefined;
  private explaining: AbortController | undefined;

  constructor(
    private readonly host: PanelHost,
    private readonly formula: CellFormula,
    /** Undefined: no map is shown yet. */
    private readonly sight: () => Sight | undefined,
    private readonly onChange: () => void,
  ) {}

  get pinned(): Selection | undefined {
    return this.held;
  }

  /** What is shown of it all. */
  selectionIn(reading: Reading): Selection | undefined {
    return combine(reading, this.held, this.pointed);
  }

  /** How tokens of a sentence take part in the map; undefined: not at all. */
  selectionOf(side: Side, segmentIndex: number, tokens: readonly number[] | undefined): Selection | undefined {
    const { shown, view } = this.sight() ?? {};
    if (!shown?.reading || !tokens || segmentIndex !== view?.segmentIndex) return undefined;
    return selectionOfTokens(shown.reading, side, tokens);
  }

  point(selection: Selection | undefined): void {
    if (sameSelection(selection, this.pointed)) return;
    this.pointed = selection;
    this.onChange();
  }

  /** A person pins, or lets go of the same. */
  toggle(selection: Selection | undefined): void {
    this.pin(sameSelection(selection, this.held) ? undefined : selection);
  }

  /** A person pins, or lets go: the editors are told. */
  pin(selection: Selection | undefined): void {
    this.hold(selection);
    this.share();
  }

  /** A caret is at words, or at none, of any sentence. */
  take(pin: PanelPin): void {
    this.shared = pin;
    this.hold(this.selectionOf(pin.side, pin.segmentIndex, pin.tokens));
  }

  /** Another sentence or another output of it is shown; what a caret is at stays. */
  forget(): void {
    this.pointed = undefined;
    this.held = undefined;
  }

  forgetShared(): void {
    this.shared = undefined;
  }

  /** Keeps the words where the new map has them; without one before, takes those that a caret is at. */
  move(from: Reading | undefined, to: Reading | undefined): void {
    if (from && to && from !== to) {
      this.held = this.held && moved(this.held, from, to);
      this.pointed = this.pointed && moved(this.pointed, from, to);
    } else if (!from && this.shared) {
      const { side, segmentIndex, tokens } = this.shared;
      this.held ??= this.selectionOf(side, segmentIndex, tokens);
    }
    this.explain();
  }

  private hold(selection: Selection | undefined): void {
    this.held = selection;
    this.explain();
    this.onChange();
  }

  private share(): void {
    const { output, view, shown } = this.sight() ?? {};
    if (!output || !view || !shown?.reading) return;
    const item = pinnedItem(shown.reading, this.held);
    // An output that was added stands in no editor.
    const tokens = item && (item.side === 'source' || view.variantIndex === 0) ? item.tokens : [];
    if (tokens.length === 0 && !this.shared?.tokens.length) return;
    const { revision } = output;
    this.shared = { revision, segmentIndex: view.segmentIndex, side: item?.side ?? 'source', tokens };
    this.host.call('pin', this.shared).catch(() => {}); // an output that is shown no more has no editors
  }

  /** Takes the pinned cell apart, when one is. */
  private explain(): void {
    this.explaining?.abort();
    const sight = this.sight();
    if (!sight || sight.output.isFile || !isCell(this.held)) {
      this.formula.hide();
      return;
    }
    this.explaining = new AbortController();
    const { output, view, text, shown } = sight;
    const { segmentIndex, variantIndex } = view;
    const place: PanelPlace = { revision: output.revision, segmentIndex, variantIndex };
    const { signal } = this.explaining;
    void explainCell(this.host, this.formula, place, view, shown, this.held, text.segment, signal);
  }
}

function isCell(selection: Selection | undefined): selection is Required<Selection> {
  return selection?.row !== undefined && selection.column !== undefined;
}
