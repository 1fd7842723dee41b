// The page: puts the zones together and shows its stages. Holds no state of the view.

import type { AttentionKind } from '../src/model/attention/maps';
import type {
  HeadOrder,
  PanelChoice,
  PanelOutput,
  PanelSegment,
  PanelViewState,
  PanelZone,
  VariantRequest,
} from '../src/protocol/webview';
import { ChoiceControl } from './controls';
import { choiceOf, Detail } from './detail';
import { element, setHidden, setText } from './dom';
import { HeadGrid } from './headGrid';
import { orderNames } from './headOrder';
import { Help, keysLine } from './help';
import { gridIcon } from './icons';
import * as l10n from './l10n';
import { MapChooser } from './mapChooser';
import type { PulledText } from './pulls';
import type { Side } from './reading';
import type { Selection } from './selection';
import { StepsView } from './stepsView';
import { type Mark, type Suspicion, suspicionNames } from './suspicions';
import { TextPair } from './textPair';
import { Toolbar } from './toolbar';
import { besideChoice, hasHeads } from './viewState';
import { directionTitle, pivotNote } from './words';
import { Zone } from './zone';

/** `loading`: nothing drawn yet; `empty`: no output; `ready`: drawn; `failed`: a sentence says why not. */
export type Stage = 'loading' | 'empty' | 'ready' | 'failed';

export interface PageEvents {
  readonly change: (changes: Partial<PanelViewState>) => void;
  readonly changeKind: (kind: AttentionKind) => void;
  readonly chooseSegment: (segmentIndex: number) => void;
  readonly compare: (choice: PanelChoice | undefined) => void;
  readonly fold: (zone: PanelZone, folded: boolean) => void;
  readonly point: (selection: Selection | undefined) => void;
  readonly pin: (selection: Selection) => void;
  readonly pointText: (side: Side, segmentIndex: number, tokens: readonly number[] | undefined) => void;
  readonly pinText: (side: Side, segmentIndex: number, tokens: readonly number[]) => void;
  readonly pointHead: (sentence: string | undefined) => void;
  readonly variant: (request: VariantRequest) => void;
  readonly hypotheses: () => void;
  readonly step: (step: number) => void;
  /** Zoomed or panned. */
  readonly viewMoved: () => void;
  readonly headsMoved: () => void;
  readonly export: () => void;
  readonly key: (event: KeyboardEvent) => void;
}

const orderChoices = (Object.keys(orderNames) as HeadOrder[]).map(value => ({ value, label: orderNames[value] }));

export class PanelPage {
  readonly toolbar: Toolbar;
  readonly textPair: TextPair;
  readonly heads: HeadGrid;
  readonly detail: Detail;
  readonly steps: StepsView;
  private readonly help = new Help();
  private readonly heading = element('h1');
  private readonly origin = element('p', { className: 'origin' });
  private readonly note = element('p', { className: 'note' });
  private readonly textNotice = element('p', { className: 'notice', attributes: { role: 'status' } });
  private readonly headsNotice = element('p', { className: 'notice', attributes: { role: 'status' } });
  private readonly markKey = element('div', { className: 'markKey' });
  private readonly readout = element('p', {
    className: 'readout',
    attributes: { role: 'status', 'aria-live': 'polite' },
  });
  private readonly message = element('section', { className: 'message' });
  private readonly content = element('div', { className: 'content' });
  private readonly zones: Readonly<Record<PanelZone, Zone>>;
  private readonly order: ChoiceControl;
  private readonly mainChooser: MapChooser;
  private readonly comparedChooser: MapChooser;
  private view: PanelViewState | undefined;
  private output: PanelOutput | undefined;

  constructor(
    private readonly root: HTMLElement,
    events: PageEvents,
  ) {
    const zone = (name: PanelZone, label: string) => new Zone(name, label, folded => events.fold(name, folded));
    this.zones = {
      text: zone('text', l10n.t('Text')),
      heads: zone('heads', l10n.t('Heads')),
      detail: zone('detail', l10n.t('Map')),
      steps: zone('steps', l10n.t('Steps')),
    };
    this.toolbar = new Toolbar({
      onSegment: events.chooseSegment,
      onKind: events.changeKind,
      onMethod: method => events.change({ method }),
      onUnit: unit => events.change({ unit }),
      onHideSinks: hideSinks => events.change({ hideSinks }),
      onExport: events.export,
      onHelp: open => {
        this.help.root.hidden = !open;
      },
      onFind: text => this.find(text),
    });
    this.textPair = new TextPair({
      onPoint: events.pointText,
      onPin: events.pinText,
      onEdit: target => events.variant({ kind: 'edited', target }),
    });
    this.heads = new HeadGrid({
      onChoose: (layerIndex, head) => events.change({ layerIndex, head, ...this.methodWithHeads() }),
      onCompare: (layerIndex, head) =>
        this.view && events.compare({ ...choiceOf(this.view), ...this.methodWithHeads(), layerIndex, head }),
      onPoint: events.pointHead,
      onMoved: events.headsMoved,
    });
    this.order = new ChoiceControl(
      'order',
      l10n.t('Sort heads'),
      value => events.change({ order: value as HeadOrder }),
      l10n.t('Sort by'),
    );
    this.order.setChoices(orderChoices, orderChoices[0].value);
    this.mainChooser = new MapChooser(false, changes => events.change(changes));
    this.comparedChooser = new MapChooser(
      true,
      changes => this.view?.compared && events.compare({ ...this.view.compared, ...changes }),
    );
    this.detail = new Detail(
      {
        onPoint: events.point,
        onPin: events.pin,
        onView: events.viewMoved,
        onDrawing: drawing => events.change({ drawing }),
        onScale: scale => events.change({ scale }),
        onCompare: compare =>
          events.compare(compare && this.view && this.output ? besideChoice(this.view, this.output) : undefined),
      },
      this.mainChooser,
      this.comparedChooser,
    );
    this.steps = new StepsView({
      onStep: events.step,
      onVariant: events.variant,
      onChooseVariant: variantIndex => events.change({ variantIndex }),
      onHypotheses: events.hypotheses,
    });
    this.build();
    this.content.addEventListener('keydown', events.key);
  }

  showOutput(output: PanelOutput): void {
    const note = pivotNote(output.task);
    this.heading.textContent = directionTitle(output.task);
    this.origin.textContent = output.isFile
      ? l10n.t('{0}, from a file', output.modelName)
      : l10n.t('{0} on {1}', output.modelName, output.device.toUpperCase());
    this.note.textContent = note ?? '';
    this.note.hidden = note === undefined;
    this.toolbar.root.hidden = output.segments.length === 0;
    this.textPair.setEditable(!output.isFile);
    this.steps.setSearchable(!output.isFile);
    this.setTextNotice('');
    if (output.segments.length === 0)
      this.showMessage('empty', l10n.t('Nothing to look at'), l10n.t('The last output has no sentence in it.'));
    else if (this.root.dataset.stage !== 'ready') this.setStage('loading');
  }

  setStage(stage: Stage): void {
    this.root.dataset.stage = stage;
    this.content.setAttribute('aria-busy', String(stage === 'loading'));
  }

  setPulling(pulling: boolean): void {
    this.content.classList.toggle('pulling', pulling);
  }

  showEmpty(reloaded: boolean): void {
    this.heading.textContent = l10n.t('Attention');
    this.origin.textContent = '';
    this.note.hidden = true;
    this.toolbar.root.hidden = true;
    this.showMessage(
      'empty',
      l10n.t('Nothing to look at yet'),
      [
        ...(reloaded ? [l10n.t('What was here before the window was reloaded is gone.')] : []),
        l10n.t('Translate or summarize something, then run “Headlight: Show Attention”.'),
      ].join(' '),
    );
  }

  showFailure(sentence: string, ...actions: readonly HTMLElement[]): void {
    this.showMessage('failed', l10n.t('The attention cannot be shown'), sentence, ...actions);
  }

  setControls(
    output: PanelOutput,
    view: PanelViewState,
    segment: PanelSegment | undefined,
    sinkShare: number | undefined,
  ): void {
    this.view = view;
    this.output = output;
    this.toolbar.show(output, view, sinkShare);
    this.textPair.showStartToken(view.kind === 'decoder');
    for (const name of Object.keys(this.zones) as PanelZone[]) this.zones[name].fold(view.collapsed.includes(name));
    this.order.setChoices(orderChoices, view.order);
    if (!segment) return;
    this.mainChooser.show(hasHeads(view.method) ? choiceOf(view) : undefined, view.kind, output, segment);
    this.comparedChooser.show(view.compared, view.kind, output, segment);
  }

  showText(output: PanelOutput, view: PanelViewState, { segment, segments }: PulledText): void {
    this.textPair.show(segments, segment.index, output.segments.length, view.unit);
    this.steps.show(segment);
  }

  /** What is doubtful, by segment; `judged`: what was looked for at all. */
  showMarks(marks: ReadonlyMap<number, readonly Mark[]>, judged: readonly Suspicion[]): void {
    this.textPair.setMarks(marks);
    const counts = judged.map(suspicion => {
      const count = [...marks.values()].flat().filter(mark => mark.suspicion === suspicion).length;
      return element('span', {
        className: `markName ${suspicion}${count === 0 ? ' none' : ''}`,
        text: l10n.t('{0}: {1}', suspicionNames[suspicion], count),
      });
    });
    this.markKey.replaceChildren(element('span', { text: l10n.t('thicker underline: surer') }), ...counts);
  }

  setTextNotice(sentence: string): void {
    this.textNotice.textContent = sentence;
    this.textNotice.hidden = sentence === '';
  }

  setHeadsNotice(sentence: string): void {
    setText(this.headsNotice, sentence);
    setHidden(this.headsNotice, sentence === '');
    setHidden(this.heads.root, sentence !== '');
  }

  /** Everything else stays as it is, the person's own words too. */
  showVariantFailure(request: VariantRequest, sentence: string): void {
    if (request.kind === 'edited') this.textPair.keepEditing(request.target, sentence);
    else this.steps.setNote(sentence);
  }

  /** Undefined: nothing is pointed at. */
  showReadout(sentence: string | undefined): void {
    const text = sentence ?? l10n.t('Point at a word to see what it looked at; click to pin it.');
    setText(this.readout, text);
    this.readout.classList.toggle('hint', sentence === undefined);
  }

  private find(text: string): void {
    if (!this.textPair.find(text)) this.showReadout(l10n.t('No word begins with “{0}”.', text));
  }

  private methodWithHeads(): Partial<PanelChoice> {
    return this.view && hasHeads(this.view.method) ? {} : { method: 'raw' };
  }

  private build(): void {
    const { text, heads, detail, steps } = this.zones;
    this.toolbar.root.hidden = true;
    text.tools.append(this.markKey);
    text.body.append(this.textNotice, this.textPair.root);
    heads.tools.append(this.order.root);
    heads.body.append(this.headsNotice, this.heads.root);
    detail.tools.append(this.detail.tools);
    detail.body.append(this.detail.body);
    steps.body.append(this.steps.root);
    this.content.append(
      text.root,
      element('div', { className: 'maps' }, heads.root, detail.root),
      steps.root,
      keysLine(),
    );
    this.root.append(
      element('header', {}, this.heading, this.origin, this.note),
      this.toolbar.root,
      this.help.root,
      this.message,
      this.content,
      element(
        'footer',
        {},
        this.readout,
        element('p', { className: 'caveat', text: l10n.t('Attention is where the model looked, not why.') }),
      ),
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
}
