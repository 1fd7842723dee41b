// The units of a text that the view draws and points at: subwords, words or sentences. Pure: no DOM.

import { wordsOf } from '../src/model/attention/words';
import type { PanelToken, PanelUnit } from '../src/protocol/webview';
import { tokenName } from './tokenText';

/** One or more tokens that are shown as one. */
export interface TextUnit {
  /** Rising. */
  readonly tokens: readonly number[];
  readonly name: string;
  /** Stands for no text: a prefix, an end mark. */
  readonly special: boolean;
}

const sentenceSegmenter = new Intl.Segmenter('und', { granularity: 'sentence' });

/** The units of a text in order of their first token; every token is in exactly one. Token ranges are in `text`. */
export function unitsOf(unit: PanelUnit, text: string, tokens: readonly PanelToken[]): TextUnit[] {
  if (unit === 'subwords') return tokens.map((_, index) => single(text, tokens, index));
  const groups = unit === 'words' ? wordsOf(text, tokens).map(word => word.tokens) : sentenceTokens(text, tokens);
  const grouped = new Set(groups.flat());
  const alone = tokens.flatMap((_, index) => (grouped.has(index) ? [] : [single(text, tokens, index)]));
  return [...groups.map(indices => group(text, tokens, indices)), ...alone].sort(
    (first, second) => first.tokens[0] - second.tokens[0],
  );
}

function single(text: string, tokens: readonly PanelToken[], index: number): TextUnit {
  const token = tokens[index];
  return { tokens: [index], name: tokenName(text, token), special: token.special || token.range[0] === token.range[1] };
}

function group(text: string, tokens: readonly PanelToken[], indices: readonly number[]): TextUnit {
  const covered = text.slice(tokens[indices[0]].range[0], tokens[indices[indices.length - 1]].range[1]).trim();
  return { tokens: indices, name: covered, special: false };
}

function sentenceTokens(text: string, tokens: readonly PanelToken[]): number[][] {
  const groups: number[][] = [];
  for (const { index: start, segment } of sentenceSegmenter.segment(text)) {
    const end = start + segment.length;
    const inside = tokens.flatMap(({ range, special }, index) =>
      // A token begins with the space before its word, which is of the sentence before.
      !special && range[0] < range[1] && range[1] > start && range[1] <= end ? [index] : [],
    );
    if (inside.length > 0) groups.push(inside);
  }
  return groups;
}
