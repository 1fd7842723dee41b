// Source and output as flowing text made of tokens. Knows tokens and tints, not what a tint means.

import type { PanelSegment, PanelToken } from '../src/protocol/webview';
import { element } from './dom';
import { type Side, startTokenIndex } from './reading';
import { piecesOf } from './tokenText';
import { percent } from './words';

export interface TextPairEvents {
  /** The pointer or the keyboard focus is on a token, or on none. */
  readonly onPoint: (side: Side, tokenIndex: number | undefined) => void;
  readonly onPin: (side: Side, tokenIndex: number) => void;
}

/** How the tokens of one side are marked. */
export interface SideMarks {
  /** By token, 0 to 1. */
  readonly tints: ReadonlyMap<number, number>;
  /** What everything else is about. */
  readonly active: number | undefined;
  /** What the active one is linked to most, or the other half of a cell. */
  readonly linked: number | undefined;
}

/** Below this a token is marked as doubtful. */
const doubtful = 0.3;

const sides: readonly Side[] = ['source', 'target'];

export class TextPair {
  readonly root: HTMLElement;
  private readonly boxes: Record<Side, TokenBox>;

  constructor(events: TextPairEvents) {
    this.boxes = { source: new TokenBox('source', events), target: new TokenBox('target', events) };
    this.root = element(
      'section',
      { className: 'pair', attributes: { 'aria-label': 'Source and output' } },
      this.boxes.source.root,
      this.boxes.target.root,
    );
  }

  show(segment: PanelSegment): void {
    this.boxes.source.show(segment.source, segment.sourceTokens);
    this.boxes.target.show(segment.target, segment.targetTokens);
  }

  /** The decoder's start token is part of the output only where the decoder looks at itself. */
  showStartToken(visible: boolean): void {
    this.boxes.target.showStartToken(visible);
  }

  mark(marks: Readonly<Record<Side, SideMarks>>, pinned: { side: Side; tokenIndex: number } | undefined): void {
    for (const side of sides) {
      this.boxes[side].mark(marks[side], pinned?.side === side ? pinned.tokenIndex : undefined);
    }
  }

  /** Brings what is marked into sight, but moves neither the page nor text that somebody points at. */
  reveal(marks: Readonly<Record<Side, SideMarks>>): void {
    for (const side of sides) {
      const { active, linked } = marks[side];
      const tokenIndex = active ?? linked;
      if (tokenIndex !== undefined) this.boxes[side].reveal(tokenIndex);
    }
  }
}

/** One side. A list box to assistive technology: one tab stop, arrows walk the tokens, space and enter pin. */
class TokenBox {
  readonly root: HTMLElement;
  private readonly text: HTMLElement;
  private readonly startToken: HTMLElement;
  private tokens: HTMLElement[] = [];
  private marked: HTMLElement[] = [];
  private current = 0;

  constructor(
    private readonly side: Side,
    private readonly events: TextPairEvents,
  ) {
    const name = side === 'source' ? 'Source' : 'Output';
    this.startToken = this.tokenElement('start', startTokenIndex, 'token bare');
    this.startToken.title = 'The decoder starts from this token: it stands for no word';
    this.startToken.hidden = true;
    this.startToken.dir = 'ltr';
    this.text = element('div', {
      className: 'text',
      attributes: { role: 'listbox', 'aria-label': `${name} tokens`, 'aria-orientation': 'horizontal', dir: 'auto' },
    });
    const head = element('div', { className: 'sideHead' }, element('h2', { text: name }));
    if (side === 'target') head.append(probabilityKey());
    this.root = element('div', { className: `side ${side}` }, head, this.text);
    this.listen();
  }

  show(text: string, tokens: readonly PanelToken[]): void {
    this.tokens = [];
    this.marked = [];
    this.current = 0;
    const nodes = piecesOf(text, tokens).map(({ tokenIndex, text, bare }) => {
      if (tokenIndex === undefined) return document.createTextNode(text);
      const token = tokens[tokenIndex];
      const created = this.tokenElement(text, tokenIndex, classOf(token, text, bare));
      if (bare) created.dir = 'ltr'; // else a prefix such as <2es> would decide the direction of the text
      describe(created, token, text);
      this.tokens[tokenIndex] = created;
      return created;
    });
    this.text.replaceChildren(this.startToken, ...nodes);
    this.text.scrollTop = 0;
    if (this.tokens.length > 0) this.tokens[0].tabIndex = 0;
  }

  showStartToken(visible: boolean): void {
    this.startToken.hidden = !visible;
    if (!visible && this.current === startTokenIndex) this.makeCurrent(0);
  }

  mark({ tints, active, linked }: SideMarks, pinned: number | undefined): void {
    for (const token of this.marked) {
      token.classList.remove('tinted', 'active', 'linked', 'pinned');
      token.style.removeProperty('--tint');
      token.removeAttribute('aria-selected');
    }
    this.marked = [];
    const change = (tokenIndex: number | undefined, apply: (token: HTMLElement) => void) => {
      const token = tokenIndex === undefined ? undefined : this.tokenAt(tokenIndex);
      if (!token) return;
      apply(token);
      this.marked.push(token);
    };
    for (const [tokenIndex, tint] of tints) {
      change(tokenIndex, token => {
        token.classList.add('tinted');
        token.style.setProperty('--tint', `${(tint * 100).toFixed(1)}%`);
      });
    }
    change(active, token => token.classList.add('active'));
    change(linked, token => token.classList.add('linked'));
    change(pinned, token => {
      token.classList.add('pinned');
      token.setAttribute('aria-selected', 'true');
    });
  }

  reveal(tokenIndex: number): void {
    const token = this.tokenAt(tokenIndex);
    if (!token || this.text.scrollHeight <= this.text.clientHeight || this.text.matches(':hover')) return;
    const top = token.offsetTop;
    if (top < this.text.scrollTop || top + token.offsetHeight > this.text.scrollTop + this.text.clientHeight)
      this.text.scrollTop = top - this.text.clientHeight / 2;
  }

  private tokenElement(text: string, tokenIndex: number, className: string): HTMLElement {
    return element('span', {
      className,
      text,
      attributes: { role: 'option', tabindex: '-1', 'data-token': String(tokenIndex) },
    });
  }

  private tokenAt(tokenIndex: number): HTMLElement | undefined {
    return tokenIndex === startTokenIndex ? this.startToken : this.tokens[tokenIndex];
  }

  private listen(): void {
    const { text, side, events } = this;
    text.addEventListener('pointerover', event => events.onPoint(side, tokenIndexOf(event.target)));
    text.addEventListener('pointerleave', () => events.onPoint(side, this.focusedIndex()));
    text.addEventListener('focusin', event => {
      const tokenIndex = tokenIndexOf(event.target);
      if (tokenIndex === undefined) return;
      this.makeCurrent(tokenIndex);
      events.onPoint(side, tokenIndex);
    });
    text.addEventListener('focusout', () => events.onPoint(side, undefined));
    text.addEventListener('click', event => {
      const tokenIndex = tokenIndexOf(event.target);
      if (tokenIndex !== undefined) events.onPin(side, tokenIndex);
    });
    text.addEventListener('keydown', event => this.onKey(event));
  }

  private focusedIndex(): number | undefined {
    return this.text.contains(document.activeElement) ? this.current : undefined;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const towardsEnd = getComputedStyle(this.text).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    switch (event.key) {
      case 'ArrowLeft':
      case 'ArrowRight':
        this.focus(this.current + (event.key === towardsEnd ? 1 : -1));
        break;
      case 'ArrowUp':
      case 'ArrowDown':
        this.focusLine(event.key === 'ArrowDown' ? 1 : -1);
        break;
      case 'Home':
        this.focus(this.startToken.hidden ? 0 : startTokenIndex);
        break;
      case 'End':
        this.focus(this.tokens.length - 1);
        break;
      case 'Enter':
      case ' ':
        this.events.onPin(this.side, this.current);
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  private focus(tokenIndex: number): void {
    const token = this.tokenAt(tokenIndex);
    if (token && !token.hidden) token.focus();
  }

  /** The token above or below, as near as may be: text has lines, tokens know nothing of them. */
  private focusLine(direction: 1 | -1): void {
    const current = this.tokenAt(this.current)?.getBoundingClientRect();
    if (!current) return;
    const middle = (current.left + current.right) / 2;
    let best: { tokenIndex: number; down: number; across: number } | undefined;
    this.tokens.forEach((token, tokenIndex) => {
      const box = token.getBoundingClientRect();
      const down = Math.round((box.top - current.top) * direction);
      if (down < current.height / 2) return;
      const across = Math.abs((box.left + box.right) / 2 - middle);
      const nearer = !best || down < best.down - 4 || (down < best.down + 4 && across < best.across);
      if (nearer) best = { tokenIndex, down, across };
    });
    if (best) this.focus(best.tokenIndex);
  }

  private makeCurrent(tokenIndex: number): void {
    const before = this.tokenAt(this.current);
    if (before) before.tabIndex = -1;
    this.current = tokenIndex;
    const token = this.tokenAt(tokenIndex);
    if (token) token.tabIndex = 0;
  }
}

/** What the underlines say. */
function probabilityKey(): HTMLElement {
  return element(
    'p',
    { className: 'sideKey' },
    element('span', { text: 'thicker' }),
    document.createTextNode(' is surer, '),
    element('span', { className: 'doubtful', text: 'dotted' }),
    document.createTextNode(` under ${percent(doubtful)}`),
  );
}

function classOf(token: PanelToken, text: string, bare: boolean): string {
  const classes = ['token'];
  if (bare) classes.push('bare');
  else if (token.special) classes.push('special');
  if (token.unknown) classes.push('unknown');
  if (!bare && text.trim() === '') classes.push('space');
  if (token.probability !== undefined) classes.push('scored');
  if (token.probability !== undefined && token.probability < doubtful) classes.push('doubtful');
  return classes.join(' ');
}

function describe(created: HTMLElement, token: PanelToken, text: string): void {
  const facts: string[] = [];
  if (token.special) facts.push('Added by the model, not part of the text');
  if (token.unknown) facts.push('Not in the vocabulary: the model saw only “unknown” here');
  if (token.probability !== undefined) {
    facts.push(`Probability ${percent(token.probability)}`);
    created.style.setProperty('--probability', token.probability.toFixed(3));
  }
  if (facts.length > 0) created.title = facts.join('\n');
  if (text.trim() === '') created.setAttribute('aria-label', text.includes('\n') ? 'line break' : 'space');
}

function tokenIndexOf(target: EventTarget | null): number | undefined {
  const token = target instanceof Element ? target.closest<HTMLElement>('.token') : null;
  return token ? Number(token.dataset.token) : undefined;
}
