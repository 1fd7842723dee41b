// What is shown: the sentence, the kind of attention, the method, the unit, sinks; export, find and help.

import type { AttentionKind } from '../src/model/attention/maps';
import { type AttentionMethod, attentionMethods } from '../src/model/attention/methods';
import type { PanelOutput, PanelUnit, PanelViewState } from '../src/protocol/webview';
import { ChoiceButtons } from './choiceButtons';
import { button, type Choice, ChoiceControl, setEnabled } from './controls';
import { element, setHidden, setText } from './dom';
import { chevron } from './icons';
import * as l10n from './l10n';
import { segmentChoices } from './segmentChoices';
import { methodsOf } from './viewState';
import { kindNames, methodNames, percent } from './words';

export interface ToolbarEvents {
  readonly onSegment: (segmentIndex: number) => void;
  readonly onKind: (kind: AttentionKind) => void;
  readonly onMethod: (method: AttentionMethod) => void;
  readonly onUnit: (unit: PanelUnit) => void;
  readonly onHideSinks: (hide: boolean) => void;
  readonly onExport: () => void;
  readonly onHelp: (open: boolean) => void;
  readonly onFind: (text: string) => void;
}

export class Toolbar {
  readonly root: HTMLElement;
  private readonly segment: ChoiceControl;
  private readonly previous: HTMLElement;
  private readonly next: HTMLElement;
  private readonly segmentBar: HTMLElement;
  private readonly kind: ChoiceButtons<AttentionKind>;
  private readonly method: ChoiceControl;
  private readonly unit: ChoiceButtons<PanelUnit>;
  private readonly sinks = element('input', { attributes: { type: 'checkbox', id: 'hideSinks' } });
  private readonly sinkShare = element('span', { className: 'dim' });
  private readonly sinkControl: HTMLElement;
  private readonly helpButton: HTMLElement;
  private readonly findField = element('input', {
    className: 'findField',
    attributes: { type: 'search', 'aria-label': l10n.t('Find a word'), placeholder: l10n.t('Find a word') },
  });
  private view: PanelViewState | undefined;
  private helpOpen = false;

  constructor(private readonly events: ToolbarEvents) {
    const step = (by: 1 | -1) => events.onSegment((this.view?.segmentIndex ?? 0) + by);
    this.segment = new ChoiceControl('sentence', l10n.t('Sentence'), value => events.onSegment(Number(value)));
    this.previous = button(l10n.t('Previous sentence'), 'icon', () => step(-1), chevron('left'));
    this.next = button(l10n.t('Next sentence'), 'icon', () => step(1), chevron('right'));
    this.segmentBar = element('div', { className: 'segmentBar' }, this.segment.root, this.previous, this.next);
    this.kind = new ChoiceButtons<AttentionKind>(
      l10n.t('Attention'),
      [
        { value: 'cross', label: kindNames.cross, hint: l10n.t('The output reads the source') },
        { value: 'encoder', label: kindNames.encoder, hint: l10n.t('The source reads itself') },
        { value: 'decoder', label: kindNames.decoder, hint: l10n.t('The output reads what is already written') },
      ],
      events.onKind,
    );
    this.method = new ChoiceControl('method', l10n.t('Method'), value => events.onMethod(value as AttentionMethod));
    this.method.setChoices(methodChoices(attentionMethods), 'alignment');
    this.unit = new ChoiceButtons<PanelUnit>(
      l10n.t('Unit'),
      [
        { value: 'words', label: l10n.t('Words') },
        { value: 'subwords', label: l10n.t('Subwords'), hint: l10n.t('Every token of the model, special ones too') },
        { value: 'sentences', label: l10n.t('Sentences') },
      ],
      events.onUnit,
    );
    this.sinks.addEventListener('change', () => events.onHideSinks(this.sinks.checked));
    this.sinkControl = element(
      'label',
      { className: 'sinkControl', attributes: { for: 'hideSinks' } },
      this.sinks,
      document.createTextNode(` ${l10n.t('Hide sinks')} `),
      this.sinkShare,
    );
    this.sinkControl.title = l10n.t(
      'End marks, prefixes and final punctuation, where attention rests when it reads nothing',
    );
    this.helpButton = button(l10n.t('Help'), 'secondary', () => this.toggleHelp());
    this.helpButton.setAttribute('aria-expanded', 'false');
    this.helpButton.setAttribute('aria-controls', 'help');
    const exportButton = button(l10n.t('Export'), 'secondary', events.onExport);
    exportButton.title = l10n.t('PNG, SVG, CSV, JSON or Pharaoh (E)');
    this.listenToFind();
    this.root = element(
      'div',
      { className: 'toolbar', attributes: { role: 'group', 'aria-label': l10n.t('What is shown') } },
      this.segmentBar,
      this.kind.root,
      this.method.root,
      this.unit.root,
      this.sinkControl,
      element('div', { className: 'toolbarEnd' }, this.findField, exportButton, this.helpButton),
    );
  }

  show(output: PanelOutput, view: PanelViewState, hiddenShare: number | undefined): void {
    this.view = view;
    const last = output.segments.length - 1;
    const { segmentIndex } = view;
    setHidden(this.segmentBar, last < 1);
    this.segment.setChoices(segmentChoices(output.segments, segmentIndex), String(segmentIndex));
    setEnabled(this.previous, segmentIndex > 0);
    setEnabled(this.next, segmentIndex < last);
    this.kind.show(view.kind);
    this.method.setChoices(methodChoices(methodsOf(view.kind, output)), view.method);
    // A word alignment is one of words, and without sinks.
    const isAlignment = view.method === 'alignment';
    this.unit.show(
      isAlignment ? 'words' : view.unit,
      isAlignment ? ['subwords', 'sentences'] : [],
      l10n.t('Alignment links words: another method shows these'),
    );
    setHidden(this.sinkControl, isAlignment);
    this.sinks.checked = view.hideSinks;
    this.showSinkShare(hiddenShare);
  }

  /** Undefined: not known yet. */
  showSinkShare(share: number | undefined): void {
    const shown = this.view?.hideSinks
      ? (value: string) => l10n.t('{0} hidden', value)
      : (value: string) => l10n.t('{0} on them', value);
    setText(this.sinkShare, share === undefined ? '' : shown(percent(share)));
  }

  find(): void {
    this.findField.focus();
    this.findField.select();
  }

  private toggleHelp(): void {
    this.helpOpen = !this.helpOpen;
    this.helpButton.setAttribute('aria-expanded', String(this.helpOpen));
    this.events.onHelp(this.helpOpen);
  }

  private listenToFind(): void {
    this.findField.addEventListener('keydown', event => {
      event.stopPropagation();
      if (event.key === 'Enter' && this.findField.value.trim() !== '') this.events.onFind(this.findField.value.trim());
      if (event.key === 'Escape') this.findField.value = '';
    });
  }
}

function methodChoices(methods: readonly AttentionMethod[]): Choice[] {
  return methods.map(value => ({ value, label: methodNames[value] }));
}
