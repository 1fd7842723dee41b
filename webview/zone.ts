// One zone of the panel: a heading that folds what is below it.

import { element } from './dom';

export class Zone {
  readonly root: HTMLElement;
  /** Right of the heading; hidden with the body. */
  readonly tools = element('div', { className: 'zoneTools' });
  readonly body = element('div', { className: 'zoneBody' });
  private readonly toggle: HTMLElement;

  /** `onFold` hears what a person does, not what `fold` sets. */
  constructor(
    readonly name: string,
    label: string,
    onFold: (folded: boolean) => void,
  ) {
    const bodyId = `zone-${name}`;
    this.body.id = bodyId;
    this.toggle = element('button', {
      className: 'zoneToggle',
      text: label,
      attributes: { type: 'button', 'aria-expanded': 'true', 'aria-controls': bodyId },
    });
    this.root = element(
      'section',
      { className: `zone ${name}Zone`, attributes: { 'aria-label': label } },
      element('div', { className: 'zoneHead' }, element('h2', {}, this.toggle), this.tools),
      this.body,
    );
    this.toggle.addEventListener('click', () => {
      this.fold(!this.folded);
      onFold(this.folded);
    });
  }

  get folded(): boolean {
    return this.body.hidden === true;
  }

  fold(folded: boolean): void {
    if (folded === this.folded) return;
    this.body.hidden = folded;
    this.tools.hidden = folded;
    this.toggle.setAttribute('aria-expanded', String(!folded));
  }
}
