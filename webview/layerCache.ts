// The layers the panel has pulled, kept while there is room. Pure: no DOM.

import type { PanelMap } from '../src/protocol/webview';

/** Forgets the layer that was not looked at for longest when `budgetBytes` is passed; the newest always stays. */
export class LayerCache {
  private readonly layers = new Map<string, PanelMap>(); // in order of use
  private sizeBytes = 0;

  constructor(private readonly budgetBytes: number) {}

  get(key: string): PanelMap | undefined {
    const layer = this.layers.get(key);
    if (layer) {
      this.layers.delete(key);
      this.layers.set(key, layer);
    }
    return layer;
  }

  set(key: string, layer: PanelMap): void {
    this.delete(key);
    this.layers.set(key, layer);
    this.sizeBytes += layer.data.byteLength;
    for (const oldest of this.layers.keys()) {
      if (this.sizeBytes <= this.budgetBytes || oldest === key) break;
      this.delete(oldest);
    }
  }

  clear(): void {
    this.layers.clear();
    this.sizeBytes = 0;
  }

  private delete(key: string): void {
    this.sizeBytes -= this.layers.get(key)?.data.byteLength ?? 0;
    this.layers.delete(key);
  }
}
