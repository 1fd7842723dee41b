// The attention view: holds what is looked at, pulls what is missing, and keeps text, heads, map and steps in step.

import { toHeadlightError } from '../src/model/errors';
import type {
  PanelChoice,
  PanelOutput,
  PanelPlace,
  PanelViewState,
  PanelZone,
  VariantRequest,
} from '../src/protocol/webview';
import { button } from './controls';
import { choiceOf } from './detail';
import { DrawLoop } from './drawLoop';
import { HeadPulls } from './headPulls';
import { keyCommand } from './keyCommands';
import { exportedPicture, mapKey, outputToken, titled } from './mapTitles';
import { pairMarksOf } from './pairMarks';
import { type PanelHost, type PanelStorage, PanelStore } from './panelHost';
import { PanelPage } from './panelPage';
import { type PulledMap, type PulledText, pullMap, pullText, wholeLimit } from './pulls';
import { meanSinkShare, type Side } from './reading';
import { segmentMarks } from './segmentMarks';
import { combine, moved, type Selection, sameSelection, selectionOfTokens } from './selection';
import { readTheme, watchTheme } from './theme';
import { changeKind, fitViewState, hasHeads } from './viewState';
import { describeSelection, unavailableSentence } from './words';

export class AttentionView {
  private readonly page: PanelPage;
  private readonly heads: HeadPulls;
  private readonly draws: DrawLoop<'arrange' | 'cells' | 'tiles' | 'furniture' | 'legend' | 'selection'>;
  private store: PanelStore;
  private output: PanelOutput | undefined;
  private view: PanelViewState | undefined;
  private text: PulledText | undefined;
  private shown: PulledMap | undefined;
  private pointed: Selection | undefined;
  private pinned: Selection | undefined;
  private drawn: Selection | undefined;
  private headSentence: string | undefined;
  /** A map of this key is shown whole, however large. */
  private wholeKey: string | undefined;
  private textKey = '';
  private pull: AbortController | undefined;
  private explaining: AbortController | undefined;

  constructor(
    root: HTMLElement,
    private readonly host: PanelHost,
    private readonly storage: PanelStorage,
  ) {
    this.store = new PanelStore(host);
    this.page = new PanelPage(root, {
      change: changes => this.change(changes),
      changeKind: kind => this.view && this.output && this.change(changeKind(this.view, this.output, kind)),
      chooseSegment: segmentIndex => this.chooseSegment(segmentIndex),
      compare: choice => this.change({ compared: choice }),
      fold: (zone, folded) => this.fold(zone, folded),
      point: selection => this.point(selection),
      pin: selection => this.pin(selection),
      pointText: (side, segmentIndex, tokens) => this.point(this.selectionIn(side, segmentIndex, tokens)),
      pinText: (side, segmentIndex, tokens) => this.pinText(side, segmentIndex, tokens),
      pointHead: sentence => {
        this.headSentence = sentence;
        this.draws.request('selection');
      },
      variant: request => void this.addVariant(request),
      hypotheses: () => void this.searchHypotheses(),
      step: step => this.pointStep(step),
      redraw: () => this.draws.request('arrange', 'furniture', 'selection'),
      export: () => void this.export(),
      key: event => this.onKey(event),
    });
    this.heads = new HeadPulls(this.page, () => this.draws.request('tiles'));
    this.draws = new DrawLoop(['arrange', 'cells', 'tiles', 'furniture', 'legend', 'selection'], {
      arrange: () => this.page.detail.arrange(),
      cells: () => this.drawCells(),
      tiles: () => this.drawTiles(),
      furniture: () => this.page.detail.drawFurniture(),
      legend: () => this.page.detail.drawLegend(),
      selection: () => this.drawSelection(),
    });
    this.page.detail.setTheme(readTheme());
    watchTheme(() => this.onTheme());
    // Once at start and then at every change of width.
    new ResizeObserver(() => this.draws.request('arrange', 'furniture', 'selection')).observe(this.page.detail.sized);
  }

  /** Asks the extension for the output to show; the panel says why when there is none. */
  async start(): Promise<void> {
    this.page.setStage('loading');
    try {
      const output = await this.host.call('ready', undefined);
      if (this.output) return; // a newer one came while waiting
      if (output) this.open(output);
      else this.page.showEmpty(this.storage.load() !== undefined);
    } catch (error) {
      this.fail(error, () => void this.start());
    }
  }

  /** Shows an output, in the view of the one before as far as it goes. */
  open(output: PanelOutput): void {
    const saved = this.storage.load();
    const sameOutput = saved?.revision === output.revision;
    const carried =
      saved && (sameOutput ? saved.view : { ...saved.view, segmentIndex: 0, variantIndex: 0, compared: undefined });
    this.output = output;
    this.view = fitViewState(carried, output);
    this.store = new PanelStore(this.host);
    this.text = undefined;
    this.shown = undefined;
    this.pointed = undefined;
    this.pinned = undefined;
    this.heads.forget();
    this.textKey = '';
    this.page.showOutput(output);
    if (output.segments.length > 0) this.refresh();
  }

  private fail(error: unknown, again: () => void): void {
    const { code, message } = toHeadlightError(error);
    if (code === 'cancelled' || code === 'superseded') return; // a newer choice or output is on its way
    this.page.showFailure(
      message, // worded by the extension
      button('Try Again', 'primary', again),
      button('Show Log', 'secondary', () => void this.host.call('showLog', undefined)),
    );
  }

  private change(changes: Partial<PanelViewState>): void {
    if (!this.view) return;
    this.view = { ...this.view, ...changes };
    this.refresh();
  }

  private chooseSegment(segmentIndex: number): void {
    if (segmentIndex >= 0 && segmentIndex < (this.output?.segments.length ?? 0))
      this.change({ segmentIndex, variantIndex: 0, compared: undefined });
  }

  private fold(zone: PanelZone, folded: boolean): void {
    const others = this.view?.collapsed.filter(other => other !== zone) ?? [];
    this.change({ collapsed: folded ? [...others, zone] : others });
  }

  /** Brings everything in step with the view: saves it, sets the controls, pulls what is missing, then draws. */
  private refresh(): void {
    const { output, view } = this;
    if (!output || !view) return;
    this.save(output, view);
    this.page.setControls(output, view, this.text?.segment, this.sinkShare());
    this.pull?.abort();
    const pull = new AbortController();
    this.pull = pull;
    this.pullAndShow(output, view, pull.signal).catch(error => {
      if (!pull.signal.aborted) this.fail(error, () => this.refresh());
    });
  }

  private save(output: PanelOutput, view: PanelViewState): void {
    this.storage.save({ revision: output.revision, view, restore: output.restore });
  }

  private async pullAndShow(output: PanelOutput, view: PanelViewState, signal: AbortSignal): Promise<void> {
    this.page.setPulling(true);
    const text = await pullText(this.store, output, view, signal);
    if (signal.aborted) return;
    this.showText(output, view, text);
    const place = this.placeOf(output, view);
    const limit = this.wholeKey === mapKey(view, view) ? Number.POSITIVE_INFINITY : wholeLimit;
    const shown = await this.pullShown(place, text, view, limit, signal);
    const other = view.compared;
    const compared =
      other &&
      (await this.pullCompared(output, { ...place, variantIndex: other.variantIndex }, other, view, limit, signal));
    if (signal.aborted) return;
    if (typeof shown === 'string') {
      this.withoutAlignment(output, view, shown);
      return;
    }
    this.setMaps(output, view, shown, compared || undefined);
    await this.pullRest(output, view, text, signal);
  }

  /** A sentence: there is no word alignment, because ... */
  private async pullShown(
    place: PanelPlace,
    { segment }: PulledText,
    view: PanelViewState,
    limit: number,
    signal: AbortSignal,
  ): Promise<PulledMap | string> {
    try {
      const shown = await pullMap(this.store, place, segment, view, view, limit, signal);
      return view.method === 'alignment' && shown.unavailable ? unavailableSentence(shown.unavailable) : shown;
    } catch (error) {
      if (view.method !== 'alignment' || signal.aborted) throw error;
      return toHeadlightError(error).message;
    }
  }

  /** Word alignments are what the view begins with; a model without them is shown by its raw attention, and that is said. */
  private withoutAlignment(output: PanelOutput, view: PanelViewState, reason: string): void {
    this.output = { ...output, methods: output.methods.filter(method => method !== 'alignment') };
    this.view = { ...view, method: 'raw', head: 'mean' };
    this.page.setTextNotice(`No word alignment: ${reason} What follows is raw attention.`);
    this.refresh();
  }

  private async pullCompared(
    output: PanelOutput,
    place: PanelPlace,
    choice: PanelChoice,
    view: PanelViewState,
    limit: number,
    signal: AbortSignal,
  ): Promise<PulledMap | undefined> {
    const count = this.text!.segment.variants.length;
    const fitted = { ...place, variantIndex: Math.min(place.variantIndex, count - 1) };
    const segment = await this.store.segment({ ...fitted, revision: output.revision }, signal);
    return pullMap(this.store, fitted, segment, choice, view, limit, signal);
  }

  /** What is not needed for the first picture. */
  private async pullRest(
    output: PanelOutput,
    view: PanelViewState,
    text: PulledText,
    signal: AbortSignal,
  ): Promise<void> {
    const { revision } = output;
    const jobs = [
      this.heads.pull(this.store, output, view, this.placeOf(output, view), signal),
      view.collapsed.includes('steps') || output.isFile ? undefined : this.pullSteps(output, view, signal),
    ];
    await Promise.all(jobs);
    if (signal.aborted || !output.methods.includes('alignment')) return;
    for (const { index, variantIndex } of [text.segment, ...text.segments]) {
      const place = { revision, segmentIndex: index, variantIndex };
      if (this.store.knownAlignment(place)) continue;
      await this.store.alignment(place, signal);
      if (signal.aborted) return;
      this.showText(output, view, text);
    }
  }

  private async pullSteps(output: PanelOutput, view: PanelViewState, signal: AbortSignal): Promise<void> {
    const steps = await this.store.stepsOf(this.placeOf(output, view), signal);
    if (!signal.aborted) this.page.steps.setSteps(steps);
  }

  private placeOf({ revision }: PanelOutput, { segmentIndex, variantIndex }: PanelViewState): PanelPlace {
    return { revision, segmentIndex, variantIndex };
  }

  private showText(output: PanelOutput, view: PanelViewState, text: PulledText): void {
    const { segment, segments } = text;
    const { revision } = output;
    const { marks, known } = segmentMarks(this.store, revision, segments);
    const key = [
      revision,
      segment.index,
      segment.variantIndex,
      segment.variants.length,
      segments.length,
      view.unit === 'subwords',
      known,
    ].join(' ');
    if (key === this.textKey) return;
    const isOther =
      this.text?.segment.index !== segment.index || this.text.segment.variantIndex !== segment.variantIndex;
    this.text = text;
    this.textKey = key;
    if (isOther) {
      this.pinned = undefined;
      this.pointed = undefined;
      this.shown = undefined;
    }
    this.page.showText(output, view, text, marks);
    this.draws.request('selection');
  }

  private setMaps(output: PanelOutput, view: PanelViewState, shown: PulledMap, compared: PulledMap | undefined): void {
    const before = this.shown?.reading;
    const { reading } = shown;
    if (before && reading && before !== reading) {
      this.pinned = this.pinned && moved(this.pinned, before, reading);
      this.pointed = this.pointed && moved(this.pointed, before, reading);
    }
    this.shown = shown;
    this.page.setPulling(false);
    this.page.setControls(output, view, this.text?.segment, this.sinkShare());
    this.page.detail.setReadings(
      view,
      titled(output, view, view, shown),
      compared && titled(output, view, view.compared!, compared),
    );
    this.setNotice(view, shown, compared);
    this.page.heads.setChosen(hasHeads(view.method) ? view : undefined, view.compared);
    this.page.setStage('ready');
    this.explain();
    this.draws.request('arrange', 'cells', 'furniture', 'legend', 'selection');
  }

  private setNotice(view: PanelViewState, shown: PulledMap, compared: PulledMap | undefined): void {
    const unavailable = shown.unavailable ?? compared?.unavailable;
    if (unavailable) this.page.detail.setNotice(unavailableSentence(unavailable));
    else if (shown.pooledFrom) {
      const [rows, columns] = shown.pooledFrom.map(count => count.toLocaleString('en'));
      const whole = button(`Show all ${rows} x ${columns} cells`, 'secondary', () => {
        this.wholeKey = mapKey(view, view);
        this.refresh();
      });
      this.page.detail.setNotice('Neighbouring tokens are put together to fit. ', whole);
    } else this.page.detail.setNotice('');
  }

  private sinkShare(): number | undefined {
    return this.shown?.reading && meanSinkShare(this.shown.reading);
  }

  private selectionIn(side: Side, segmentIndex: number, tokens: readonly number[] | undefined): Selection | undefined {
    const reading = this.shown?.reading;
    if (!reading || !tokens || segmentIndex !== this.view?.segmentIndex) return undefined;
    return selectionOfTokens(reading, side, tokens);
  }

  private pinText(side: Side, segmentIndex: number, tokens: readonly number[]): void {
    if (segmentIndex !== this.view?.segmentIndex) this.chooseSegment(segmentIndex);
    else this.pin(this.selectionIn(side, segmentIndex, tokens));
  }

  private point(selection: Selection | undefined): void {
    if (sameSelection(selection, this.pointed)) return;
    this.pointed = selection;
    this.draws.request('selection');
  }

  private pin(selection: Selection | undefined): void {
    this.pinned = sameSelection(selection, this.pinned) ? undefined : selection;
    this.explain();
    this.draws.request('selection');
  }

  private pointStep(step: number): void {
    const reading = this.shown?.reading;
    this.pinned = reading && selectionOfTokens(reading, 'target', [step]);
    this.explain();
    this.draws.request('selection');
  }

  /** Takes the pinned cell apart, when one is. */
  private explain(): void {
    const { output, view, pinned, text } = this;
    const reading = this.shown?.reading;
    this.explaining?.abort();
    const { formula } = this.page.detail;
    if (
      !output ||
      !view ||
      !text ||
      !reading ||
      output.isFile ||
      pinned?.row === undefined ||
      pinned.column === undefined
    ) {
      formula.hide();
      return;
    }
    const controller = new AbortController();
    this.explaining = controller;
    void this.page.explainCell(
      this.host,
      this.placeOf(output, view),
      view,
      this.shown!,
      pinned as Required<Selection>,
      text.segment,
      controller.signal,
    );
  }

  private async addVariant(request: VariantRequest): Promise<void> {
    const { output, view } = this;
    if (!output || !view) return;
    this.page.setPulling(true);
    try {
      const place = this.placeOf(output, view);
      const { variantIndex, restore } = await this.host.call('addVariant', { ...place, request }, this.pull?.signal);
      if (this.output?.revision !== output.revision) return;
      this.output = { ...this.output, restore };
      this.store.forgetSegment(place.segmentIndex);
      const compared = { ...choiceOf(view), variantIndex: variantIndex === view.variantIndex ? 0 : view.variantIndex };
      this.change({ variantIndex, compared: compared.variantIndex === variantIndex ? undefined : compared });
    } catch (error) {
      this.fail(error, () => this.refresh());
    } finally {
      this.page.setPulling(false);
    }
  }

  private async searchHypotheses(): Promise<void> {
    const { output, view } = this;
    if (!output || !view) return;
    this.page.steps.showHypotheses(undefined, 'Searching…');
    try {
      const { segmentIndex } = view;
      const found = await this.host.call('hypotheses', { revision: output.revision, segmentIndex }, this.pull?.signal);
      this.page.steps.showHypotheses(found, found.length === 0 ? 'The search found nothing else.' : '');
    } catch (error) {
      const { code, message } = toHeadlightError(error);
      this.page.steps.showHypotheses(undefined, code === 'cancelled' ? '' : message);
    }
  }

  private async export(): Promise<void> {
    const { output, view, shown } = this;
    const map = output && view && shown && titled(output, view, view, shown);
    if (!map) return;
    const picture = exportedPicture(map);
    try {
      await this.host.call('export', { ...this.placeOf(output, view), method: view.method, picture });
    } catch (error) {
      this.page.detail.setNotice(toHeadlightError(error).message);
    }
  }

  private onKey(event: KeyboardEvent): void {
    const { view, output } = this;
    const command = view && output && keyCommand(event, view, output);
    if (!command) return;
    event.preventDefault();
    if (command === 'export') void this.export();
    else if (command === 'find') this.page.toolbar.find();
    else if (command === 'unpin') this.pin(undefined);
    else this.change(command);
  }

  private onTheme(): void {
    this.page.detail.setTheme(readTheme());
    this.page.heads.recolor();
    this.draws.request('arrange', 'cells', 'tiles', 'furniture', 'legend', 'selection');
  }

  private drawCells(): void {
    this.page.detail.drawCells();
    performance.mark('headlight:cells');
  }

  private drawTiles(): void {
    this.page.heads.draw(this.page.detail.colorTable);
    if (this.page.heads.isComplete) performance.mark('headlight:tiles');
  }

  private drawSelection(): void {
    const { pinned, pointed } = this;
    const reading = this.shown?.reading;
    const selection = reading && combine(reading, pinned, pointed);
    this.page.detail.setSelection(selection);
    this.page.detail.drawSelection();
    this.page.showReadout(
      this.headSentence ?? (reading && selection ? describeSelection(reading, selection) : undefined),
    );
    const marks = pairMarksOf(reading, selection, pinned);
    const isNew = selection && !sameSelection(selection, this.drawn);
    if (isNew) this.page.textPair.reveal(marks); // before anything changes: it reads the layout
    this.page.textPair.mark(marks);
    if (isNew) {
      const token = outputToken(reading, selection);
      if (token !== undefined) this.page.steps.setStep(token);
    }
    this.drawn = selection;
  }
}
