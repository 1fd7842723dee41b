// The map as a table: for each row what it reads most. What a screen reader, a small screen or a doubtful eye can fall back on.

import { element } from './dom';
import type { Reading } from './reading';
import { linksOf, type Selection, strongest } from './selection';
import { percent } from './words';

const linkCount = 3;
/** A row has five cells; a page has at most some thousand nodes. */
const rowLimit = 120;

export class WeightsTable {
  readonly root = element('div', {
    className: 'tableView',
    attributes: { tabindex: '0', role: 'region', 'aria-label': 'Attention as a table' },
  });

  /** Rows around the selected one where there are too many for a page. */
  show(reading: Reading, axes: readonly [rows: string, columns: string], selection: Selection | undefined): void {
    const { rows, columns, sinkShares } = reading;
    const first = Math.max(0, Math.min((selection?.row ?? 0) - rowLimit / 2, rows.length - rowLimit));
    const heads = [axes[0], `${axes[1]}, most`, 'second', 'third', 'on sinks'];
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
      rows.length > rowLimit ? `Rows ${first + 1} to ${first + body.length} of ${rows.length}` : `${rows.length} rows`;
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
