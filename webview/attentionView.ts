// The attention view: holds what is looked at, pulls segments and maps, and keeps text, grid and words in step.

import { toHeadlightError } from '../src/model/errors';
import type {
  PanelMap,
  PanelMode,
  PanelOutput,
  PanelSavedState,
  PanelScale,
  PanelSegment,
  PanelViewState,
} from '../src/protocol/webview';
import { button, ChoiceControl, setEnabled } from './controls';
import { element } from './dom';
import { DrawLoop } from './drawLoop';
import { Heatmap } from './heatmap';
import { LayerCache } from './layerCache';
import { Legend } from './legend';
import { type Reading, readingOf, type Side } from './reading';
import { segmentChoices } from './segmentChoices';
import { combine, linksOf, moved, type Selection, sameSelection, selectionOfToken, strongest } from './selection';
import { type SideMarks, TextPair } from './textPair';
import { readTheme, watchTheme } from './theme';
import { availableModes, changeMode, fitViewState, layerOfView, showMean, stepHead, stepLayer } from './viewState';
import { axisNames, describeSelection, headName, modeDescription, modeNames, placeName } from './words';

/** The extension, as the view needs it. Every pull can be cancelled. */
export interface PanelHost {
  ready(): Promise<PanelOutput | undefined>;
  segment(revision: number, segmentIndex: number, signal: AbortSignal): Promise<PanelSegment>;
  map(
    revision: number,
    segmentIndex: number,
    kind: 'encoder' | 'decoder' | 'cross',
    layerIndex: number,
    signal: AbortSignal,
  ): Promise<PanelMap>;
  showLog(): void;
}

/** Where the view keeps itself while the panel is hidden. */
export interface PanelStorage {
  load(): PanelSavedState | undefined;
  save(state: PanelSavedState): void;
}

/** `loading`: nothing drawn yet; `empty`: no output; `ready`: drawn; `failed`: a sentence says why not. */
type Stage = 'loading' | 'empty' | 'ready' | 'failed';

/** A layer of 8 heads at 512 x 512 is 8 MB. */
const cacheBudgetBytes = 64 * 2 ** 20;
/** A token that is read less than this is no help in the text, it is only noise. */
const faintestTint = 0.004;
/** Text keeps a contrast of 4.5 on the strongest tint in VS Code's default themes. */
const strongestTint = 0.36;
/** A link this weak is not the answer to "where did it look". */
const weakestLink = 0.15;

const keyHelp: readonly (readonly [keys: readonly string[], effect: string])[] = [
  [['←', '↑', '↓', '→'], 'move'],
  [['Enter'], 'pin'],
  [['Esc'], 'unpin'],
  [['PgUp', 'PgDn'], 'layer'],
  [['[', ']'], 'head'],
  [['M'], 'mean of heads'],
];

export class AttentionView {
  private readonly heading = element('h1');
  private readonly origin = element('p', { className: 'origin' });
  private readonly note = element('p', { className: 'note' });
  private readonly description = element('p', { className: 'description' });
  private readonly axes = element('h2', { className: 'axes' });
  private readonly place = element('span', { className: 'place' });
  private readonly readout = element('p', {
    className: 'readout',
    attributes: { role: 'status', 'aria-live': 'polite' },
  });
  private readonly message = element('section', { className: 'message' });
  private readonly toolbar = element('div', {
    className: 'toolbar',
    attributes: { role: 'group', 'aria-label': 'What is shown' },
  });
  private readonly content = element('div', { className: 'content' });
  private readonly segmentChooser: ChoiceControl;
  private readonly previousSegment: HTMLElement;
  private readonly nextSegment: HTMLElement;
  private readonly segmentBar: HTMLElement;
  private readonly modeChooser: ChoiceControl;
  private readonly layerChooser: ChoiceControl;
  private readonly headChooser: ChoiceControl;
  private readonly scaleChooser: ChoiceControl;
  private readonly textPair: TextPair;
  private readonly heatmap: Heatmap;
  private readonly legend = new Legend();
  private readonly draws: DrawLoop<'arrange' | 'cells' | 'furniture' | 'legend' | 'selection'>;
  private readonly layers = new LayerCache(cacheBudgetBytes);

  private output: PanelOutput | undefined;
  private view: PanelViewState | undefined;
  private segment: PanelSegment | undefined;
  private reading: Reading | undefined;
  private pointed: Selection | undefined;
  private pinned: Selection | undefined;
  private shown: Selection | undefined;
  private pull: AbortController | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly host: PanelHost,
    private readonly storage: PanelStorage,
  ) {
    this.segmentChooser = new ChoiceControl('Sentence', value => this.change({ segmentIndex: Number(value) }));
    this.previousSegment = button('Previous sentence', 'icon', () => this.stepSegment(-1), chevron('M10 3 5 8l5 5'));
    this.nextSegment = button('Next sentence', 'icon', () => this.stepSegment(1), chevron('m6 3 5 5-5 5'));
    this.segmentBar = element(
      'div',
      { className: 'segmentBar' },
      this.segmentChooser.root,
      this.previousSegment,
      this.nextSegment,
    );
    this.modeChooser = new ChoiceControl('Show', value => this.chooseMode(value as PanelMode));
    this.layerChooser = new ChoiceControl('Layer', value => this.change({ layerIndex: Number(value) }));
    this.headChooser = new ChoiceControl('Head', value =>
      this.change({ headIndex: value === meanValue ? undefined : Number(value) }),
    );
    this.scaleChooser = new ChoiceControl('Scale', value => this.change({ scale: value as PanelScale }));
    this.textPair = new TextPair({
      onPoint: (side, tokenIndex) => this.point(this.selectionOf(side, tokenIndex)),
      onPin: (side, tokenIndex) => this.pin(this.selectionOf(side, tokenIndex)),
    });
    this.heatmap = new Heatmap({
      onPoint: selection => this.point(selection),
      onPin: selection => this.pin(selection),
    });
    this.draws = new DrawLoop(['arrange', 'cells', 'furniture', 'legend', 'selection'], {
      arrange: () => this.heatmap.arrange(),
      cells: () => this.drawCells(),
      furniture: () => this.heatmap.drawFurniture(),
      legend: () => this.drawLegend(),
      selection: () => this.drawSelection(),
    });
    this.build();
    this.heatmap.setTheme(readTheme());
    watchTheme(() => this.onTheme());
    // Once at start and then at every change of width.
    new ResizeObserver(() => this.draws.request('arrange', 'furniture', 'selection')).observe(this.heatmap.root);
  }

  /** Asks the extension for the output to show; the panel says why when there is none. */
  async start(): Promise<void> {
    this.setStage('loading');
    try {
      const output = await this.host.ready();
      if (this.output) return; // a newer one came while waiting
      if (output) this.open(output);
      else this.showEmpty();
    } catch (error) {
      this.fail(error, () => void this.start());
    }
  }

  /** Shows an output, in the view of the one before as far as it goes. */
  open(output: PanelOutput): void {
    const saved = this.storage.load();
    const sameOutput = saved?.revision === output.revision;
    this.output = output;
    this.view = fitViewState(saved && (sameOutput ? saved.view : { ...saved.view, segmentIndex: 0 }), output);
    this.segment = undefined;
    this.reading = undefined;
    this.layers.clear();
    this.heading.textContent = output.direction;
    this.origin.textContent = `${output.modelName} on ${output.device.toUpperCase()}`;
    this.note.textContent = output.note ?? '';
    this.note.hidden = output.note === undefined;
    this.toolbar.hidden = output.segments.length === 0;
    if (output.segments.length === 0) {
      this.showMessage('empty', 'Nothing to look at', 'The last output has no sentence in it.');
      return;
    }
    this.refresh();
  }

  private build(): void {
    this.toolbar.append(this.segmentBar, this.modeChooser.root, this.layerChooser.root, this.headChooser.root);
    this.toolbar.hidden = true;
    this.content.append(
      this.description,
      this.textPair.root,
      element(
        'section',
        { className: 'grid', attributes: { 'aria-label': 'Grid of attention weights' } },
        element(
          'div',
          { className: 'gridHead' },
          element('div', { className: 'gridTitle' }, this.axes, this.place),
          element('div', { className: 'gridTools' }, this.legend.root, this.scaleChooser.root),
        ),
        this.heatmap.root,
      ),
      element(
        'p',
        { className: 'keys', attributes: { id: 'keys' } },
        ...keyHelp.map(([keys, effect]) =>
          element('span', {}, ...keys.map(text => element('kbd', { text })), document.createTextNode(` ${effect} `)),
        ),
      ),
    );
    this.root.append(
      element('header', {}, this.heading, this.origin, this.note),
      this.toolbar,
      this.message,
      this.content,
      element(
        'footer',
        {},
        this.readout,
        element('p', { className: 'caveat', text: 'Attention is where the model looked, not why.' }),
      ),
    );
    this.content.addEventListener('keydown', event => this.onKey(event));
  }

  private setStage(stage: Stage): void {
    this.root.dataset.stage = stage;
    this.content.setAttribute('aria-busy', String(stage === 'loading'));
  }

  private showEmpty(): void {
    const reloaded = this.storage.load() !== undefined;
    this.heading.textContent = 'Attention';
    this.origin.textContent = '';
    this.note.hidden = true;
    this.toolbar.hidden = true;
    this.showMessage(
      'empty',
      'Nothing to look at yet',
      `${reloaded ? 'What was here before the window was reloaded is gone. ' : ''}Translate or summarize something, then run “Headlight: Show Attention”.`,
    );
  }

  private showMessage(stage: Stage, title: string, sentence: string, ...actions: readonly HTMLElement[]): void {
    this.message.replaceChildren(
      gridIcon(),
      element(stage === 'empty' ? 'h1' : 'h2', { text: title }), // the page's own heading is hidden when it is empty
      element('p', { text: sentence }),
      element('div', { className: 'actions' }, ...actions),
    );
    this.message.setAttribute('role', stage === 'failed' ? 'alert' : 'status');
    this.setStage(stage);
  }

  private fail(error: unknown, again: () => void): void {
    const { code, message } = toHeadlightError(error);
    if (code === 'cancelled' || code === 'superseded') return; // a newer choice or output is on its way
    this.showMessage(
      'failed',
      'The attention cannot be shown',
      message, // worded by the extension
      button('Try Again', 'primary', again),
      button('Show Log', 'secondary', () => this.host.showLog()),
    );
  }

  private change(changes: Partial<PanelViewState>): void {
    if (!this.view) return;
    this.view = { ...this.view, ...changes };
    this.refresh();
  }

  private chooseMode(mode: PanelMode): void {
    if (!this.view || !this.output) return;
    this.view = changeMode(this.view, this.output, mode);
    this.refresh();
  }

  private stepSegment(by: 1 | -1): void {
    const segmentIndex = this.view!.segmentIndex + by;
    if (segmentIndex >= 0 && segmentIndex < this.output!.segments.length) this.change({ segmentIndex });
  }

  /** Brings everything in step with the view: saves it, sets the controls, pulls what is missing, then draws. */
  private refresh(): void {
    const { output, view } = this;
    if (!output || !view) return;
    this.storage.save({ revision: output.revision, view, restore: output.restore });
    this.setControls(output, view);
    this.pull?.abort();
    const pull = new AbortController();
    this.pull = pull;
    this.pullAndShow(output, view, pull.signal).catch(error => {
      if (!pull.signal.aborted) this.fail(error, () => this.refresh());
    });
  }

  private async pullAndShow(output: PanelOutput, view: PanelViewState, signal: AbortSignal): Promise<void> {
    const { revision } = output;
    const { segmentIndex, mode } = view;
    const { kind, layerIndex } = layerOfView(view, output);
    const key = `${segmentIndex} ${kind} ${layerIndex}`;
    const cached = this.layers.get(key);
    const kept = this.segment?.index === segmentIndex ? this.segment : undefined;
    if (!kept || !cached) {
      // With text and map on one way, an answer for an older output or an older choice can be dropped in one place.
      if (this.root.dataset.stage !== 'ready') this.setStage('loading');
      this.content.classList.add('pulling');
      const segment = kept ?? (await this.host.segment(revision, segmentIndex, signal));
      if (signal.aborted) return;
      if (segment !== this.segment) this.showSegment(segment);
      const map = cached ?? (await this.host.map(revision, segmentIndex, kind, layerIndex, signal));
      if (signal.aborted) return;
      this.layers.set(key, map);
    }
    const segment = this.segment!;
    const map = this.layers.get(key)!;
    this.setReading(readingOf(mode, segment, map, view.headIndex, output.alignment), view);
  }

  private showSegment(segment: PanelSegment): void {
    this.segment = segment;
    this.reading = undefined;
    this.pinned = undefined;
    this.pointed = undefined;
    this.textPair.show(segment);
    this.draws.request('selection');
  }

  private setReading(reading: Reading, view: PanelViewState): void {
    const before = this.reading;
    const keepsPlace = before?.mode === reading.mode && before.rows.length === reading.rows.length;
    if (before && !keepsPlace) {
      this.pinned = this.pinned && moved(this.pinned, before, reading);
      this.pointed = this.pointed && moved(this.pointed, before, reading);
    }
    this.reading = reading;
    this.content.classList.remove('pulling');
    this.heatmap.setReading(reading, view.scale);
    this.textPair.showStartToken(reading.mode === 'decoder');
    this.setStage('ready');
    this.draws.request('cells', 'legend', 'selection');
    if (!keepsPlace) this.draws.request('arrange', 'furniture');
  }

  private setControls(output: PanelOutput, view: PanelViewState): void {
    const { mode, segmentIndex } = view;
    const { kind, layerIndex } = layerOfView(view, output);
    const layerCount = output.layerCounts[kind];
    const headCount = output.headCounts[kind];
    const last = output.segments.length - 1;
    this.segmentBar.hidden = last < 1;
    this.segmentChooser.setChoices(segmentChoices(output.segments, segmentIndex), String(segmentIndex));
    setEnabled(this.previousSegment, segmentIndex > 0);
    setEnabled(this.nextSegment, segmentIndex < last);
    this.modeChooser.setChoices(
      availableModes(output).map(value => ({ value, label: modeNames[value] })),
      mode,
    );
    this.layerChooser.setChoices(
      Array.from({ length: layerCount }, (_, layer) => ({
        value: String(layer),
        label: `${layer + 1} of ${layerCount}`,
      })),
      String(layerIndex),
    );
    const heads = Array.from({ length: headCount }, (_, head) => ({
      value: String(head),
      label: headName(head, headCount),
    }));
    const mean = { value: meanValue, label: headName(undefined, headCount) };
    this.headChooser.setChoices(headCount === 1 ? [mean] : [mean, ...heads], String(view.headIndex ?? meanValue));
    // The word alignment brings its own layer and heads; the description names them.
    this.layerChooser.hidden = mode === 'alignment';
    this.headChooser.hidden = mode === 'alignment';
    this.scaleChooser.setChoices(scaleChoices, view.scale);
    this.description.textContent = modeDescription(mode, output);
    const [rows, columns] = axisNames[mode];
    this.axes.textContent = `${rows} ↓ ${columns} →`;
    this.place.textContent = mode === 'alignment' ? '' : placeName(layerIndex, layerCount, view.headIndex, headCount);
  }

  private selectionOf(side: Side, tokenIndex: number | undefined): Selection | undefined {
    return this.reading && tokenIndex !== undefined ? selectionOfToken(this.reading, side, tokenIndex) : undefined;
  }

  private point(selection: Selection | undefined): void {
    if (sameSelection(selection, this.pointed)) return;
    this.pointed = selection;
    this.draws.request('selection');
  }

  private pin(selection: Selection | undefined): void {
    this.pinned = sameSelection(selection, this.pinned) ? undefined : selection;
    this.draws.request('selection');
  }

  private onKey(event: KeyboardEvent): void {
    const { view, output } = this;
    const inControl = event.target instanceof Element && event.target.closest('.gridTools');
    if (!view || !output || inControl || event.ctrlKey || event.altKey || event.metaKey) return;
    switch (event.key) {
      case 'PageUp':
      case 'PageDown':
        this.change(stepLayer(view, output, event.key === 'PageDown' ? 1 : -1));
        break;
      case '[':
      case ']':
        this.change(stepHead(view, output, event.key === ']' ? 1 : -1));
        break;
      case 'm':
      case 'M':
        this.change(showMean(view, output));
        break;
      case 'Escape':
        this.pin(undefined);
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  private onTheme(): void {
    this.heatmap.setTheme(readTheme());
    this.draws.request('arrange', 'cells', 'furniture', 'legend', 'selection');
  }

  private drawCells(): void {
    this.heatmap.drawCells();
    performance.mark('headlight:cells');
  }

  private drawLegend(): void {
    const { reading, view } = this;
    if (!reading || !view) return;
    const hidesSome = reading.visibleCounts.some(count => count < reading.columns.length);
    const hidden = reading.mode === 'decoder' ? 'later, not visible yet' : 'not read by any step';
    this.legend.show(this.heatmap.colorTable, view.scale, hidesSome ? hidden : undefined);
  }

  private drawSelection(): void {
    const { reading, pinned, pointed } = this;
    const selection = reading && combine(reading, pinned, pointed);
    this.heatmap.setSelection(selection);
    this.heatmap.drawCrosshair();
    const readout = reading && selection ? describeSelection(reading, selection) : this.hint();
    if (this.readout.textContent !== readout) this.readout.textContent = readout;
    this.readout.classList.toggle('hint', !selection);
    const marks = marksOf(reading, selection);
    this.textPair.mark(marks, reading && tokenOf(reading, pinned));
    if (selection && !sameSelection(selection, this.shown)) this.textPair.reveal(marks);
    this.shown = selection;
  }

  private hint(): string {
    return this.reading ? 'Point at a word to see what it looked at; click to pin it.' : 'Computing the attention…';
  }
}

const meanValue = 'mean';

const scaleChoices = [
  { value: 'squareRoot', label: 'Square root' },
  { value: 'proportional', label: 'Proportional' },
];

/** How the tokens of both sides are marked for a selection. */
function marksOf(reading: Reading | undefined, selection: Selection | undefined): Record<Side, SideMarks> {
  const marks: Record<Side, { tints: Map<number, number>; active: number | undefined; linked: number | undefined }> = {
    source: { tints: new Map(), active: undefined, linked: undefined },
    target: { tints: new Map(), active: undefined, linked: undefined },
  };
  if (!reading || !selection) return marks;
  const { row, column } = selection;
  const [own, across] = row === undefined ? [reading.columns, reading.rows] : [reading.rows, reading.columns];
  const links = linksOf(reading, selection);
  for (const { index, weight } of links) {
    const { side, tokenIndex } = across[index];
    if (weight >= faintestTint) marks[side].tints.set(tokenIndex, Math.sqrt(weight) * strongestTint);
  }
  const [best] = strongest(links, 1);
  const bestIndex = best && best.weight >= weakestLink ? best.index : undefined;
  const linkedIndex = row !== undefined && column !== undefined ? column : bestIndex;
  if (linkedIndex !== undefined) marks[across[linkedIndex].side].linked = across[linkedIndex].tokenIndex;
  const active = own[(row ?? column)!];
  marks[active.side].active = active.tokenIndex;
  return marks;
}

/** The token that a pin sits on: of a cell its row's. */
function tokenOf(reading: Reading, pinned: Selection | undefined): { side: Side; tokenIndex: number } | undefined {
  if (!pinned) return undefined;
  return pinned.row === undefined ? reading.columns[pinned.column!] : reading.rows[pinned.row];
}

const svgNamespace = 'http://www.w3.org/2000/svg';

function chevron(path: string): SVGElement {
  const line = svgElement('path', { d: path, fill: 'none', stroke: 'currentColor', 'stroke-width': '1.2' });
  return icon(16, line);
}

/** A small attention map, for pages that have none to show. */
function gridIcon(): SVGElement {
  const cells = Array.from({ length: 16 }, (_, cell) => {
    const [row, column] = [Math.floor(cell / 4), cell % 4];
    const opacity = [1, 0.35, 0.12, 0.12][Math.abs(row - column)];
    const place = { x: String(column * 12), y: String(row * 12), width: '10', height: '10', rx: '2' };
    return svgElement('rect', { ...place, fill: 'currentColor', opacity: String(opacity) });
  });
  return icon(46, ...cells);
}

function icon(size: number, ...content: readonly Node[]): SVGElement {
  const side = String(size);
  const created = svgElement('svg', {
    viewBox: `0 0 ${side} ${side}`,
    width: side,
    height: side,
    'aria-hidden': 'true',
  });
  created.append(...content);
  return created;
}

function svgElement(tag: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const created = document.createElementNS(svgNamespace, tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value);
  return created;
}
