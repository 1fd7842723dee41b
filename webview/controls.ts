// The only import of @vscode/webview-ui-toolkit: dropdowns and buttons that look like the workbench's own.
// The toolkit probes for `:focus-visible` with a style element; the page allows it through the `csp-nonce` meta tag
// (microsoft/vscode-webview-ui-toolkit#545), all its other styles are constructed sheets, which need no permission.

import {
  type Button,
  type Dropdown,
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
} from '@vscode/webview-ui-toolkit';
import { element, setHidden } from './dom';

/** Call once, before any control is made. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeOption());
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/**
 * A labelled dropdown. `onChoose` hears what a person chooses, not what `setChoices` sets. `name`: what style sheet and tests call it, in
 * any language. `shortLabel`: what is seen, where the label for assistive technology says more.
 */
export class ChoiceControl {
  readonly root: HTMLElement;
  private readonly dropdown: Dropdown;
  private choices: readonly Choice[] = [];
  private value = '';

  constructor(name: string, label: string, onChoose: (value: string) => void, shortLabel = label) {
    this.dropdown = document.createElement('vscode-dropdown') as Dropdown;
    this.dropdown.setAttribute('aria-label', label);
    this.root = element(
      'div',
      { className: 'choice', attributes: { 'data-choice': name } },
      element('span', { className: 'choiceLabel', text: shortLabel, attributes: { 'aria-hidden': 'true' } }),
      this.dropdown,
    );
    this.dropdown.addEventListener('change', () => {
      if (this.dropdown.value === this.value) return;
      this.value = this.dropdown.value;
      onChoose(this.value);
    });
  }

  setChoices(choices: readonly Choice[], value: string): void {
    const same =
      choices.length === this.choices.length && choices.every((choice, i) => sameChoice(choice, this.choices[i]));
    if (same && value === this.value) return;
    this.value = value;
    if (!same) {
      this.choices = choices;
      this.dropdown.replaceChildren(...choices.map(choice => optionOf(choice, choice.value === value)));
    }
    this.dropdown.value = value;
  }

  set hidden(hidden: boolean) {
    setHidden(this.root, hidden);
  }
}

/** A plain button; `icon` ones have no frame. */
export function button(
  label: string,
  appearance: 'primary' | 'secondary' | 'icon',
  onPress: () => void,
  ...content: readonly Node[]
): HTMLElement {
  const created = document.createElement('vscode-button') as Button;
  created.setAttribute('appearance', appearance);
  if (content.length > 0) {
    created.setAttribute('aria-label', label);
    created.title = label;
    created.append(...content);
  } else {
    created.textContent = label;
  }
  created.addEventListener('click', onPress);
  return created;
}

/** A button that can do nothing keeps the focus, so that a person who just pressed it is not thrown out. */
export function setEnabled(control: HTMLElement, enabled: boolean): void {
  const disabled = String(!enabled);
  if (control.getAttribute('aria-disabled') !== disabled) control.setAttribute('aria-disabled', disabled);
}

function optionOf({ value, label }: Choice, selected: boolean): HTMLElement {
  const option = document.createElement('vscode-option');
  option.setAttribute('value', value);
  option.toggleAttribute('selected', selected);
  option.textContent = label;
  return option;
}

function sameChoice(first: Choice, second: Choice): boolean {
  return first.value === second.value && first.label === second.label;
}
