// The output token by token: what else could have stood there, the n-best list, and the way to another output.

import type { HypothesisSummary, PanelSegment, PanelSteps, VariantKind, VariantRequest } from '../src/protocol/webview';
import { button } from './controls';
import { element, setHidden, setText } from './dom';
import * as l10n from './l10n';
import { tokenName } from './tokenText';
import { percent } from './words';

export interface StepsEvents {
  /** The token that was scrubbed to. */
  readonly onStep: (step: number) => void;
  readonly onVariant: (request: VariantRequest) => void;
  readonly onChooseVariant: (variantIndex: number) => void;
  /** The n-best list is wanted: it takes a search. */
  readonly onHypotheses: () => void;
}

const variantNames: Readonly<Record<VariantKind, string>> = {
  original: l10n.t('as written'),
  hypothesis: l10n.t('from the n-best list'),
  continued: l10n.t('continued'),
  edited: l10n.t('edited'),
};

export class StepsView {
  readonly root: HTMLElement;
  private readonly slider = element('input', {
    attributes: { type: 'range', min: '0', step: '1', 'aria-label': l10n.t('Step of the output') },
  });
  private readonly place = element('p', { className: 'stepPlace' });
  private readonly alternatives = element('ol', {
    className: 'alternatives',
    attributes: { 'aria-label': l10n.t('Alternatives') },
  });
  private readonly variants = element('ul', { className: 'variants', attributes: { 'aria-label': l10n.t('Outputs') } });
  private readonly hypotheses = element('ol', {
    className: 'hypotheses',
    attributes: { 'aria-label': l10n.t('N-best list') },
  });
  private readonly note = element('p', { className: 'dim', attributes: { role: 'status' } });
  private readonly search: HTMLElement;
  private segment: PanelSegment | undefined;
  private steps: PanelSteps | undefined;
  private step = 0;

  constructor(private readonly events: StepsEvents) {
    this.search = button(l10n.t('Search for more outputs'), 'secondary', () => events.onHypotheses());
    this.slider.addEventListener('input', () => {
      this.setStep(Number(this.slider.value));
      events.onStep(this.step);
    });
    this.slider.addEventListener('keydown', event => event.stopPropagation());
    this.root = element(
      'div',
      { className: 'steps' },
      element('div', { className: 'stepsMain' }, this.slider, this.place, this.alternatives),
      element(
        'div',
        { className: 'stepsOutputs' },
        element('h3', { text: l10n.t('Outputs') }),
        this.variants,
        element('h3', { text: l10n.t('N-best') }),
        this.hypotheses,
        this.note,
        this.search,
      ),
    );
  }

  show(segment: PanelSegment): void {
    if (segment === this.segment) return; // only its marks are new
    const isOther = this.segment?.index !== segment.index;
    this.segment = segment;
    this.steps = undefined;
    this.slider.max = String(Math.max(segment.targetTokens.length - 1, 0));
    this.showVariants(segment);
    if (isOther) this.showHypotheses(undefined);
    this.setStep(isOther ? 0 : Math.min(this.step, segment.targetTokens.length - 1));
  }

  setSteps(steps: PanelSteps | undefined): void {
    if (steps === this.steps) return;
    this.steps = steps;
    this.setStep(this.step);
  }

  /** Without a model there is nothing to ask. */
  setSearchable(searchable: boolean): void {
    this.search.hidden = !searchable;
  }

  setStep(step: number): void {
    const { segment } = this;
    if (!segment || segment.targetTokens.length === 0) return;
    this.step = Math.max(0, Math.min(step, segment.targetTokens.length - 1));
    this.slider.value = String(this.step);
    const token = segment.targetTokens[this.step];
    const name = tokenName(segment.target, token);
    this.slider.setAttribute(
      'aria-valuetext',
      l10n.t('{0} of {1}: {2}', this.step + 1, segment.targetTokens.length, name),
    );
    const probability = token.probability === undefined ? '' : `, ${percent(token.probability)}`;
    this.place.replaceChildren(
      element('span', {
        className: 'dim',
        text: `${l10n.t('Step {0} of {1}:', this.step + 1, segment.targetTokens.length)} `,
      }),
      element('strong', { text: name }),
      element('span', { className: 'dim', text: probability }),
    );
    this.showAlternatives(token.id);
  }

  /** How a search or another output went; empty for nothing to say. */
  setNote(note: string): void {
    setText(this.note, note);
    setHidden(this.note, note === '');
  }

  showHypotheses(hypotheses: readonly HypothesisSummary[] | undefined, note = ''): void {
    this.setNote(note);
    this.hypotheses.replaceChildren(
      ...(hypotheses ?? []).map(({ text, score }, rank) => {
        const created = rowButton(text, percent(Math.exp(score)), () =>
          this.events.onVariant({ kind: 'hypothesis', rank }),
        );
        created.title = l10n.t(
          'Mean probability of a token: {0}. Shows its attention beside the output as written.',
          percent(Math.exp(score)),
        );
        return element('li', {}, created);
      }),
    );
  }

  private showAlternatives(chosenId: number): void {
    const ranked = this.steps?.alternatives[this.step] ?? [];
    // An answer that comes late must not take the focus away.
    const focused = [...this.alternatives.children].findIndex(row => row.contains(document.activeElement));
    this.alternatives.replaceChildren(
      ...ranked.map(({ tokenId, text, logProbability }) => {
        const probability = Math.exp(logProbability);
        const created = rowButton(visible(text), percent(probability), () =>
          this.events.onVariant({ kind: 'continued', step: this.step, tokenId }),
        );
        created.style.setProperty('--share', `${(probability * 100).toFixed(1)}%`);
        const isChosen = tokenId === chosenId;
        created.classList.toggle('chosen', isChosen);
        created.title = isChosen
          ? l10n.t('This is what the output has here')
          : l10n.t('Continue from here and compare');
        if (isChosen) created.setAttribute('aria-current', 'true');
        return element('li', {}, created);
      }),
    );
    this.alternatives.children[focused]?.querySelector('button')?.focus();
  }

  private showVariants({ variants, variantIndex }: PanelSegment): void {
    this.variants.replaceChildren(
      ...variants.map(({ kind, target, score }, index) => {
        const created = rowButton(target, percent(Math.exp(score)), () => this.events.onChooseVariant(index));
        created.setAttribute('aria-current', String(index === variantIndex));
        created.classList.toggle('chosen', index === variantIndex);
        created.title = l10n.t('{0}; mean probability of a token {1}', variantNames[kind], percent(Math.exp(score)));
        return element('li', {}, created);
      }),
    );
  }
}

function rowButton(text: string, value: string, onPress: () => void): HTMLElement {
  const created = element(
    'button',
    { className: 'rowButton', attributes: { type: 'button' } },
    element('span', { className: 'rowText', text, attributes: { dir: 'auto' } }),
    element('span', { className: 'rowValue', text: value }),
  );
  created.addEventListener('click', onPress);
  return created;
}

/** A vocabulary entry as text: SentencePiece writes a space as a lower bar, byte-level BPE as Ġ. */
function visible(text: string): string {
  const shown = text.replaceAll(/[▁Ġ]/g, ' ').trim();
  return shown === '' ? l10n.t('space') : shown;
}
