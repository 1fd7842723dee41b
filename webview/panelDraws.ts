// Draws what has changed, once in a frame: the map, thumbnails, and the words that say what is pointed at. Knows nothing of pulls.

import { DrawLoop } from './drawLoop';
import { outputToken } from './mapTitles';
import { pairMarksOf } from './pairMarks';
import type { PanelPage } from './panelPage';
import type { Pins } from './pins';
import type { Reading } from './reading';
import { type Selection, sameSelection } from './selection';
import { readTheme, watchTheme } from './theme';
import { describeSelection } from './words';

/** In the order in which they are drawn: what reads the layout comes before what changes it. */
const parts = ['sentence', 'tiles', 'arrange', 'cells', 'furniture', 'legend', 'crosshair', 'words'] as const;

export class PanelDraws {
  private readonly loop: DrawLoop<(typeof parts)[number]>;
  /** What the words were about when they were drawn last. */
  private drawnSelection: Selection | undefined;
  private headSentence: string | undefined;

  constructor(
    private readonly page: PanelPage,
    private readonly pins: Pins,
    /** Of the map that is shown. */
    private readonly reading: () => Reading | undefined,
  ) {
    const { detail, textPair } = page;
    this.loop = new DrawLoop(parts, {
      sentence: () => textPair.revealFocus(),
      tiles: () => this.drawTiles(),
      arrange: () => detail.arrange(),
      cells: () => this.drawCells(),
      furniture: () => detail.drawFurniture(),
      legend: () => detail.drawLegend(),
      crosshair: () => this.drawCrosshair(),
      words: () => this.drawWords(),
    });
    detail.setTheme(readTheme());
    watchTheme(() => this.themeChanged());
    let width = 0;
    new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width === width) return;
      width = contentRect.width;
      this.request('sentence', 'arrange', 'furniture', 'crosshair'); // the text is wrapped anew, too
    }).observe(detail.sized);
  }

  request(...wanted: (typeof parts)[number][]): void {
    this.loop.request(...wanted);
  }

  /** Resolves when what was asked for until now is on the screen. */
  drawn(): Promise<void> {
    return this.loop.drawn();
  }

  /** A line about the head that is pointed at, or undefined. */
  pointHead(sentence: string | undefined): void {
    this.headSentence = sentence;
    this.request('words');
  }

  private themeChanged(): void {
    this.page.detail.setTheme(readTheme());
    this.page.heads.recolor();
    this.request('arrange', 'cells', 'tiles', 'furniture', 'legend', 'crosshair', 'words');
  }

  private selection(): Selection | undefined {
    const reading = this.reading();
    return reading && this.pins.selectionIn(reading);
  }

  private drawCells(): void {
    this.page.detail.drawCells();
    performance.mark('headlight:cells');
  }

  private drawTiles(): void {
    const { heads, detail } = this.page;
    if (heads.draw(detail.colorTable) && heads.isComplete) performance.mark('headlight:tiles');
  }

  private drawCrosshair(): void {
    this.page.detail.setSelection(this.selection());
    this.page.detail.drawSelection();
  }

  private drawWords(): void {
    const reading = this.reading();
    const selection = this.selection();
    const { textPair, steps } = this.page;
    const marks = pairMarksOf(reading, selection, this.pins.pinned);
    const isNew = selection && !sameSelection(selection, this.drawnSelection);
    if (isNew) textPair.reveal(marks); // before anything changes: it reads the layout
    textPair.mark(marks);
    this.page.showReadout(
      this.headSentence ?? (reading && selection ? describeSelection(reading, selection) : undefined),
    );
    if (isNew && reading) {
      const token = outputToken(reading, selection);
      if (token !== undefined) steps.setStep(token);
    }
    this.drawnSelection = selection;
  }
}
