// What is drawn and what it does not mean, in two minutes.

import { element } from './dom';
import * as l10n from './l10n';

const parts: readonly (readonly [title: string, text: string])[] = [
  [
    l10n.t('What you see'),
    l10n.t(
      'The model reads the source (encoder), then writes the output token by token (decoder). Each of its heads shares out 100 % of its attention in every row: over the source (cross), over the source by itself (encoder), or over what is already written (decoder). A cell is one such share; a row adds up to 100 %. Hatched cells could not be seen at all: they come later.',
    ),
  ],
  [
    l10n.t('Start with the text'),
    l10n.t(
      'Point at a word: the words it comes from are tinted on the other side. Click to pin it; the caret in an editor of either text does the same. Underlines are thicker where the model was surer. Marked words deserve a second look: source words that no output word reads and without which the output is as probable (maybe omitted), improbable words that the source does not make more probable (maybe invented), words that the model found improbable. A mark is a hint, not a verdict: of the words maybe omitted about two in three are.',
    ),
  ],
  [
    l10n.t('Heads and layers'),
    l10n.t(
      'Each thumbnail is one head. Sort them to find those that point clearly (sharpness), spread wide (low or high entropy), rest on sinks, or look near or far. Click one to see it large, Shift+click to put a second one beside it.',
    ),
  ],
  [
    l10n.t('Methods'),
    l10n.t(
      'Alignment: which word comes from which, read from the heads that do this best, one step later, sinks left out. Raw: the weights as they are. Norm-weighted: weights times the length of what is handed on (Kobayashi et al. 2020). Rollout: followed through all layers (Abnar and Zuidema 2020). Occlusion: what changes when a source word is hidden; slow, but it measures an effect.',
    ),
  ],
  [
    l10n.t('Sinks'),
    l10n.t(
      'Heads with nothing to look at rest on end marks, prefixes and final punctuation. The narrow strip beside the grid shows how much. Hide sinks leaves those columns out and divides the rest so that rows add up again: small weights then look larger than they are.',
    ),
  ],
  [
    l10n.t('One cell'),
    l10n.t(
      'Click a cell: its query, key, their products, the score, the softmax and the value are the model’s own numbers.',
    ),
  ],
  [
    l10n.t('What it does not mean'),
    l10n.t(
      'Attention is where the model looked, not why. A large weight may carry little, a small one much; other weights can give the same output (Jain and Wallace 2019; Wiegreffe and Pinter 2019). Words of several tokens are put together here: columns added, rows averaged.',
    ),
  ],
];

export const keyHelp: readonly (readonly [keys: readonly string[], effect: string])[] = [
  [['←', '↑', '↓', '→'], l10n.t('move')],
  [['Enter'], l10n.t('pin')],
  [['Esc'], l10n.t('unpin')],
  [['PgUp', 'PgDn'], l10n.t('layer')],
  [['[', ']'], l10n.t('head')],
  [['M'], l10n.t('mean of heads')],
  [['/'], l10n.t('find a word')],
  [['E'], l10n.t('export')],
  [['+', '−', '0'], l10n.t('zoom')],
];

export class Help {
  readonly root: HTMLElement;

  constructor() {
    this.root = element(
      'section',
      { className: 'help', attributes: { id: 'help', 'aria-label': l10n.t('What is drawn') } },
      ...parts.map(([title, text]) => element('div', {}, element('h2', { text: title }), element('p', { text }))),
    );
    this.root.hidden = true;
  }
}

/** The keys as one line. */
export function keysLine(): HTMLElement {
  return element(
    'p',
    { className: 'keys', attributes: { id: 'keys' } },
    ...keyHelp.map(([keys, effect]) =>
      element('span', {}, ...keys.map(text => element('kbd', { text })), document.createTextNode(` ${effect} `)),
    ),
  );
}
