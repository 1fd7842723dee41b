// How the words of the text pair are marked for a selection in a map. Pure: no DOM.

import type { AxisItem, Reading } from './reading';
import { linksOf, type Selection, strongest } from './selection';
import { noMarks, type PairMarks, type SideMarks } from './textPair';

/** A word that is read less than this is no help in the text, it is only noise. */
const faintestTint = 0.004;
/** Text keeps a contrast of 4.5 on the strongest tint in VS Code's default themes. */
export const strongestTint = 0.36;
/** A link this weak is not the answer to "where did it look". */
const weakestLink = 0.15;

export function pairMarksOf(
  reading: Reading | undefined,
  selection: Selection | undefined,
  pinned: Selection | undefined,
): PairMarks {
  if (!reading || !selection) return noMarks;
  const marks = { source: emptyMarks(), target: emptyMarks() };
  const { row, column } = selection;
  const [own, across] = row === undefined ? [reading.columns, reading.rows] : [reading.rows, reading.columns];
  const links = linksOf(reading, selection);
  for (const { index, weight } of links) {
    if (weight < faintestTint) continue;
    const { side, tokens } = across[index];
    for (const token of tokens) marks[side].tints.set(token, Math.sqrt(Math.min(weight, 1)) * strongestTint);
  }
  const [best] = strongest(links, 1);
  const bestIndex = best && best.weight >= weakestLink ? best.index : undefined;
  const linkedIndex = row !== undefined && column !== undefined ? column : bestIndex;
  if (linkedIndex !== undefined) marks[across[linkedIndex].side].linked = across[linkedIndex].tokens;
  const active = own[(row ?? column)!];
  if (active) marks[active.side].active = active.tokens;
  const pin = pinnedItem(reading, pinned);
  if (pin) marks[pin.side].pinned = pin.tokens;
  return marks;
}

/** The word that a pin sits on: of a cell its row's. */
export function pinnedItem(reading: Reading, pinned: Selection | undefined): AxisItem | undefined {
  if (!pinned) return undefined;
  return pinned.row === undefined ? reading.columns[pinned.column!] : reading.rows[pinned.row];
}

function emptyMarks(): { -readonly [Key in keyof SideMarks]: SideMarks[Key] } & { tints: Map<number, number> } {
  return { tints: new Map(), active: [], linked: [], pinned: [] };
}
