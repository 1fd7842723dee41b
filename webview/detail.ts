// The map in large: as cells, lines or a table; a second one beside it; and one cell taken apart.

import { colorScale } from '../src/model/attention/colorScale';
import type { PanelChoice, PanelScale, PanelViewState } from '../src/protocol/webview';
import { CellFormula } from './cellFormula';
import { ChoiceButtons } from './choiceButtons';
import { button, ChoiceControl } from './controls';
import { element, setHidden, setText } from './dom';
import { Heatmap } from './heatmap';
import * as l10n from './l10n';
import { Legend } from './legend';
import { LineView, lineShare } from './lineView';
import type { MapChooser } from './mapChooser';
import type { Reading } from './reading';
import { moved, type Selection } from './selection';
import type { Theme } from './theme';
import { WeightsTable } from './weightsTable';
import { percent } from './words';

export interface DetailEvents {
  readonly onPoint: (selection: Selection | undefined) => void;
  readonly onPin: (selection: Selection) => void;
  readonly onView: () => void;
  readonly onDrawing: (drawing: PanelViewState['drawing']) => void;
  readonly onScale: (scale: PanelScale) => void;
  readonly onCompare: (compare: boolean) => void;
}

/** A map with what it is called. */
export interface TitledReading {
  readonly reading: Reading;
  readonly axes: readonly [rows: string, columns: string];
  readonly place: string;
}

const scaleChoices = [
  { value: 'squareRoot', label: l10n.t('Square root') },
  { value: 'proportional', label: l10n.t('Proportional') },
];

export class Detail {
  readonly body: HTMLElement;
  readonly tools: HTMLElement;
  readonly formula = new CellFormula();
  private readonly main: Figure;
  private readonly other: Figure;
  private readonly lines: LineView;
  private readonly table = new WeightsTable();
  private readonly legend = new Legend();
  private readonly notice = element('p', { className: 'notice', attributes: { role: 'status' } });
  private readonly drawing: ChoiceButtons<PanelViewState['drawing']>;
  private readonly scale: ChoiceControl;
  private readonly marginKey = element('p', { className: 'marginKey dim' });
  private readonly zoomBar: HTMLElement;
  private readonly compareButton: HTMLElement;
  private shown: TitledReading | undefined;
  private compared: TitledReading | undefined;
  private view: PanelViewState | undefined;
  private colors = new Uint8ClampedArray(1024);
  private selection: Selection | undefined;

  constructor(events: DetailEvents, mainChooser: MapChooser, comparedChooser: MapChooser) {
    this.main = new Figure(l10n.t('Attention grid'), mainChooser, events);
    this.other = new Figure(l10n.t('Second attention grid'), comparedChooser, {
      ...events,
      onPoint: selection => events.onPoint(this.fromCompared(selection)),
      onPin: selection => {
        const same = this.fromCompared(selection);
        if (same) events.onPin(same);
      },
    });
    this.other.root.classList.add('other');
    this.lines = new LineView(events);
    this.drawing = new ChoiceButtons<PanelViewState['drawing']>(
      l10n.t('Drawing'),
      [
        { value: 'cells', label: l10n.t('Cells') },
        {
          value: 'lines',
          label: l10n.t('Lines'),
          hint: l10n.t('What the word in focus reads, up to {0} of its attention', percent(lineShare)),
        },
        { value: 'table', label: l10n.t('Table') },
      ],
      events.onDrawing,
    );
    this.scale = new ChoiceControl('scale', l10n.t('Scale'), value => events.onScale(value as PanelScale));
    this.scale.setChoices(scaleChoices, scaleChoices[0].value);
    const zoom = (label: string, text: string, direction: 1 | 0 | -1) => {
      const created = element('button', {
        className: 'plainButton',
        text,
        attributes: { type: 'button', 'aria-label': label },
      });
      created.title = label;
      created.addEventListener('click', () => {
        this.main.heatmap.zoomBy(direction);
        this.other.heatmap.zoomBy(direction);
      });
      return created;
    };
    this.zoomBar = element(
      'div',
      { className: 'zoomBar', attributes: { role: 'group', 'aria-label': l10n.t('Zoom') } },
      zoom(l10n.t('Zoom out'), '−', -1),
      zoom(l10n.t('Fit'), l10n.t('Fit'), 0),
      zoom(l10n.t('Zoom in'), '+', 1),
    );
    this.compareButton = button(l10n.t('Compare'), 'secondary', () =>
      events.onCompare(this.view?.compared === undefined),
    );
    this.compareButton.title = l10n.t('A second head, method or output beside this one');
    this.tools = element('div', { className: 'detailTools' }, this.drawing.root, this.zoomBar, this.compareButton);
    this.body = element(
      'div',
      { className: 'detail' },
      this.notice,
      element('div', { className: 'figures' }, this.main.root, this.other.root),
      this.lines.root,
      this.table.root,
      element('div', { className: 'detailFoot' }, this.legend.root, this.scale.root, this.marginKey),
      this.formula.root,
    );
    this.notice.hidden = true;
  }

  /** What a resize has to be watched on. */
  get sized(): HTMLElement {
    return this.main.root;
  }

  get colorTable(): Uint8ClampedArray {
    return this.colors;
  }

  setTheme(theme: Theme): void {
    const colors = colorScale(theme.background, theme.accent);
    this.colors = colors;
    for (const { heatmap } of [this.main, this.other]) heatmap.setTheme(theme, colors);
    this.lines.setTheme(theme);
    this.formula.setTheme(theme);
  }

  /** A sentence about what is shown or why nothing is; empty for none. */
  setNotice(sentence: string, ...actions: readonly HTMLElement[]): void {
    if (sentence === '' && this.notice.hidden) return;
    this.notice.hidden = sentence === '';
    this.notice.replaceChildren(document.createTextNode(sentence), ...actions);
  }

  /** True: what is shown may have another size, and has to be arranged. */
  setReadings(view: PanelViewState, shown: TitledReading | undefined, compared: TitledReading | undefined): boolean {
    const isResized =
      this.view?.drawing !== view.drawing || !sameAxes(this.shown, shown) || !sameAxes(this.compared, compared);
    this.view = view;
    this.shown = shown;
    this.compared = compared;
    this.drawing.show(view.drawing);
    this.scale.setChoices(scaleChoices, view.scale);
    this.compareButton.setAttribute('aria-pressed', String(view.compared !== undefined));
    const cells = view.drawing === 'cells';
    this.main.show(shown, view.scale, cells);
    this.other.show(compared, view.scale, cells);
    setHidden(this.other.root, compared === undefined);
    setHidden(this.lines.root, view.drawing !== 'lines' || !shown);
    setHidden(this.table.root, view.drawing !== 'table' || !shown);
    setHidden(this.zoomBar, !cells);
    setHidden(this.legend.root, !cells);
    setHidden(this.marginKey, !cells);
    if (shown) setText(this.marginKey, marginKeyOf(shown.reading));
    setHidden(this.scale.root, !cells);
    if (shown) this.lines.setReading(shown.reading);
    if (shown && view.drawing === 'table') this.table.show(shown.reading, shown.axes, this.selection);
    return isResized;
  }

  setSelection(selection: Selection | undefined): void {
    this.selection = selection;
  }

  focus(): void {
    this.main.heatmap.focus();
  }

  arrange(): void {
    for (const { heatmap, root } of [this.main, this.other]) if (!root.hidden) heatmap.arrange();
  }

  drawCells(): void {
    for (const { heatmap, root } of [this.main, this.other]) if (!root.hidden) heatmap.drawCells();
  }

  drawFurniture(): void {
    for (const { heatmap, root } of [this.main, this.other]) if (!root.hidden) heatmap.drawFurniture();
  }

  drawLegend(): void {
    const { shown, view } = this;
    if (!shown || !view) return;
    const { reading } = shown;
    const hidesSome = reading.visibleCounts.some(count => count < reading.columns.length);
    const hidden =
      reading.kind === 'decoder' ? l10n.t('later, not visible yet') : l10n.t('nothing is known of this row');
    this.legend.show(this.colors, view.scale, hidesSome ? hidden : undefined);
  }

  drawSelection(): void {
    const { selection, shown, compared } = this;
    this.main.heatmap.setSelection(selection);
    this.main.heatmap.drawCrosshair();
    const same = selection && shown && compared && moved(selection, shown.reading, compared.reading);
    this.other.heatmap.setSelection(same);
    if (!this.other.root.hidden) this.other.heatmap.drawCrosshair();
    this.lines.draw(selection);
  }

  private fromCompared(selection: Selection | undefined): Selection | undefined {
    const { shown, compared } = this;
    return selection && shown && compared && moved(selection, compared.reading, shown.reading);
  }
}

function sameAxes(first: TitledReading | undefined, second: TitledReading | undefined): boolean {
  return first?.reading.rows === second?.reading.rows && first?.reading.columns === second?.reading.columns;
}

/** What stands beside the grid: a strip only where sinks were read. */
function marginKeyOf({ sinkShares }: Reading): string {
  const bars = l10n.t('Right bars: strongest weight of a row. Bars below: how much a column is read in all.');
  return sinkShares.some(share => share > 0) ? `${l10n.t('Left strip: share on sinks.')} ${bars}` : bars;
}

/** One grid with its title and what chooses it. */
class Figure {
  readonly root: HTMLElement;
  readonly heatmap: Heatmap;
  private readonly axes = element('h3', { className: 'axes' });
  private readonly place = element('p', { className: 'place' });

  constructor(label: string, chooser: MapChooser, events: DetailEvents) {
    this.heatmap = new Heatmap(label, events);
    this.root = element(
      'div',
      { className: 'figure' },
      element('div', { className: 'figureHead' }, this.axes, this.place),
      chooser.root,
      this.heatmap.root,
    );
  }

  show(titled: TitledReading | undefined, scale: PanelScale, cells: boolean): void {
    setHidden(this.heatmap.root, !cells || !titled);
    setText(this.axes, titled ? `${titled.axes[0]} ↓ ${titled.axes[1]} →` : '');
    setText(this.place, titled?.place ?? '');
    if (titled) this.heatmap.setReading(titled.reading, scale);
  }
}

/** The choice of a map without the rest of the view. */
export function choiceOf({ method, layerIndex, head, variantIndex }: PanelChoice): PanelChoice {
  return { method, layerIndex, head, variantIndex };
}
