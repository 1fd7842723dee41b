// Every sentence of the panel that is made of names and numbers. Pure: no DOM.

import type { AttentionKind } from '../src/model/attention/maps';
import type { AttentionMethod, Unavailable, WordAlignment } from '../src/model/attention/methods';
import type { PanelChoice, PanelHead, PanelOutput } from '../src/protocol/webview';
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
  cross: 'Cross',
  encoder: 'Encoder',
  decoder: 'Decoder',
};

export const methodNames: Readonly<Record<AttentionMethod, string>> = {
  alignment: 'Alignment',
  raw: 'Raw',
  norm: 'Norm-weighted',
  rollout: 'Rollout',
  occlusion: 'Occlusion',
};

/** The axes of a map, rows first. */
export function axisNames(kind: AttentionKind, method: AttentionMethod): readonly [rows: string, columns: string] {
  if (method === 'alignment') return ['output word', 'comes from source word'];
  if (method === 'occlusion') return ['output word', 'changes without source word'];
  switch (kind) {
    case 'encoder':
      return ['source word', 'reads source word'];
    case 'decoder':
      return ['output word', 'reads earlier output'];
    case 'cross':
      return ['output word', 'reads source word'];
  }
}

const kindTitles: Readonly<Record<AttentionKind, string>> = {
  cross: 'Cross attention',
  encoder: 'Encoder self-attention',
  decoder: 'Decoder self-attention',
};

/** "Cross attention, layer 2 of 6, head 3 of 8": where the shown weights come from. */
export function placeName(
  kind: AttentionKind,
  { method, layerIndex, head }: PanelChoice,
  { layerCounts, headCounts }: Pick<PanelOutput, 'layerCounts' | 'headCounts'>,
  alignment: WordAlignment | undefined,
): string {
  if (method === 'alignment') {
    if (!alignment) return 'Word alignment';
    const { heads, origin } = alignment;
    const names = heads.heads.map(index => index + 1).join(', ');
    const which =
      heads.heads.length === headCounts.cross ? 'all heads' : `${heads.heads.length === 1 ? 'head' : 'heads'} ${names}`;
    return `Word alignment, ${origin}: layer ${heads.layer + 1}, ${which}`;
  }
  const title = kindTitles[kind];
  if (method === 'rollout') return `${title}, rolled out through all layers`;
  if (method === 'occlusion') return `${title}: what hiding a source word changes`;
  const weighted = method === 'norm' ? ', norm-weighted' : '';
  return `${title}${weighted}, layer ${layerIndex + 1} of ${layerCounts[kind]}, ${headName(head, headCounts[kind]).toLowerCase()}`;
}

export function headName(head: PanelHead, headCount: number): string {
  if (headCount === 1) return 'Only head';
  if (head === 'mean') return `Mean of ${headCount} heads`;
  if (head === 'max') return `Maximum of ${headCount} heads`;
  return `Head ${head + 1} of ${headCount}`;
}

/** Why a method has nothing to show, and what to do about it. */
export function unavailableSentence({ reason, rule, found }: Unavailable): string {
  if (reason === 'no-heads')
    return 'This model names no heads for word alignments; the command “Headlight: Calibrate Alignment” chooses some.';
  return `Unavailable here: ${rule}; found: ${found}.`;
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
    return `${quoted(reading.columns[column!].name)} → ${readers.join(', ') || 'nothing'}`;
  }
  const reader = quoted(reading.rows[row].name);
  if (reading.visibleCounts[row] === 0) return `${reader}: nothing is known of what it read`;
  if (column !== undefined) {
    const read = quoted(reading.columns[column].name);
    const weight = weightAt(reading, row, column);
    return weight === undefined
      ? `${reader} could not see ${read}: it comes later`
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
