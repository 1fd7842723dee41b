// A few choices side by side, one of them chosen: a radio group of buttons. Arrow keys move the choice.

import { element } from './dom';

export interface ButtonChoice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** Shown as a tooltip. */
  readonly hint?: string;
}

export class ChoiceButtons<Value extends string> {
  readonly root: HTMLElement;
  private readonly buttons = new Map<Value, HTMLElement>();
  private readonly hints = new Map<Value, string>();
  private chosen: Value | undefined;
  private shown = '';

  constructor(
    label: string,
    choices: readonly ButtonChoice<Value>[],
    private readonly onChoose: (value: Value) => void,
  ) {
    this.root = element('div', { className: 'choiceButtons', attributes: { role: 'radiogroup', 'aria-label': label } });
    for (const { value, label: text, hint } of choices) {
      const created = element('button', { text, attributes: { type: 'button', role: 'radio', 'data-value': value } });
      if (hint) this.hints.set(value, hint);
      created.title = hint ?? '';
      created.addEventListener('click', () => this.choose(value));
      this.buttons.set(value, created);
      this.root.append(created);
    }
    this.root.addEventListener('keydown', event => this.onKey(event));
  }

  /** `disabled`: values that cannot be chosen now, for a `reason` that their tooltips give. */
  show(value: Value, disabled: readonly Value[] = [], reason = ''): void {
    const key = [value, ...disabled].join(' ');
    if (key === this.shown) return;
    this.shown = key;
    this.chosen = value;
    for (const [key, created] of this.buttons) {
      created.setAttribute('aria-checked', String(key === value));
      created.tabIndex = key === value ? 0 : -1;
      created.setAttribute('aria-disabled', String(disabled.includes(key)));
      created.title = disabled.includes(key) ? reason : (this.hints.get(key) ?? '');
    }
  }

  private choose(value: Value): void {
    if (this.buttons.get(value)!.getAttribute('aria-disabled') === 'true') return;
    this.buttons.get(value)!.focus();
    if (value !== this.chosen) this.onChoose(value);
  }

  private onKey(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const values = [...this.buttons.keys()].filter(
      value => this.buttons.get(value)!.getAttribute('aria-disabled') !== 'true',
    );
    const place = values.indexOf(this.chosen!);
    this.choose(values[(place + by + values.length) % values.length]);
  }
}
