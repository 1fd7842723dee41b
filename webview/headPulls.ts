// Brings the head grid what it shows: the layers of one method and kind, two on their way at a time, so that the extension pools
// one while the page draws the other, and no more wait before somebody's next choice.

import { isUnavailable } from '../src/model/attention/methods';
import type { PanelOutput, PanelPlace, PanelViewState } from '../src/protocol/webview';
import * as l10n from './l10n';
import type { PanelStore } from './panelHost';
import type { PanelPage } from './panelPage';
import { hasHeads, mapMethod } from './viewState';
import { unavailableSentence } from './words';

const layersAtATime = 2;

export class HeadPulls {
  /** What the grid holds. */
  private key = '';

  constructor(
    private readonly page: PanelPage,
    private readonly onTiles: () => void,
  ) {}

  forget(): void {
    this.key = '';
  }

  async pull(
    store: PanelStore,
    output: PanelOutput,
    view: PanelViewState,
    place: PanelPlace,
    signal: AbortSignal,
  ): Promise<void> {
    const { heads } = this.page;
    const { kind } = view;
    const method = mapMethod(view.method);
    if (view.collapsed.includes('heads')) return;
    if (!hasHeads(method)) {
      this.page.setHeadsNotice(l10n.t('This method goes through all heads and layers: it has one map.'));
      return;
    }
    const key = `${output.revision} ${place.segmentIndex} ${place.variantIndex} ${method} ${kind}`;
    this.page.setHeadsNotice('');
    if (key !== this.key) {
      this.key = key;
      heads.reset(output.layerCounts[kind], output.headCounts[kind]);
    }
    const layers = [...Array(output.layerCounts[kind]).keys()].filter(layerIndex => !heads.hasLayer(layerIndex));
    const pullNext = async (): Promise<void> => {
      const layerIndex = layers.shift();
      if (layerIndex === undefined) return;
      const tiles = await store.tiles({ ...place, method, kind, layerIndex }, signal);
      if (signal.aborted) return;
      if (isUnavailable(tiles)) {
        layers.length = 0;
        this.page.setHeadsNotice(unavailableSentence(tiles));
        return;
      }
      heads.setTiles(layerIndex, tiles);
      this.onTiles();
      await pullNext();
    };
    await Promise.all(Array.from({ length: layersAtATime }, pullNext));
  }
}
