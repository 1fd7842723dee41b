import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PanelToken } from '../../../src/protocol/webview';
import { unitsOf } from '../../../webview/textUnits';

const token = (start: number, end: number, text = '?'): PanelToken => ({
  id: 1,
  text,
  range: [start, end],
  special: start === end,
  unknown: false,
  probability: undefined,
});

/** "Open it. Don't wait." with a prefix, words of two tokens and an end mark. */
const text = "Open it. Don't wait.";
const spans = [
  [0, 0],
  [0, 2],
  [2, 4],
  [4, 7],
  [7, 8],
  [8, 12],
  [12, 14],
  [14, 19],
  [19, 20],
  [20, 20],
] as const;
const tokens = spans.map(([start, end]) => token(start, end, start === 0 ? '<2es>' : '</s>'));

const namesOf = (unit: Parameters<typeof unitsOf>[0]) => unitsOf(unit, text, tokens).map(({ name }) => name);

describe('unitsOf', () => {
  it('puts the tokens of a word together and leaves special tokens alone', () => {
    assert.deepEqual(namesOf('words'), ['<2es>', 'Open', 'it', '.', "Don't", 'wait', '.', '</s>']);
  });

  it('puts the tokens of a sentence together', () => {
    assert.deepEqual(namesOf('sentences'), ['<2es>', 'Open it.', "Don't wait.", '</s>']);
  });

  it('keeps every token for itself as subwords', () => {
    assert.equal(unitsOf('subwords', text, tokens).length, tokens.length);
  });

  it('has every token in exactly one unit, in order, whatever the ranges', () => {
    const steps = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { maxLength: 12 });
    fc.assert(
      fc.property(
        fc.string({ maxLength: 30 }),
        steps,
        fc.constantFrom('words', 'sentences', 'subwords'),
        (any, gaps, unit) => {
          let end = 0;
          const rising = gaps.map(([gap, length]) => {
            const start = Math.min(end + gap, any.length);
            end = Math.min(start + length, any.length);
            return token(start, end);
          });
          const units = unitsOf(unit as 'words', any, rising);
          const seen = units.flatMap(item => item.tokens).sort((first, second) => first - second);
          assert.deepEqual(seen, [...rising.keys()]);
          const firsts = units.map(item => item.tokens[0]);
          assert.deepEqual(
            firsts,
            firsts.toSorted((first, second) => first - second),
          );
        },
      ),
    );
  });
});
