import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PanelToken } from '../../../src/protocol/webview';
import { unitsOf } from '../../../webview/textUnits';
import { type PieceUnit, piecesOf, tokenName } from '../../../webview/tokenText';

function token(start: number, end: number, text = '?'): PanelToken {
  return { id: 1, text, range: [start, end], special: start === end, unknown: false, probability: undefined };
}

/** Every token a unit of its own. */
const pieces = (text: string, tokens: readonly PanelToken[]) =>
  piecesOf(text, tokens, unitsOf('subwords', text, tokens));
const tokenOf = (piece: PieceUnit) => piece.unit?.tokens[0];

describe('piecesOf', () => {
  it('leaves the space around a word outside its token', () => {
    const shown = pieces('A cat', [token(0, 1), token(1, 5)]);
    assert.deepEqual(
      shown.map(piece => [tokenOf(piece), piece.text]),
      [
        [0, 'A'],
        [undefined, ' '],
        [1, 'cat'],
      ],
    );
  });

  it('keeps a token that is nothing but space', () => {
    const [, space] = pieces('a\n\nb', [token(0, 1), token(1, 3), token(3, 4)]);
    assert.deepEqual([tokenOf(space), space.text, space.bare], [1, '\n\n', false]);
  });

  it('shows tokens without text of their own by their vocabulary entry', () => {
    const shown = pieces('é', [
      token(0, 0, '<2es>'),
      token(0, 1, '<0xC3>'),
      token(0, 1, '<0xA9>'),
      token(1, 1, '</s>'),
    ]);
    assert.deepEqual(
      shown.map(piece => [tokenOf(piece), piece.text, piece.bare]),
      [
        [0, '<2es>', true],
        [1, 'é', false],
        [2, '<0xA9>', true],
        [3, '</s>', true],
      ],
    );
  });

  it('gives the text back and every token exactly one piece, whatever the ranges', () => {
    const ranges = fc.array(fc.tuple(fc.nat(30), fc.nat(6)));
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), ranges, (text, spans) => {
        const tokens = spans.map(([start, length]) => token(start, start + length));
        const shown = pieces(text, tokens);
        assert.equal(
          shown
            .filter(({ bare }) => !bare)
            .map(piece => piece.text)
            .join(''),
          text,
        );
        assert.deepEqual(
          shown.flatMap(piece => tokenOf(piece) ?? []),
          tokens.map((_, i) => i),
        );
      }),
    );
  });
});

describe('tokenName', () => {
  it('has words for what cannot be seen', () => {
    assert.equal(tokenName('a \n', token(0, 2)), 'a');
    assert.equal(tokenName('a \n', token(1, 2)), 'space');
    assert.equal(tokenName('a \n', token(2, 3)), 'line break');
    assert.equal(tokenName('a', token(1, 1, '</s>')), '</s>');
  });
});

describe('a unit of several tokens', () => {
  it('is one piece', () => {
    const tokens = [token(0, 2), token(2, 4), token(4, 9)];
    const shown = piecesOf('Open that', tokens, unitsOf('words', 'Open that', tokens));
    assert.deepEqual(
      shown.map(({ text }) => text),
      ['Open', ' ', 'that'],
    );
  });
});
