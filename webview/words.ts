// Every sentence of the panel that is made of names and numbers. Pure: no DOM.

import type { PanelMode, PanelOutput } from '../src/protocol/webview';
import type { Reading } from './reading';
import { linksOf, type Selection, strongest, weightAt } from './selection';

const space = '\u00a0'; // a number and its unit stay on one line

/** A weight or probability of 0 to 1 as a percentage, with a digit more where it is small. */
export function percent(value: number): string {
  const percentage = value * 100;
  if (percentage === 0) return `0${space}%`;
  if (percentage < 0.1) return `<0.1${space}%`;
  if (percentage < 9.95) return `${percentage.toFixed(1).replace(/\.0$/, '')}${space}%`;
  return `${percentage.toFixed(0)}${space}%`;
}

export const modeNames: Readonly<Record<PanelMode, string>> = {
  alignment: 'Word alignment',
  cross: 'Cross: output reads source',
  encoder: 'Encoder: source reads itself',
  decoder: 'Decoder: output reads itself',
};

/** The axes of the grid, rows first. */
export const axisNames: Readonly<Record<PanelMode, readonly [rows: string, columns: string]>> = {
  alignment: ['Output word', 'comes from source word'],
  cross: ['Output word', 'reads source word'],
  encoder: ['Source word', 'reads source word'],
  decoder: ['Output word', 'reads earlier output'],
};

/** One sentence about what the mode draws. */
export function modeDescription(mode: PanelMode, output: PanelOutput): string {
  switch (mode) {
    case 'alignment': {
      const { layer, heads } = output.alignment!;
      const headWords = heads.length === 1 ? `head ${heads[0] + 1}` : `heads ${heads.map(head => head + 1).join(', ')}`;
      return `Which source word each output word comes from, read from cross attention (layer ${layer + 1}, ${headWords}).`;
    }
    case 'cross':
      return 'Which source words the decoder looked at when it chose each output word.';
    case 'encoder':
      return 'Which source words each source word looked at while the source was read.';
    case 'decoder':
      return 'Which of its own earlier words the decoder looked at when it chose each output word.';
  }
}

/** "Layer 2 of 6, mean of 8 heads": where the shown weights come from. */
export function placeName(
  layerIndex: number,
  layerCount: number,
  headIndex: number | undefined,
  headCount: number,
): string {
  return `Layer ${layerIndex + 1} of ${layerCount}, ${headName(headIndex, headCount).toLowerCase()}`;
}

export function headName(headIndex: number | undefined, headCount: number): string {
  if (headIndex !== undefined) return `Head ${headIndex + 1} of ${headCount}`;
  return headCount === 1 ? 'Only head' : `Mean of ${headCount} heads`;
}

/** How many links a sentence names. */
const namedLinkCount = 3;

/**
 * A selection as one line: `“Katze” ← “cat” 71 %, “the” 12 %` for what a row read, `“cat” → “Katze” 71 %` for the rows
 * that read a column, `“Katze” ← “cat” 71 %` for a cell.
 */
export function describeSelection(reading: Reading, selection: Selection): string {
  const { row, column } = selection;
  if (row === undefined) {
    const links = strongest(linksOf(reading, selection), namedLinkCount);
    const readers = links.map(link => `${quoted(reading.rows[link.index].name)} ${percent(link.weight)}`);
    return `${quoted(reading.columns[column!].name)} → ${readers.join(', ') || 'nothing'}`;
  }
  const reader = quoted(reading.rows[row].name);
  if (reading.visibleCounts[row] === 0) return `${reader}: no step read this token, the output ended with it`;
  if (column !== undefined) {
    const read = quoted(reading.columns[column].name);
    const weight = weightAt(reading, row, column);
    return weight === undefined
      ? `${reader} could not see ${read}: it came later`
      : `${reader} ← ${read} ${percent(weight)}`;
  }
  const links = strongest(linksOf(reading, selection), namedLinkCount);
  const read = links.map(link => `${quoted(reading.columns[link.index].name)} ${percent(link.weight)}`);
  return `${reader} ← ${read.join(', ')}`;
}

const rightToLeft = /\p{Script=Arabic}|\p{Script=Hebrew}|\p{Script=Syriac}|\p{Script=Thaana}|\p{Script=Nko}/u;

/** Tokens such as `</s>` and `<2es>` carry their own marks; a name written right to left must not turn what follows it. */
function quoted(name: string): string {
  if (name.startsWith('<') && name.endsWith('>')) return name;
  return rightToLeft.test(name) ? `“\u2068${name}\u2069”` : `“${name}”`;
}
