// One side of the text pair. A list box to assistive technology: one tab stop, arrows walk the words, space and enter pin.

import type { PanelSegment, PanelToken, PanelUnit } from '../src/protocol/webview';
import { element } from './dom';
import * as l10n from './l10n';
import { type Side, startTokenIndex } from './reading';
import { type Mark, type Suspicion, suspicions } from './suspicions';
import type { SideMarks, TextPairEvents } from './textPair';
import { unitsOf } from './textUnits';
import { type PieceUnit, piecesOf } from './tokenText';
import { percent } from './words';

/** One word as it stands in the page. */
interface Shown {
  readonly node: HTMLElement;
  readonly segmentIndex: number;
  readonly tokens: readonly number[];
  /** What its tooltip says whatever its marks. */
  readonly facts: readonly string[];
  /** Of the whole word, where it is known. */
  readonly probability: number | undefined;
}

export class TextSide {
  readonly root: HTMLElement;
  readonly head: HTMLElement;
  readonly text: HTMLElement;
  private readonly startToken: HTMLElement;
  private words: Shown[] = [];
  /** By token of the segment in focus. */
  private readonly byToken = new Map<number, HTMLElement>();
  private marked: HTMLElement[] = [];
  private current = 0;
  private focusIndex = 0;
  private startVisible = false;

  constructor(
    private readonly side: Side,
    private readonly events: TextPairEvents,
  ) {
    const isSource = side === 'source';
    this.startToken = wordElement(l10n.t('start'), 'token bare');
    this.startToken.dir = 'ltr';
    this.text = element('div', {
      className: 'text',
      attributes: {
        role: 'listbox',
        'aria-label': isSource ? l10n.t('Source words') : l10n.t('Output words'),
        'aria-orientation': 'horizontal',
        dir: 'auto',
      },
    });
    this.head = element(
      'div',
      { className: 'sideHead' },
      element('h3', { text: isSource ? l10n.t('Source') : l10n.t('Output') }),
    );
    this.root = element('div', { className: `side ${side}` }, this.head, this.text);
    this.listen();
  }

  /** Words without marks and tooltips, which `setMarks` gives to each segment. */
  show(segments: readonly PanelSegment[], focusIndex: number, segmentCount: number, unit: PanelUnit): void {
    const hadFocus =
      this.text.contains(document.activeElement) && focusIndex === this.focusIndex ? this.current : undefined;
    this.words = [];
    this.byToken.clear();
    this.marked = [];
    this.focusIndex = focusIndex;
    const nodes: Node[] = [];
    if (segments.length > 0 && segments[0].index > 0) nodes.push(more(segments[0].index, 'before'));
    for (const segment of segments) nodes.push(...this.segmentNodes(segment, unit));
    const rest = segmentCount - 1 - (segments.at(-1)?.index ?? 0);
    if (rest > 0) nodes.push(more(rest, 'after'));
    this.text.replaceChildren(...nodes);
    const first = this.words.findIndex(({ segmentIndex, node }) => segmentIndex === focusIndex && !node.hidden);
    this.current = Math.max(first, 0);
    if (hadFocus !== undefined) this.words[hadFocus]?.node.focus();
    else if (this.words.length > 0) this.words[this.current].node.tabIndex = 0;
  }

  /** What is doubtful about the words of a segment, in place of what was. */
  setMarks(segmentIndex: number, marks: readonly Mark[]): void {
    const own = marks.filter(({ side }) => side === this.side);
    for (const word of this.words) if (word.segmentIndex === segmentIndex) describe(word, own);
  }

  revealFocus(): void {
    this.reveal(this.words[this.current]?.tokens ?? []);
  }

  showStartToken(visible: boolean): void {
    if (visible === this.startVisible) return;
    this.startVisible = visible;
    this.startToken.hidden = !visible;
    const current = this.words[this.current];
    if (current?.node === this.startToken && !visible) this.makeCurrent(this.current + 1);
  }

  mark({ tints, active, linked, pinned }: SideMarks): void {
    for (const node of this.marked) {
      node.classList.remove('tinted', 'active', 'linked', 'pinned');
      node.style.removeProperty('--tint');
      if (node.role === 'option') node.setAttribute('aria-selected', 'false');
    }
    this.marked = [];
    const strongest = new Map<HTMLElement, number>();
    for (const [token, tint] of tints) {
      const node = this.byToken.get(token);
      if (node && tint > (strongest.get(node) ?? 0)) strongest.set(node, tint);
    }
    for (const [node, tint] of strongest) {
      node.classList.add('tinted');
      node.style.setProperty('--tint', `${(tint * 100).toFixed(1)}%`);
      this.marked.push(node);
    }
    for (const [tokens, className] of [
      [active, 'active'],
      [linked, 'linked'],
      [pinned, 'pinned'],
    ] as const) {
      for (const token of tokens) {
        const node = this.byToken.get(token);
        if (!node) continue;
        node.classList.add(className);
        if (className === 'pinned' && node.role === 'option') node.setAttribute('aria-selected', 'true');
        this.marked.push(node);
      }
    }
  }

  reveal(tokens: readonly number[]): void {
    const node = tokens.length > 0 ? this.byToken.get(tokens[0]) : undefined;
    const { text } = this;
    if (!node || text.scrollHeight <= text.clientHeight || text.matches(':hover')) return;
    const top = node.offsetTop;
    if (top < text.scrollTop || top + node.offsetHeight > text.scrollTop + text.clientHeight)
      text.scrollTop = top - text.clientHeight / 3;
  }

  find(text: string): boolean {
    const wanted = text.toLocaleLowerCase();
    const found = this.words.find(({ node }) => node.textContent.trim().toLocaleLowerCase().startsWith(wanted));
    found?.node.focus();
    return found !== undefined;
  }

  private segmentNodes(segment: PanelSegment, unit: PanelUnit): Node[] {
    const { index } = segment;
    const [text, tokens, before] =
      this.side === 'source'
        ? [segment.source, segment.sourceTokens, segment.sourceBefore]
        : [segment.target, segment.targetTokens, segment.targetBefore];
    const inFocus = index === this.focusIndex;
    const units = unitsOf(unit === 'subwords' ? 'subwords' : 'words', text, tokens);
    const nodes: Node[] = [];
    if (before) nodes.push(document.createTextNode(before));
    if (inFocus && this.side === 'target') {
      nodes.push(this.startToken);
      this.startToken.hidden = !this.startVisible;
      this.add({ node: this.startToken, segmentIndex: index, tokens: [startTokenIndex], ...startTokenFacts });
    }
    for (const piece of piecesOf(text, tokens, units)) {
      if (!piece.unit) {
        nodes.push(document.createTextNode(piece.text));
        continue;
      }
      // A token that stands for no text is noise where words are read.
      if (piece.bare && unit !== 'subwords' && !piece.unit.tokens.some(token => tokens[token].unknown)) continue;
      const node = this.wordNode(piece, tokens, inFocus);
      nodes.push(node);
      this.add({ node, segmentIndex: index, tokens: piece.unit.tokens, ...factsOf(piece, tokens) });
    }
    return nodes;
  }

  private add(word: Shown): void {
    const { node, tokens, segmentIndex } = word;
    node.dataset.word = String(this.words.length);
    node.dataset.token = String(tokens[0]);
    this.words.push(word);
    if (segmentIndex === this.focusIndex) for (const token of tokens) this.byToken.set(token, node);
  }

  private wordNode({ text, bare, unit }: PieceUnit, tokens: readonly PanelToken[], inFocus: boolean): HTMLElement {
    const classes = ['token'];
    if (!inFocus) classes.push('distant');
    if (bare) classes.push('bare');
    if (unit!.tokens.some(token => tokens[token].unknown)) classes.push('unknown');
    if (!bare && text.trim() === '') classes.push('space');
    const scored = unit!.tokens.flatMap(token => (bare ? [] : (tokens[token].probability ?? [])));
    if (scored.length > 0) classes.push('scored');
    const node = wordElement(text, classes.join(' '));
    if (scored.length > 0) node.style.setProperty('--probability', Math.min(...scored).toFixed(3));
    if (bare) node.dir = 'ltr'; // else a prefix such as <2es> would decide the direction of the text
    if (text.trim() === '')
      node.setAttribute('aria-label', text.includes('\n') ? l10n.t('line break') : l10n.t('space'));
    return node;
  }

  private listen(): void {
    const { text, side, events } = this;
    const point = (word: Shown | undefined) =>
      events.onPoint(side, word?.segmentIndex ?? this.focusIndex, word?.tokens);
    text.addEventListener('pointerover', event => point(this.wordAt(event.target)));
    text.addEventListener('pointerleave', () => point(this.focused()));
    text.addEventListener('focusin', event => {
      const word = this.wordAt(event.target);
      if (!word) return;
      this.makeCurrent(this.words.indexOf(word));
      point(word);
    });
    text.addEventListener('focusout', () => point(undefined));
    text.addEventListener('click', event => {
      const word = this.wordAt(event.target);
      if (word) events.onPin(side, word.segmentIndex, word.tokens);
    });
    text.addEventListener('keydown', event => this.onKey(event));
  }

  private wordAt(target: EventTarget | null): Shown | undefined {
    const node = target instanceof Element ? target.closest<HTMLElement>('.token') : null;
    return node ? this.words[Number(node.dataset.word)] : undefined;
  }

  private focused(): Shown | undefined {
    return this.text.contains(document.activeElement) ? this.words[this.current] : undefined;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const towardsEnd = getComputedStyle(this.text).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    switch (event.key) {
      case 'ArrowLeft':
      case 'ArrowRight':
        this.walk(event.key === towardsEnd ? 1 : -1);
        break;
      case 'ArrowUp':
      case 'ArrowDown':
        this.focusLine(event.key === 'ArrowDown' ? 1 : -1);
        break;
      case 'Home':
        this.current = -1;
        this.walk(1);
        break;
      case 'End':
        this.current = this.words.length;
        this.walk(-1);
        break;
      case 'Enter':
      case ' ': {
        const word = this.words[this.current];
        if (word) this.events.onPin(this.side, word.segmentIndex, word.tokens);
        break;
      }
      default:
        return;
    }
    event.preventDefault();
  }

  private walk(by: 1 | -1): void {
    let next = this.current + by;
    while (this.words[next]?.node.hidden) next += by;
    this.words[next]?.node.focus();
  }

  /** The word above or below, as near as may be: text has lines, words know nothing of them. */
  private focusLine(direction: 1 | -1): void {
    const current = this.words[this.current]?.node.getBoundingClientRect();
    if (!current) return;
    const middle = (current.left + current.right) / 2;
    let best: { node: HTMLElement; down: number; across: number } | undefined;
    for (const { node } of this.words) {
      const box = node.getBoundingClientRect();
      const down = Math.round((box.top - current.top) * direction);
      if (down < current.height / 2) continue;
      const across = Math.abs((box.left + box.right) / 2 - middle);
      const nearer = !best || down < best.down - 4 || (down < best.down + 4 && across < best.across);
      if (nearer) best = { node, down, across };
    }
    best?.node.focus();
  }

  private makeCurrent(index: number): void {
    const before = this.words[this.current];
    if (before) before.node.tabIndex = -1;
    this.current = index;
    this.words[index].node.tabIndex = 0;
  }
}

function wordElement(text: string, className: string): HTMLElement {
  return element('span', {
    className,
    text,
    attributes: { role: 'option', tabindex: '-1', 'aria-selected': 'false' },
  });
}

/** How many sentences are not shown here; the segment chooser leads there. */
function more(count: number, where: 'before' | 'after'): Node {
  const text = {
    before: () => (count === 1 ? l10n.t('… 1 more sentence before') : l10n.t('… {0} more sentences before', count)),
    after: () => (count === 1 ? l10n.t('1 more sentence …') : l10n.t('{0} more sentences …', count)),
  }[where]();
  return element('span', { className: `more ${where}`, text: where === 'before' ? `${text} ` : ` ${text}` });
}

const startTokenFacts = {
  facts: [l10n.t('The decoder starts from this token: it stands for no word')],
  probability: undefined,
};

function factsOf(piece: PieceUnit, tokens: readonly PanelToken[]): Pick<Shown, 'facts' | 'probability'> {
  const own = piece.unit!.tokens.map(index => tokens[index]);
  const facts: string[] = [];
  if (piece.bare && own.every(token => token.special)) facts.push(l10n.t('Added by the model, not part of the text'));
  if (own.some(token => token.unknown)) facts.push(l10n.t('Not in the vocabulary: the model saw only “unknown” here'));
  const scored = piece.bare ? [] : own.flatMap(({ probability }) => probability ?? []);
  return { facts, probability: scored.length > 0 ? scored.reduce((product, value) => product * value, 1) : undefined };
}

/** `marks`: of the word's side and segment. */
function describe({ node, tokens, facts, probability }: Shown, marks: readonly Mark[]): void {
  const own = marks.filter(mark => mark.tokens.some(token => tokens.includes(token)));
  const has = (suspicion: Suspicion) => own.some(mark => mark.suspicion === suspicion);
  for (const suspicion of suspicions) node.classList.toggle(suspicion, has(suspicion));
  const reasons = own.map(mark => mark.reason);
  const title = [...reasons, ...facts];
  if (probability !== undefined && !has('improbable')) title.push(l10n.t('Probability {0}', percent(probability)));
  if (title.length > 0) node.title = title.join('\n');
  if (reasons.length > 0) node.setAttribute('aria-description', reasons.join('. '));
  else node.removeAttribute('aria-description');
}
