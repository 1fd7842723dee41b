// Cuts a text into the pieces that are shown: tokens and the text between them. Pure.

import type { PanelToken } from '../src/protocol/webview';

/** Text that belongs to no token (`tokenIndex` undefined), or a token. */
export interface TextPiece {
  readonly tokenIndex: number | undefined;
  readonly text: string;
  /** True when the token stands for no text of its own (a prefix, `</s>`, a later byte of one character): `text` is its vocabulary entry. */
  readonly bare: boolean;
}

/**
 * The pieces of `text` in reading order: joined, the pieces that are not bare give `text` back. Every token has exactly one
 * piece. Space around a token is left outside it, so that a tint or an underline covers the word and not the gap; a token
 * that is nothing but space keeps it.
 */
export function piecesOf(text: string, tokens: readonly PanelToken[]): TextPiece[] {
  const pieces: TextPiece[] = [];
  let shown = 0;
  const showGap = (end: number) => {
    if (end > shown) pieces.push({ tokenIndex: undefined, text: text.slice(shown, end), bare: false });
    shown = Math.max(shown, end);
  };
  tokens.forEach((token, tokenIndex) => {
    const end = Math.min(token.range[1], text.length);
    const start = Math.max(token.range[0], shown);
    if (start >= end) {
      pieces.push({ tokenIndex, text: token.text, bare: true });
      return;
    }
    const covered = text.slice(start, end);
    const isSpace = covered.trim() === '';
    const from = isSpace ? start : start + (covered.length - covered.trimStart().length);
    const to = isSpace ? end : end - (covered.length - covered.trimEnd().length);
    showGap(from);
    pieces.push({ tokenIndex, text: text.slice(from, to), bare: false });
    shown = to;
  });
  showGap(text.length);
  return pieces;
}

/** A short name for a token, for labels and sentences: its text, or words for what cannot be seen. */
export function tokenName(text: string, token: PanelToken): string {
  const covered = text.slice(token.range[0], token.range[1]);
  if (covered === '') return token.text;
  if (covered.trim() !== '') return covered.trim();
  return covered.includes('\n') ? 'line break' : 'space';
}
