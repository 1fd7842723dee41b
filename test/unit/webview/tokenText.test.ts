import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PanelToken } from '../../../src/protocol/webview';
import { piecesOf, tokenName } from '../../../webview/tokenText';

function token(start: number, end: number, text = '?'): PanelToken {
  return { id: 1, text, range: [start, end], special: start === end, unknown: false, probability: undefined };
}

describe('piecesOf', () => {
  it('leaves the space around a word outside its token', () => {
    const pieces = piecesOf('A cat', [token(0, 1), token(1, 5)]);
    assert.deepEqual(
      pieces.map(({ tokenIndex, text }) => [tokenIndex, text]),
      [
        [0, 'A'],
        [undefined, ' '],
        [1, 'cat'],
      ],
    );
  });

  it('keeps a token that is nothing but space', () => {
    const pieces = piecesOf('a\n\nb', [token(0, 1), token(1, 3), token(3, 4)]);
    assert.deepEqual(pieces[1], { tokenIndex: 1, text: '\n\n', bare: false });
  });

  it('shows tokens without text of their own by their vocabulary entry', () => {
    const pieces = piecesOf('é', [
      token(0, 0, '<2es>'),
      token(0, 1, '<0xC3>'),
      token(0, 1, '<0xA9>'),
      token(1, 1, '</s>'),
    ]);
    assert.deepEqual(pieces, [
      { tokenIndex: 0, text: '<2es>', bare: true },
      { tokenIndex: 1, text: 'é', bare: false },
      { tokenIndex: 2, text: '<0xA9>', bare: true },
      { tokenIndex: 3, text: '</s>', bare: true },
    ]);
  });

  it('gives the text back and every token exactly one piece, whatever the ranges', () => {
    const ranges = fc.array(fc.tuple(fc.nat(30), fc.nat(6)));
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), ranges, (text, spans) => {
        const tokens = spans.map(([start, length]) => token(start, start + length));
        const pieces = piecesOf(text, tokens);
        assert.equal(
          pieces
            .filter(({ bare }) => !bare)
            .map(piece => piece.text)
            .join(''),
          text,
        );
        const shown = pieces.flatMap(({ tokenIndex }) => tokenIndex ?? []);
        assert.deepEqual(
          shown,
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
