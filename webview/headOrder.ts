// In which order heads stand in the grid. Pure: no DOM.

import type { HeadStatistics } from '../src/model/attention/headStatistics';
import type { HeadOrder, PanelHead } from '../src/protocol/webview';
import * as l10n from './l10n';
import { percent } from './words';

export interface HeadPlace {
  readonly layerIndex: number;
  readonly head: PanelHead;
  /** Undefined until its layer has come. */
  readonly statistics: HeadStatistics | undefined;
}

export const orderNames: Readonly<Record<HeadOrder, string>> = {
  layer: l10n.t('Layer'),
  sharpness: l10n.t('Sharpness'),
  entropy: l10n.t('Entropy'),
  sinkMass: l10n.t('Sink mass'),
  distance: l10n.t('Distance'),
};

/** Every head of every layer, layer by layer, each with its mean and its maximum when there is more than one head. */
export function allHeads(
  layerCount: number,
  headCount: number,
  statisticsOf: (layerIndex: number) => readonly HeadStatistics[] | undefined,
): HeadPlace[] {
  const heads: PanelHead[] = [...Array(headCount).keys(), ...(headCount > 1 ? (['mean', 'max'] as const) : [])];
  return Array.from({ length: layerCount }, (_, layerIndex) =>
    heads.map((head, picture) => ({ layerIndex, head, statistics: statisticsOf(layerIndex)?.[picture] })),
  ).flat();
}

/**
 * Sharpest first, lowest entropy first, most on sinks first, nearest first; by layer they stay as they are. Means and maxima are
 * no heads: only the order by layer has them.
 */
export function ordered(heads: readonly HeadPlace[], order: HeadOrder): readonly HeadPlace[] {
  if (order === 'layer') return heads;
  const descending = order === 'sharpness' || order === 'sinkMass';
  const value = ({ statistics }: HeadPlace) => statistics?.[order] ?? (descending ? -Infinity : Infinity);
  const single = heads.filter(({ head }) => typeof head === 'number');
  return single.toSorted((first, second) =>
    descending ? value(second) - value(first) || 0 : value(first) - value(second) || 0,
  );
}

/** The number by which heads are ordered, as text; empty by layer. */
export function orderValue({ statistics }: HeadPlace, order: HeadOrder): string {
  if (!statistics || order === 'layer') return '';
  switch (order) {
    case 'sharpness':
    case 'sinkMass':
      return percent(statistics[order]);
    case 'entropy':
      return l10n.t('{0} bit', statistics.entropy.toFixed(1));
    case 'distance':
      return statistics.distance.toFixed(1);
  }
}
