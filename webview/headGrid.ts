// Thumbnails of every head of every layer: layers down, heads across, or in the order of a number. One pixel per cell.

import type { HeadStatistics } from '../src/model/attention/headStatistics';
import type { HeadOrder, PanelChoice, PanelHead, PanelTiles } from '../src/protocol/webview';
import { element } from './dom';
import { allHeads, type HeadPlace, ordered, orderValue } from './headOrder';
import { HeadPictures } from './headPictures';
import * as l10n from './l10n';
import { headName, percent } from './words';

export interface HeadGridEvents {
  readonly onChoose: (layerIndex: number, head: PanelHead) => void;
  /** With Shift: beside the one that is chosen. */
  readonly onCompare: (layerIndex: number, head: PanelHead) => void;
  /** The pointer or the focus is at a head, or at none: a line about it. */
  readonly onPoint: (sentence: string | undefined) => void;
  /** Tiles have moved: draw. */
  readonly onMoved: () => void;
}

const pictureNames = { mean: l10n.t('mean'), max: l10n.t('max') };

interface Tile {
  readonly root: HTMLElement;
  /** Under it lies the thumbnail. */
  readonly window: HTMLElement;
  readonly caption: HTMLElement;
}

export class HeadGrid {
  readonly root: HTMLElement;
  private readonly tiles = new Map<string, Tile>();
  private readonly layers = new Map<number, PanelTiles>();
  private readonly pictures = new HeadPictures();
  private readonly dirty = new Set<number>();
  private heads: readonly HeadPlace[] = [];
  private shape: readonly [layerCount: number, headCount: number] = [0, 0];
  private order: HeadOrder = 'layer';
  private chosen: PanelChoice | undefined;
  private compared: PanelChoice | undefined;
  private current = 0;

  constructor(private readonly events: HeadGridEvents) {
    this.root = element('div', { className: 'headGrid', attributes: { role: 'group', 'aria-label': l10n.t('Heads') } });
    this.listen();
    new ResizeObserver(() => events.onMoved()).observe(this.root);
  }

  /** Forgets every picture. */
  reset(layerCount: number, headCount: number): void {
    this.shape = [layerCount, headCount];
    this.layers.clear();
    this.tiles.clear();
    this.current = 0;
    this.build();
  }

  setOrder(order: HeadOrder): void {
    if (order === this.order) return;
    this.order = order;
    this.build();
  }

  setTiles(layerIndex: number, tiles: PanelTiles): void {
    this.layers.set(layerIndex, tiles);
    this.dirty.add(layerIndex);
    if (this.order !== 'layer' && this.isComplete) this.build();
  }

  hasLayer(layerIndex: number): boolean {
    return this.layers.has(layerIndex);
  }

  get isComplete(): boolean {
    return this.layers.size > 0 && this.layers.size === this.shape[0];
  }

  setChosen(chosen: PanelChoice | undefined, compared: PanelChoice | undefined): void {
    this.show(false);
    this.chosen = chosen;
    this.compared = compared;
    this.show(true);
  }

  /** Everything is drawn anew, in other colours. */
  recolor(): void {
    for (const layerIndex of this.layers.keys()) this.dirty.add(layerIndex);
  }

  /** True: something was drawn. Reads the layout: in a frame. */
  draw(colors: Uint8ClampedArray): boolean {
    const { clientWidth, clientHeight } = this.root;
    if (clientWidth === 0) return false; // folded: drawn when there is room
    if (this.pictures.fit(clientWidth, clientHeight)) this.recolor();
    const colorWords = new Uint32Array(colors.buffer, colors.byteOffset, 256);
    const drawn = this.dirty.size > 0;
    for (const layerIndex of this.dirty) this.drawLayer(layerIndex, colorWords);
    this.dirty.clear();
    return drawn;
  }

  /** Shows which heads are chosen, or none. */
  private show(shown: boolean): void {
    const tileOf = (choice: PanelChoice | undefined) => choice && this.tiles.get(keyOf(choice.layerIndex, choice.head));
    tileOf(this.chosen)?.root.setAttribute('aria-pressed', String(shown));
    tileOf(this.compared)?.root.classList.toggle('compared', shown);
  }

  private drawLayer(layerIndex: number, colorWords: Uint32Array): void {
    const tiles = this.layers.get(layerIndex);
    if (!tiles || tiles.rowCount * tiles.columnCount === 0) return;
    const [, headCount] = this.shape;
    const byLayer = this.order === 'layer';
    for (let picture = 0; picture < tiles.pictureCount; picture++) {
      const head = headOf(picture, headCount);
      const tile = this.tiles.get(keyOf(layerIndex, head));
      if (!tile || (!byLayer && typeof head !== 'number')) continue;
      const { offsetLeft: left, offsetTop: top, offsetWidth: size } = tile.window;
      this.pictures.draw(tiles, picture, colorWords, { left, top, size });
      const sentence = describe(layerIndex, head, headCount, tiles.statistics[picture]);
      // What is seen is part of the name, for those who speak it.
      tile.root.setAttribute('aria-label', byLayer ? sentence : `${tile.caption.textContent}, ${sentence}`);
    }
  }

  private build(): void {
    const [layerCount, headCount] = this.shape;
    const focusedKey = this.root.contains(document.activeElement) ? this.keyAt(this.current) : undefined;
    this.heads = ordered(
      allHeads(layerCount, headCount, layerIndex => this.layers.get(layerIndex)?.statistics),
      this.order,
    );
    const byLayer = this.order === 'layer';
    const pictureCount = headCount + (headCount > 1 ? 2 : 0);
    this.root.classList.toggle('byLayer', byLayer);
    this.root.style.setProperty('--columns', String(pictureCount));
    const nodes: Node[] = byLayer ? columnHeads(headCount) : [];
    this.heads.forEach((place, index) => {
      if (byLayer && index % pictureCount === 0) nodes.push(corner(String(place.layerIndex + 1)));
      nodes.push(this.tileOf(place).root);
    });
    this.root.replaceChildren(this.pictures.canvas, ...nodes);
    this.pictures.clear();
    this.recolor();
    this.events.onMoved();
    const found = this.heads.findIndex(({ layerIndex, head }) => keyOf(layerIndex, head) === focusedKey);
    this.makeCurrent(Math.max(found, 0));
    if (found >= 0) this.tiles.get(focusedKey!)!.root.focus();
    this.show(true);
  }

  private tileOf(place: HeadPlace): Tile {
    const { layerIndex, head } = place;
    const key = keyOf(layerIndex, head);
    let tile = this.tiles.get(key);
    if (!tile) {
      const window = element('span', { className: 'tileWindow' });
      const caption = element('span', { className: 'tileCaption', attributes: { 'aria-hidden': 'true' } });
      const label = describe(layerIndex, head, this.shape[1], undefined);
      const root = element(
        'button',
        {
          className: 'tile',
          attributes: {
            type: 'button',
            tabindex: '-1',
            'data-head': key,
            'aria-label': label,
            'aria-pressed': 'false',
          },
        },
        window,
        caption,
      );
      tile = { root, window, caption };
      this.tiles.set(key, tile);
    }
    tile.caption.hidden = this.order === 'layer';
    tile.caption.replaceChildren(
      element('span', { text: `${layerIndex + 1}.${typeof head === 'number' ? head + 1 : pictureNames[head]}` }),
      document.createTextNode(' '),
      element('span', { text: orderValue(place, this.order) }),
    );
    return tile;
  }

  private listen(): void {
    const { root, events } = this;
    const placeOf = (target: EventTarget | null) => {
      const tile = target instanceof Element ? target.closest<HTMLElement>('.tile') : null;
      return tile ? this.heads.findIndex(({ layerIndex, head }) => keyOf(layerIndex, head) === tile.dataset.head) : -1;
    };
    root.addEventListener('click', event => {
      const place = this.heads[placeOf(event.target)];
      if (!place) return;
      (event.shiftKey ? events.onCompare : events.onChoose)(place.layerIndex, place.head);
    });
    root.addEventListener('pointerover', event => this.point(placeOf(event.target)));
    root.addEventListener('pointerleave', () => this.point(-1));
    root.addEventListener('focusin', event => {
      const index = placeOf(event.target);
      if (index < 0) return;
      this.makeCurrent(index);
      this.point(index);
    });
    root.addEventListener('focusout', () => this.point(-1));
    root.addEventListener('keydown', event => this.onKey(event));
  }

  private point(index: number): void {
    const place = this.heads[index];
    if (!place) {
      this.events.onPoint(undefined);
      return;
    }
    const { layerIndex, head } = place;
    const picture = head === 'mean' ? this.shape[1] : head === 'max' ? this.shape[1] + 1 : head;
    const statistics = this.layers.get(layerIndex)?.statistics[picture];
    const sentence = describe(layerIndex, head, this.shape[1], statistics);
    this.tiles.get(keyOf(layerIndex, head))!.root.title = sentence;
    this.events.onPoint(sentence);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const across = this.columnCount();
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[event.key];
    const target =
      event.key === 'Home'
        ? 0
        : event.key === 'End'
          ? this.heads.length - 1
          : by === undefined
            ? undefined
            : this.current + by;
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const key = this.keyAt(target);
    if (key) this.tiles.get(key)!.root.focus();
  }

  /** How many tiles stand side by side: the style sheet decides, where they wrap. */
  private columnCount(): number {
    const tops = this.heads.map(({ layerIndex, head }) => this.tiles.get(keyOf(layerIndex, head))!.root.offsetTop);
    const next = tops.findIndex(top => top > tops[0]);
    return next < 0 ? tops.length : next;
  }

  private keyAt(index: number): string | undefined {
    const place = this.heads[index];
    return place && keyOf(place.layerIndex, place.head);
  }

  private makeCurrent(index: number): void {
    const [before, now] = [this.keyAt(this.current), this.keyAt(index)];
    if (before) this.tiles.get(before)!.root.tabIndex = -1;
    this.current = index;
    if (now) this.tiles.get(now)!.root.tabIndex = 0;
  }
}

function headOf(picture: number, headCount: number): PanelHead {
  return picture < headCount ? picture : picture === headCount ? 'mean' : 'max';
}

function keyOf(layerIndex: number, head: PanelHead): string {
  return `${layerIndex}.${head}`;
}

function corner(text: string): HTMLElement {
  return element('span', { className: 'layerName', text, attributes: { 'aria-hidden': 'true' } });
}

function columnHeads(headCount: number): Node[] {
  const names = [
    ...Array.from({ length: headCount }, (_, head) => String(head + 1)),
    ...(headCount > 1 ? [pictureNames.mean, pictureNames.max] : []),
  ];
  return [
    corner(''),
    ...names.map(text => element('span', { className: 'headNumber', text, attributes: { 'aria-hidden': 'true' } })),
  ];
}

function describe(
  layerIndex: number,
  head: PanelHead,
  headCount: number,
  statistics: HeadStatistics | undefined,
): string {
  const name = l10n.t('Layer {0}, {1}', layerIndex + 1, headName(head, headCount).toLowerCase());
  if (!statistics) return name;
  const { sharpness, entropy, sinkMass, distance, coverage } = statistics;
  return l10n.t(
    '{0}: sharpness {1}, entropy {2} bit, on sinks {3}, distance {4}, coverage {5}',
    name,
    percent(sharpness),
    entropy.toFixed(1),
    percent(sinkMass),
    distance.toFixed(1),
    percent(Math.min(coverage, 1)),
  );
}
