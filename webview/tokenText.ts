// Cuts a text into the pieces that are shown: units and the text between them. Pure.

import type { PanelToken } from '../src/protocol/webview';
import * as l10n from './l10n';
import type { TextUnit } from './textUnits';

/** Text that belongs to no unit (`unit` undefined), or a unit. */
export interface PieceUnit {
  readonly unit: TextUnit | undefined;
  readonly text: string;
  /** True when the unit stands for no text of its own (a prefix, `</s>`, a later byte of one character): `text` is its vocabulary entry. */
  readonly bare: boolean;
}

/**
 * The pieces of `text` in reading order: joined, the pieces that are not bare give `text` back. Every unit has exactly one
 * piece. Space around a unit is left outside it, so that a tint or an underline covers the word and not the gap; a unit
 * that is nothing but space keeps it.
 */
export function piecesOf(text: string, tokens: readonly PanelToken[], units: readonly TextUnit[]): PieceUnit[] {
  const pieces: PieceUnit[] = [];
  let shown = 0;
  const showGap = (end: number) => {
    if (end > shown) pieces.push({ unit: undefined, text: text.slice(shown, end), bare: false });
    shown = Math.max(shown, end);
  };
  for (const unit of units) {
    const [first, last] = [tokens[unit.tokens[0]], tokens[unit.tokens[unit.tokens.length - 1]]];
    const end = Math.min(last.range[1], text.length);
    const start = Math.max(first.range[0], shown);
    if (start >= end) {
      pieces.push({ unit, text: first.text, bare: true });
      continue;
    }
    const covered = text.slice(start, end);
    const isSpace = covered.trim() === '';
    const from = isSpace ? start : start + (covered.length - covered.trimStart().length);
    const to = isSpace ? end : end - (covered.length - covered.trimEnd().length);
    showGap(from);
    pieces.push({ unit, text: text.slice(from, to), bare: false });
    shown = to;
  }
  showGap(text.length);
  return pieces;
}

/** A short name for a token, for labels and sentences: its text, or words for what cannot be seen. */
export function tokenName(text: string, token: PanelToken): string {
  const covered = text.slice(token.range[0], token.range[1]);
  if (covered === '') return token.text;
  if (covered.trim() !== '') return covered.trim();
  return covered.includes('\n') ? l10n.t('line break') : l10n.t('space');
}
