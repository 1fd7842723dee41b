// Which tokens attention rests on when it has nothing to look at. Pure.

import type { Token } from '../types';

/**
 * Indices of the tokens that stand for no text (prefix, end mark) and of a final punctuation mark: attention gathers there without
 * reading anything (Clark et al. 2019, section 3.2; Kobayashi et al. 2020). Token ranges are in `text`.
 */
export function sinkTokens(text: string, tokens: readonly Pick<Token, 'range' | 'special'>[]): number[] {
  const sinks: number[] = [];
  let last = -1;
  for (const [index, { range, special }] of tokens.entries()) {
    if (special || range[0] === range[1]) sinks.push(index);
    else if (text.slice(...range).trim() !== '') last = index;
  }
  if (last >= 0 && !/[\p{L}\p{N}]/u.test(text.slice(...tokens[last].range))) sinks.push(last);
  return sinks.sort((first, second) => first - second);
}
