// The map as a table: for each row what it reads most. What a screen reader, a small screen or a doubtful eye can fall back on.

import { element } from './dom';
import * as l10n from './l10n';
import type { Reading } from './reading';
import { linksOf, type Selection, strongest } from './selection';
import { percent } from './words';

const linkCount = 3;
/** A row has five cells; a page has at most some thousand nodes. */
const rowLimit = 120;

export class WeightsTable {
  readonly root = element('div', {
    className: 'tableView',
    attributes: { tabindex: '0', role: 'region', 'aria-label': l10n.t('Attention as a table') },
  });

  /** Rows around the selected one where there are too many for a page. */
  show(reading: Reading, axes: readonly [rows: string, columns: string], selection: Selection | undefined): void {
    const { rows, columns, sinkShares } = reading;
    const first = Math.max(0, Math.min((selection?.row ?? 0) - rowLimit / 2, rows.length - rowLimit));
    const heads = [axes[0], l10n.t('{0}, most', axes[1]), l10n.t('second'), l10n.t('third'), l10n.t('on sinks')];
    const body = rows.slice(first, first + rowLimit).map((item, place) => {
      const row = first + place;
      const links = strongest(linksOf(reading, { row, column: undefined }), linkCount);
      const cells = Array.from({ length: linkCount }, (_, rank) => {
        const link = links[rank];
        return element('td', { text: link ? `${columns[link.index].name} ${percent(link.weight)}` : '' });
      });
      return element(
        'tr',
        {},
        element('th', { text: item.name, attributes: { scope: 'row' } }),
        ...cells,
        element('td', { text: percent(sinkShares[row]) }),
      );
    });
    const caption =
      rows.length > rowLimit
        ? l10n.t('Rows {0} to {1} of {2}', first + 1, first + body.length, rows.length)
        : l10n.t('{0} rows', rows.length);
    this.root.replaceChildren(
      element(
        'table',
        {},
        element('caption', { text: caption }),
        element(
          'thead',
          {},
          element('tr', {}, ...heads.map(text => element('th', { text, attributes: { scope: 'col' } }))),
        ),
        element('tbody', {}, ...body),
      ),
    );
  }
}
