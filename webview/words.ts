// Every sentence of the panel that is made of names and numbers. Pure: no DOM.

import type { AttentionKind } from '../src/model/attention/maps';
import type { AttentionMethod, Unavailable, WordAlignment } from '../src/model/attention/methods';
import type { PanelChoice, PanelHead, PanelOutput, PanelTask } from '../src/protocol/webview';
import * as l10n from './l10n';
import type { Reading } from './reading';
import { type Link, linksOf, type Selection, strongest, weightAt } from './selection';

const space = '\u00a0'; // a number and its unit stay on one line

/** A weight or probability of 0 to 1 as a percentage, with a digit more where it is small. */
export function percent(value: number): string {
  const percentage = value * 100;
  if (percentage === 0) return `0${space}%`;
  if (percentage < 0.1) return `<0.1${space}%`;
  if (percentage < 9.95) return `${percentage.toFixed(1).replace(/\.0$/, '')}${space}%`;
  return `${percentage.toFixed(0)}${space}%`;
}

export const kindNames: Readonly<Record<AttentionKind, string>> = {
  cross: l10n.t('Cross'),
  encoder: l10n.t('Encoder'),
  decoder: l10n.t('Decoder'),
};

export const methodNames: Readonly<Record<AttentionMethod, string>> = {
  alignment: l10n.t('Alignment'),
  raw: l10n.t('Raw'),
  norm: l10n.t('Norm-weighted'),
  rollout: l10n.t('Rollout'),
  occlusion: l10n.t('Occlusion'),
};

/** The axes of a map, rows first. */
export function axisNames(kind: AttentionKind, method: AttentionMethod): readonly [rows: string, columns: string] {
  if (method === 'alignment') return [l10n.t('output word'), l10n.t('comes from source word')];
  if (method === 'occlusion') return [l10n.t('output word'), l10n.t('changes without source word')];
  switch (kind) {
    case 'encoder':
      return [l10n.t('source word'), l10n.t('reads source word')];
    case 'decoder':
      return [l10n.t('output word'), l10n.t('reads earlier output')];
    case 'cross':
      return [l10n.t('output word'), l10n.t('reads source word')];
  }
}

const kindTitles: Readonly<Record<AttentionKind, string>> = {
  cross: l10n.t('Cross attention'),
  encoder: l10n.t('Encoder self-attention'),
  decoder: l10n.t('Decoder self-attention'),
};

/** "Cross attention, layer 2 of 6, head 3 of 8": where the shown weights come from. */
export function placeName(
  kind: AttentionKind,
  { method, layerIndex, head }: PanelChoice,
  { layerCounts, headCounts }: Pick<PanelOutput, 'layerCounts' | 'headCounts'>,
  alignment: WordAlignment | undefined,
): string {
  if (method === 'alignment') {
    if (!alignment) return l10n.t('Word alignment');
    const { heads, origin } = alignment;
    const names = heads.heads.map(index => index + 1).join(', ');
    const which =
      heads.heads.length === headCounts.cross
        ? l10n.t('all heads')
        : heads.heads.length === 1
          ? l10n.t('head {0}', names)
          : l10n.t('heads {0}', names);
    return origin === 'declared'
      ? l10n.t('Word alignment, declared: layer {0}, {1}', heads.layer + 1, which)
      : l10n.t('Word alignment, calibrated: layer {0}, {1}', heads.layer + 1, which);
  }
  const title = kindTitles[kind];
  if (method === 'rollout') return l10n.t('{0}, rolled out through all layers', title);
  if (method === 'occlusion') return l10n.t('{0}: what hiding a source word changes', title);
  const weighted = method === 'norm' ? l10n.t('{0}, norm-weighted', title) : title;
  const name = headName(head, headCounts[kind]).toLowerCase();
  return l10n.t('{0}, layer {1} of {2}, {3}', weighted, layerIndex + 1, layerCounts[kind], name);
}

export function headName(head: PanelHead, headCount: number): string {
  if (headCount === 1) return l10n.t('Only head');
  if (head === 'mean') return l10n.t('Mean of {0} heads', headCount);
  if (head === 'max') return l10n.t('Maximum of {0} heads', headCount);
  return l10n.t('Head {0} of {1}', head + 1, headCount);
}

/** Why a method has nothing to show, and what to do about it. */
export function unavailableSentence({ reason, found }: Unavailable): string {
  switch (reason) {
    case 'no-heads':
      return l10n.t(
        'This model names no heads for word alignments; the command “Headlight: Calibrate Alignment” chooses some.',
      );
    case 'weights-hidden':
      return l10n.t('Unavailable here: this export keeps its attention weights inside fused operators ({0}).', found);
    case 'values-hidden':
      return l10n.t('Unavailable here: the graph does not show its values and their output projection ({0}).', found);
    case 'scores-hidden':
      return l10n.t('Unavailable here: the graph does not show its queries, keys and scores ({0}).', found);
    case 'not-defined':
      return l10n.t('Unavailable here: this method says nothing of this kind of attention.');
  }
}

/** What stands above: "English to Spanish". */
export function directionTitle({ kind, from, to, pivot }: PanelTask): string {
  if (kind === 'raw') return l10n.t('Raw output');
  if (kind === 'translate') return from && to ? l10n.t('{0} to {1}', from, to) : l10n.t('Translation');
  const language = pivot?.from ?? from;
  return language ? l10n.t('Summary of {0} text', language) : l10n.t('Summary');
}

/** One sentence about how the output came to be; undefined: nothing to say. */
export function pivotNote({ pivot }: PanelTask): string | undefined {
  if (!pivot) return undefined;
  return l10n.t(
    'The {0} text was translated to {1} first; the source below is that translation.',
    pivot.from,
    pivot.to,
  );
}

/** How many links a sentence names, the strongest and those that are worth a word. */
const namedLinkCount = 3;
const leastNamedWeight = 0.01;

/**
 * A selection as one line: `“Katze” ← “cat” 71 %, “the” 12 %` for what a row read, `“cat” → “Katze” 71 %` for the rows
 * that read a column, `“Katze” ← “cat” 71 %` for a cell.
 */
export function describeSelection(reading: Reading, selection: Selection): string {
  const { row, column } = selection;
  if (row === undefined) {
    const links = namedLinks(reading, selection);
    const readers = links.map(link => `${quoted(reading.rows[link.index].name)} ${percent(link.weight)}`);
    return `${quoted(reading.columns[column!].name)} → ${readers.join(', ') || l10n.t('nothing')}`;
  }
  const reader = quoted(reading.rows[row].name);
  if (reading.visibleCounts[row] === 0) return l10n.t('{0}: nothing is known of what it read', reader);
  if (column !== undefined) {
    const read = quoted(reading.columns[column].name);
    const weight = weightAt(reading, row, column);
    return weight === undefined
      ? l10n.t('{0} could not see {1}: it comes later', reader, read)
      : `${reader} ← ${read} ${percent(weight)}`;
  }
  const links = namedLinks(reading, selection);
  const read = links.map(link => `${quoted(reading.columns[link.index].name)} ${percent(link.weight)}`);
  return `${reader} ← ${read.join(', ')}`;
}

function namedLinks(reading: Reading, selection: Selection): Link[] {
  const links = strongest(linksOf(reading, selection), namedLinkCount);
  return links.filter(({ weight }, rank) => rank === 0 || weight >= leastNamedWeight);
}

const rightToLeft = /\p{Script=Arabic}|\p{Script=Hebrew}|\p{Script=Syriac}|\p{Script=Thaana}|\p{Script=Nko}/u;

/** Tokens such as `</s>` and `<2es>` carry their own marks; a name written right to left must not turn what follows it. */
function quoted(name: string): string {
  if (name.startsWith('<') && name.endsWith('>')) return name;
  return rightToLeft.test(name) ? `“\u2068${name}\u2069”` : `“${name}”`;
}
