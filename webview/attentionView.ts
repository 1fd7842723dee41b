// The attention view: holds what is looked at, pulls what is missing, and keeps text, heads, map and steps in step.

import { toHeadlightError } from '../src/model/errors';
import type {
  ExportChoice,
  PanelOutput,
  PanelPin,
  PanelViewState,
  PanelZone,
  VariantRequest,
} from '../src/protocol/webview';
import { button } from './controls';
import { HeadPulls } from './headPulls';
import { keyCommand } from './keyCommands';
import * as l10n from './l10n';
import { mapKey, titled } from './mapTitles';
import { OutputActions } from './outputActions';
import { PanelDraws } from './panelDraws';
import { type PanelHost, type PanelStorage, PanelStore } from './panelHost';
import { PanelPage } from './panelPage';
import { Pins, type Sight } from './pins';
import {
  type PulledMap,
  type PulledMaps,
  type PulledText,
  placeOf,
  pullMaps,
  pullNeighbours,
  pullText,
  wholeLimit,
} from './pulls';
import { meanSinkShare, type Side } from './reading';
import { segmentMarks } from './segmentMarks';
import { judgedIn } from './suspicions';
import { changeKind, fitViewState, hasHeads } from './viewState';
import { unavailableSentence } from './words';

/** What comes sooner is shown at once, and nothing before it: a frame for the controls alone would only delay it. */
const shortWaitMs = 100;

export class AttentionView {
  private readonly page: PanelPage;
  private readonly heads: HeadPulls;
  private readonly draws: PanelDraws;
  private readonly pins: Pins;
  private readonly actions: OutputActions;
  private store: PanelStore;
  private output: PanelOutput | undefined;
  private view: PanelViewState | undefined;
  private text: PulledText | undefined;
  private shown: PulledMap | undefined;
  private shownKey = '';
  /** A map of this key is shown whole, however large. */
  private wholeKey: string | undefined;
  private textKey = '';
  private pull: AbortController | undefined;
  /** What is to be exported as soon as what is pulled is there. */
  private exportWanted: ExportChoice | undefined;
  private isStarting = true;
  /** The output whose name and direction stand above. */
  private headed: number | undefined;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private saving: ReturnType<typeof setTimeout> | undefined;

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
      point: selection => this.pins.point(selection),
      pin: selection => this.pins.toggle(selection),
      pointText: (side, segmentIndex, tokens) => this.pins.point(this.pins.selectionOf(side, segmentIndex, tokens)),
      pinText: (side, segmentIndex, tokens) => this.pinText(side, segmentIndex, tokens),
      pointHead: sentence => this.draws.pointHead(sentence),
      variant: request => void this.addVariant(request),
      hypotheses: () => {
        if (this.output && this.view) void this.actions.search(this.output, this.view);
      },
      step: step => this.pins.pin(this.pins.selectionOf('target', this.view?.segmentIndex ?? 0, [step])),
      viewMoved: () => this.draws.request('arrange', 'furniture', 'crosshair'),
      headsMoved: () => this.draws.request('tiles'),
      export: () => void this.export(),
      key: event => this.onKey(event),
    });
    this.heads = new HeadPulls(this.page, () => this.draws.request('tiles'));
    this.pins = new Pins(
      host,
      this.page.detail.formula,
      () => this.sight(),
      () => this.draws.request('crosshair', 'words'),
    );
    this.actions = new OutputActions(host, this.page.steps);
    this.draws = new PanelDraws(this.page, this.pins, () => this.shown?.reading);
  }

  /** Asks the extension for the output to show; the panel says why when there is none. */
  async start(): Promise<void> {
    this.page.setStage('loading');
    this.isStarting = true;
    try {
      const output = await this.host.call('ready', undefined);
      if (this.output) return; // a newer one came while waiting
      if (output) this.open(output);
      else this.page.showEmpty(this.storage.load() !== undefined);
    } catch (error) {
      this.fail(error, () => void this.start());
    } finally {
      this.isStarting = false;
      if (this.waiting === undefined) this.exportWanted = undefined; // nothing is pulled
    }
  }

  /** Shows an output, in the view of the one before as far as it goes. */
  open(output: PanelOutput): void {
    const saved = this.storage.load();
    const sameOutput = saved?.revision === output.revision;
    const carried =
      saved && (sameOutput ? saved.view : { ...saved.view, segmentIndex: 0, variantIndex: 0, compared: undefined });
    const { pin } = output;
    const view = fitViewState(carried, output);
    this.output = output;
    this.view = pin && !sameOutput ? { ...view, segmentIndex: pin.segmentIndex } : view;
    this.store = new PanelStore(this.host);
    this.text = undefined;
    this.shown = undefined;
    this.actions.stop();
    this.pins.forget();
    this.pins.forgetShared();
    if (pin && isShown(pin, this.view)) this.pins.take(pin);
    this.heads.forget();
    this.textKey = '';
    if (output.segments.length > 0) this.refresh();
    else this.page.showOutput(output);
  }

  /** Words that the caret is at, in whatever sentence they are; none: it is at none. */
  showPin(pin: PanelPin): void {
    const { output, view } = this;
    if (!output || !view || pin.revision !== output.revision) return;
    if (!isShown(pin, view)) return;
    this.pins.take(pin);
    if (pin.tokens.length > 0) this.chooseSegment(pin.segmentIndex);
  }

  /** Exports what is shown, or what is being pulled as soon as it is there; says why when there is nothing. */
  async export(choice: ExportChoice = {}): Promise<void> {
    const { output, view, shown } = this;
    const isOnItsWay = this.isStarting || this.waiting !== undefined;
    this.exportWanted = isOnItsWay ? choice : undefined;
    if (isOnItsWay || !output || !view || !shown) return;
    const map = titled(output, view, view, shown);
    if (!map) {
      const reason = shown.unavailable ? unavailableSentence(shown.unavailable) : '';
      this.page.detail.setNotice(`${l10n.t('There is nothing to export.')} ${reason}`);
      return;
    }
    try {
      await this.actions.export(output, view, map, choice);
    } catch (error) {
      this.page.detail.setNotice(toHeadlightError(error).message);
    }
  }

  private fail(error: unknown, again: () => void): void {
    const { code, message } = toHeadlightError(error);
    if (code === 'cancelled' || code === 'superseded') return; // a newer choice or output is on its way
    this.exportWanted = undefined;
    this.page.showFailure(
      message, // worded by the extension
      button(l10n.t('Try Again'), 'primary', again),
      button(l10n.t('Show Log'), 'secondary', () => void this.host.call('showLog', undefined)),
    );
  }

  private change(changes: Partial<PanelViewState>): void {
    if (!this.view) return;
    this.view = { ...this.view, ...changes };
    this.refresh();
  }

  private chooseSegment(segmentIndex: number): void {
    const isThere = segmentIndex >= 0 && segmentIndex < (this.output?.segments.length ?? 0);
    if (!isThere || segmentIndex === this.view?.segmentIndex) return;
    this.actions.stop();
    this.change({ segmentIndex, variantIndex: 0, compared: undefined });
  }

  private fold(zone: PanelZone, folded: boolean): void {
    const others = this.view?.collapsed.filter(other => other !== zone) ?? [];
    this.change({ collapsed: folded ? [...others, zone] : others });
  }

  /** Brings everything in step with the view: pulls what is missing, sets the controls and draws. */
  private refresh(): void {
    const { output, view } = this;
    if (!output || !view) return;
    this.saving ??= setTimeout(() => this.save()); // what is asked for goes first
    this.startWaiting();
    this.pull?.abort();
    const pull = new AbortController();
    this.pull = pull;
    this.pullAndShow(output, view, pull.signal).catch(error => {
      if (pull.signal.aborted) return;
      this.stopWaiting();
      this.showControls();
      this.fail(error, () => this.refresh());
    });
  }

  private startWaiting(): void {
    this.waiting ??= setTimeout(() => {
      this.showControls();
      this.showMarks();
      this.page.setPulling(true);
    }, shortWaitMs);
  }

  private stopWaiting(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.page.setPulling(false);
  }

  private showControls(): void {
    const { output, view } = this;
    if (!output || !view) return;
    if (this.headed !== output.revision) this.page.showOutput(output);
    this.headed = output.revision;
    this.page.setControls(output, view, this.text?.segment, this.sinkShare());
  }

  private save(): void {
    const { output, view } = this;
    this.saving = undefined;
    if (output && view) this.storage.save({ revision: output.revision, view, restore: output.restore });
  }

  /** Text and maps are asked for at once, and each is shown as soon as it is there. */
  private async pullAndShow(output: PanelOutput, view: PanelViewState, signal: AbortSignal): Promise<void> {
    const text = pullText(this.store, output, view, signal);
    const limit = this.wholeKey === mapKey(view, view) ? Number.POSITIVE_INFINITY : wholeLimit;
    const [{ segment }, maps] = await Promise.all([
      text.then(pulled => {
        if (!signal.aborted) this.showText(output, view, pulled);
        return pulled;
      }),
      pullMaps(this.store, output, view, text, limit, signal),
    ]);
    if (signal.aborted) return;
    if (typeof maps === 'string') {
      this.withoutAlignment(output, view, maps);
      return;
    }
    this.setMaps(output, view, maps);
    await this.draws.drawn();
    if (signal.aborted) return;
    this.showMarks();
    await this.pullRest(output, view, segment.index, signal);
  }

  /** Word alignments are what the view begins with; a model without them is shown by its raw attention, and that is said. */
  private withoutAlignment(output: PanelOutput, view: PanelViewState, reason: string): void {
    this.output = { ...output, methods: output.methods.filter(method => method !== 'alignment') };
    this.view = { ...view, method: 'raw', head: 'mean' };
    this.page.setTextNotice(l10n.t('No word alignment. {0} What follows is raw attention.', reason));
    this.refresh();
  }

  /** What is not needed for the first picture. */
  private async pullRest(
    output: PanelOutput,
    view: PanelViewState,
    segmentIndex: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { revision } = output;
    await Promise.all([
      pullNeighbours(this.store, output, view, signal),
      this.heads.pull(this.store, output, view, placeOf(output, view), signal),
      view.collapsed.includes('steps') || output.isFile ? undefined : this.pullSteps(output, view, signal),
    ]);
    if (signal.aborted || !output.methods.includes('alignment')) return;
    const segments = this.text?.segments ?? [];
    const nearest = segments.toSorted(
      (first, second) => Math.abs(first.index - segmentIndex) - Math.abs(second.index - segmentIndex),
    );
    for (const { index, variantIndex } of nearest) {
      const place = { revision, segmentIndex: index, variantIndex };
      if (this.store.knownAlignment(place)) continue;
      await this.store.alignment(place, signal);
      if (signal.aborted) return;
      this.showMarks();
    }
  }

  private async pullSteps(output: PanelOutput, view: PanelViewState, signal: AbortSignal): Promise<void> {
    const steps = await this.store.stepsOf(placeOf(output, view), signal);
    if (!signal.aborted) this.page.steps.setSteps(steps);
  }

  private showText(output: PanelOutput, view: PanelViewState, text: PulledText): void {
    const { segment, segments } = text;
    const key = [
      output.revision,
      segment.index,
      segment.variantIndex,
      segment.variants.length,
      segments.length,
      view.unit === 'subwords',
    ].join(' ');
    if (key === this.textKey) return;
    const isOther =
      this.text?.segment.index !== segment.index || this.text.segment.variantIndex !== segment.variantIndex;
    this.text = text;
    this.textKey = key;
    if (isOther) {
      this.pins.forget();
      this.shown = undefined;
    }
    this.showControls();
    this.page.showText(output, view, text);
    this.draws.request('sentence', 'words');
  }

  private showMarks(): void {
    const { output, text, store } = this;
    if (!output || !text) return;
    const { revision } = output;
    const alignments = text.segments.map(({ index, variantIndex }) =>
      store.knownAlignment({ revision, segmentIndex: index, variantIndex }),
    );
    this.page.showMarks(segmentMarks(text.segments, alignments), judgedIn(output, alignments));
  }

  private setMaps(output: PanelOutput, view: PanelViewState, maps: PulledMaps): void {
    const { shown, compared } = maps;
    const before = this.shown?.reading;
    this.shown = shown;
    this.shownKey = mapKey(view, view);
    this.pins.move(before, shown.reading);
    this.stopWaiting();
    this.showControls();
    const isResized = this.page.detail.setReadings(
      view,
      titled(output, view, view, shown),
      compared && titled(output, view, view.compared!, compared),
    );
    this.setNotice(view, maps);
    this.page.heads.setOrder(view.order);
    this.page.heads.setChosen(hasHeads(view.method) ? view : undefined, view.compared);
    this.page.setStage('ready');
    if (isResized) this.draws.request('arrange'); // it waits for the browser to lay the page out
    this.draws.request('cells', 'furniture', 'legend', 'crosshair', 'words');
    if (this.exportWanted) void this.export(this.exportWanted);
  }

  private setNotice(view: PanelViewState, { shown, compared }: PulledMaps): void {
    const unavailable = shown.unavailable ?? compared?.unavailable;
    if (unavailable) this.page.detail.setNotice(unavailableSentence(unavailable));
    else if (shown.pooledFrom) {
      const [rows, columns] = shown.pooledFrom.map(count => count.toLocaleString(document.documentElement.lang));
      const whole = button(l10n.t('Show all {0} x {1} cells', rows, columns), 'secondary', () => {
        this.wholeKey = mapKey(view, view);
        this.refresh();
      });
      this.page.detail.setNotice(`${l10n.t('Neighbouring tokens are put together to fit.')} `, whole);
    } else this.page.detail.setNotice('');
  }

  /** Undefined while the map that is wanted is not there. */
  private sinkShare(): number | undefined {
    const { shown, shownKey, view } = this;
    if (!shown?.reading || !view || shownKey !== mapKey(view, view)) return undefined;
    return meanSinkShare(shown.reading);
  }

  private sight(): Sight | undefined {
    const { output, view, text, shown } = this;
    return output && view && text && shown && { output, view, text, shown };
  }

  private pinText(side: Side, segmentIndex: number, tokens: readonly number[]): void {
    if (segmentIndex === this.view?.segmentIndex) this.pins.toggle(this.pins.selectionOf(side, segmentIndex, tokens));
    else this.chooseSegment(segmentIndex);
  }

  private async addVariant(request: VariantRequest): Promise<void> {
    const { output, view } = this;
    if (!output || !view) return;
    this.startWaiting();
    try {
      const { restore, changes } = await this.actions.add(output, view, request);
      this.output = { ...(this.output ?? output), restore };
      this.store.forgetSegment(view.segmentIndex);
      this.change(changes);
    } catch (error) {
      const { code, message } = toHeadlightError(error);
      if (code === 'cancelled' || code === 'superseded') return; // what came in its place is waited for
      this.stopWaiting();
      this.page.showVariantFailure(request, message);
    }
  }

  private onKey(event: KeyboardEvent): void {
    const { view, output } = this;
    const command = view && output && keyCommand(event, view, output);
    if (!command) return;
    event.preventDefault();
    if (command === 'export') void this.export();
    else if (command === 'find') this.page.toolbar.find();
    else if (command === 'unpin') this.pins.pin(undefined);
    else this.change(command);
  }
}

/** False: the words of the output as it was written are not on the page. */
function isShown({ side }: PanelPin, { variantIndex }: PanelViewState): boolean {
  return side === 'source' || variantIndex === 0;
}
