// Makes a search write given token sequences: terms and protected spans that it lost when it was free. Runs anywhere.

import type { LogitsProcessor } from './logitsProcessors';
import type { ScoreRow } from './scoreRow';

/** How a sequence may be written: at the start of a word, or inside one. */
export type RequiredSequence = readonly (readonly number[])[];

/**
 * No end token before each sequence stands in the output; a sequence that was begun is finished; where the model would end, the
 * first missing sequence begins. A simple form of Hokamp and Liu 2017 (grid beam search): the beams choose the place, the rule
 * only sees to it that there is one.
 */
export function requireSequences(
  sequences: readonly RequiredSequence[],
  eosTokenIds: readonly number[],
): LogitsProcessor {
  return {
    apply: (generated, row) => {
      const missing = missingOf(sequences, generated);
      if (missing.length === 0) return;
      const next = continuationOf(missing, generated);
      if (next !== undefined) row.replaceBy([next]);
      else if (eosTokenIds.includes(bestOf(row))) row.replaceBy([...new Set(missing[0].map(form => form[0]))]);
      else for (const id of eosTokenIds) row.remove(id);
    },
    reach: () => eosTokenIds.length,
  };
}

function bestOf(row: ScoreRow): number {
  let best = 0;
  for (let index = 1; index < row.values.length; index++) if (row.values[index] > row.values[best]) best = index;
  return row.tokenIdAt(best);
}

/** Sequences that do not stand in the output, each taken once for each time that it is required. */
function missingOf(sequences: readonly RequiredSequence[], generated: readonly number[]): RequiredSequence[] {
  const taken = new Set<number>();
  return sequences.filter(forms => {
    for (const form of forms)
      for (let start = 0; start + form.length <= generated.length; start++)
        if (!taken.has(start) && form.every((id, offset) => generated[start + offset] === id)) {
          taken.add(start);
          return false;
        }
    return true;
  });
}

/** The next token of the sequence of which most stands at the end. One token is enough: what was begun must be finished. */
function continuationOf(missing: readonly RequiredSequence[], generated: readonly number[]): number | undefined {
  let longest = 0;
  let next: number | undefined;
  for (const form of missing.flat())
    for (let length = Math.min(form.length - 1, generated.length); length >= 1; length--) {
      if (length <= longest) break;
      const start = generated.length - length;
      if (!form.slice(0, length).every((id, offset) => generated[start + offset] === id)) continue;
      longest = length;
      next = form[length];
      break;
    }
  return next;
}
