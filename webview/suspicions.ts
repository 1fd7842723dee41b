// Marks for what may be wrong with a translation, each with its reason. Pure: no DOM.

import type { PanelSegment } from '../src/protocol/webview';
import type { Reading } from './reading';
import { percent } from './words';

export type Suspicion = 'unread' | 'diffuse' | 'improbable';

export interface Mark {
  readonly suspicion: Suspicion;
  readonly side: 'source' | 'target';
  readonly tokens: readonly number[];
  /** A sentence for people. */
  readonly reason: string;
}

/** A source word that no output word gives more of its attention than this may have been left out. */
const unreadBelow = 0.15;
/** An output word whose attention is spread over more than this share of what an even spread would be reads nothing in particular. */
const diffuseAbove = 0.8;
/** Fewer columns are no spread. */
const fewestColumns = 4;
export const improbableBelow = 0.3;

export const suspicionNames: Readonly<Record<Suspicion, string>> = {
  unread: 'maybe omitted',
  diffuse: 'maybe invented',
  improbable: 'improbable',
};

/** `pair`: output words by source words, undefined while it is not known: then only probabilities are judged. */
export function suspicionsOf(segment: PanelSegment, pair: Reading | undefined): Mark[] {
  return [...(pair ? [...unread(pair), ...diffuse(pair)] : []), ...improbable(segment)];
}

function unread({ rows, columns, weights }: Reading): Mark[] {
  if (rows.length === 0) return [];
  const most = new Float32Array(columns.length);
  for (let row = 0, cell = 0; row < rows.length; row++)
    for (let column = 0; column < columns.length; column++, cell++)
      if (weights[cell] > most[column]) most[column] = weights[cell];
  return columns.flatMap(({ tokens, name, special }, column) => {
    if (special || most[column] >= unreadBelow || !isWord(name)) return [];
    const reason = `Maybe omitted: no output word gives “${name}” more than ${percent(most[column])} of its attention`;
    return [{ suspicion: 'unread', side: 'source', tokens, reason } as const];
  });
}

function diffuse({ rows, columns, weights, visibleCounts }: Reading): Mark[] {
  if (columns.length < fewestColumns) return [];
  return rows.flatMap(({ tokens, name, special }, row) => {
    if (special || !isWord(name) || visibleCounts[row] === 0) return [];
    let [spread, most] = [0, 0];
    for (const weight of weights.subarray(row * columns.length, (row + 1) * columns.length)) {
      if (weight > 0) spread -= weight * Math.log(weight);
      if (weight > most) most = weight;
    }
    if (spread / Math.log(columns.length) <= diffuseAbove) return [];
    const reason = `Maybe invented: it reads nothing in particular, at most ${percent(most)} of one source word`;
    return [{ suspicion: 'diffuse', side: 'target', tokens, reason } as const];
  });
}

function improbable({ targetTokens }: PanelSegment): Mark[] {
  return targetTokens.flatMap(({ probability, special }, token) => {
    if (special || probability === undefined || probability >= improbableBelow) return [];
    const reason = `Improbable: the model gave it ${percent(probability)}`;
    return [{ suspicion: 'improbable', side: 'target', tokens: [token], reason } as const];
  });
}

function isWord(name: string): boolean {
  return /[\p{L}\p{N}]/u.test(name);
}
