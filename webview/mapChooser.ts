// Chooses one map: layer and head, and for the second of two also method and output.

import type { AttentionKind } from '../src/model/attention/maps';
import type { AttentionMethod } from '../src/model/attention/methods';
import type { PanelChoice, PanelHead, PanelOutput, PanelSegment } from '../src/protocol/webview';
import { ChoiceControl } from './controls';
import { element, setHidden } from './dom';
import * as l10n from './l10n';
import { hasHeads, methodsOf } from './viewState';
import { headName, methodNames } from './words';

export class MapChooser {
  readonly root: HTMLElement;
  private readonly layer: ChoiceControl;
  private readonly head: ChoiceControl;
  private readonly method: ChoiceControl | undefined;
  private readonly variant: ChoiceControl | undefined;

  /** `isSecond`: of a second map, whose controls are named so. */
  constructor(isSecond: boolean, onChoose: (changes: Partial<PanelChoice>) => void) {
    const control = (name: string, text: string, second: string, change: (value: string) => Partial<PanelChoice>) =>
      new ChoiceControl(name, isSecond ? second : text, value => onChoose(change(value)), text);
    this.layer = control('layer', l10n.t('Layer'), l10n.t('Second layer'), value => ({ layerIndex: Number(value) }));
    this.head = control('head', l10n.t('Head'), l10n.t('Second head'), value => ({
      head: value === 'mean' || value === 'max' ? value : Number(value),
    }));
    if (isSecond) {
      this.method = control('method', l10n.t('Method'), l10n.t('Second method'), value => ({
        method: value as AttentionMethod,
      }));
      this.variant = control('output', l10n.t('Output'), l10n.t('Second output'), value => ({
        variantIndex: Number(value),
      }));
    }
    const controls = [this.method, this.layer, this.head, this.variant];
    this.root = element('div', { className: 'mapChooser' }, ...controls.flatMap(shown => shown?.root ?? []));
  }

  show(choice: PanelChoice | undefined, kind: AttentionKind, output: PanelOutput, segment: PanelSegment): void {
    setHidden(this.root, choice === undefined);
    if (!choice) return;
    const layerCount = output.layerCounts[kind];
    const headCount = output.headCounts[kind];
    this.layer.hidden = !hasHeads(choice.method);
    this.head.hidden = !hasHeads(choice.method);
    this.layer.setChoices(
      Array.from({ length: layerCount }, (_, layer) => ({
        value: String(layer),
        label: l10n.t('{0} of {1}', layer + 1, layerCount),
      })),
      String(choice.layerIndex),
    );
    const heads: PanelHead[] = headCount === 1 ? ['mean'] : ['mean', 'max', ...Array(headCount).keys()];
    this.head.setChoices(
      heads.map(head => ({ value: String(head), label: headName(head, headCount) })),
      String(headCount === 1 ? 'mean' : choice.head),
    );
    this.method?.setChoices(
      methodsOf(kind, output).map(value => ({ value, label: methodNames[value] })),
      choice.method,
    );
    if (!this.variant) return;
    this.variant.hidden = segment.variants.length < 2;
    this.variant.setChoices(
      segment.variants.map(({ target }, index) => ({
        value: String(index),
        label: `${index + 1}: ${shortened(target)}`,
      })),
      String(Math.min(choice.variantIndex, segment.variants.length - 1)),
    );
  }
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length > 40 ? `${characters.slice(0, 39).join('')}…` : text;
}
