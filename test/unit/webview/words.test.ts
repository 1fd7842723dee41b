import assert from 'node:assert/strict';
import type { AxisItem, Reading } from '../../../webview/reading';
import { segmentChoices } from '../../../webview/segmentChoices';
import { describeSelection, directionTitle, headName, percent, pivotNote, placeName } from '../../../webview/words';

const item = (side: AxisItem['side'], name: string, tokenIndex: number): AxisItem => ({
  side,
  name,
  tokens: [tokenIndex],
  special: false,
});

const reading: Reading = {
  kind: 'cross',
  rows: [item('target', 'Katze', 0), item('target', 'sitzt', 1)],
  columns: [item('source', 'the', 0), item('source', 'cat', 1), item('source', '</s>', 2)],
  weights: Float32Array.of(0.12, 0.71, 0.17, 0.5, 0.5, 0),
  visibleCounts: Uint32Array.of(3, 2),
  sinkShares: Float32Array.of(0.17, 0),
  hidesSinks: false,
};

/** With ordinary spaces, as they read. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('the sentences of the panel', () => {
  it('print a percentage with as many digits as say something', () => {
    const printed = [0, 0.0004, 0.004, 0.012, 0.05, 0.0996, 0.716, 1].map(value => plain(percent(value)));
    assert.deepEqual(printed, ['0 %', '<0.1 %', '0.4 %', '1.2 %', '5 %', '10 %', '72 %', '100 %']);
  });

  it('say what a word read, the strongest first', () => {
    assert.equal(
      plain(describeSelection(reading, { row: 0, column: undefined })),
      '“Katze” ← “cat” 71 %, </s> 17 %, “the” 12 %',
    );
  });

  it('leave out what is hardly read, but for the strongest', () => {
    const sharp: Reading = { ...reading, weights: Float32Array.of(0.004, 0.99, 0.006, 0.003, 0.002, 0) };
    assert.equal(plain(describeSelection(sharp, { row: 0, column: undefined })), '“Katze” ← “cat” 99 %');
    assert.equal(plain(describeSelection(sharp, { row: 1, column: undefined })), '“sitzt” ← “the” 0.3 %');
  });

  it('say who read a word', () => {
    assert.equal(
      plain(describeSelection(reading, { row: undefined, column: 1 })),
      '“cat” → “Katze” 71 %, “sitzt” 50 %',
    );
  });

  it('say what a cell holds, and what it cannot hold', () => {
    assert.equal(plain(describeSelection(reading, { row: 0, column: 1 })), '“Katze” ← “cat” 71 %');
    assert.equal(describeSelection(reading, { row: 1, column: 2 }), '“sitzt” could not see </s>: it comes later');
  });

  it('say that nothing is known of a row', () => {
    const cut: Reading = { ...reading, visibleCounts: Uint32Array.of(3, 0) };
    assert.match(describeSelection(cut, { row: 1, column: undefined }), /^“sitzt”: nothing is known/);
  });

  it('keep a name written right to left from turning the number after it', () => {
    const arabic: Reading = { ...reading, columns: [item('source', 'قط', 0), ...reading.columns.slice(1)] };
    assert.equal(plain(describeSelection(arabic, { row: 0, column: 0 })), '“Katze” ← “\u2068قط\u2069” 12 %');
  });

  it('name what was done', () => {
    const task = { kind: 'translate', from: 'English', to: 'Spanish', pivot: undefined } as const;
    assert.equal(directionTitle(task), 'English to Spanish');
    assert.equal(directionTitle({ ...task, from: undefined }), 'Translation');
    assert.equal(directionTitle({ ...task, kind: 'raw' }), 'Raw output');
    assert.equal(directionTitle({ ...task, kind: 'summarize' }), 'Summary of English text');
    assert.equal(pivotNote(task), undefined);
    const pivoted = { ...task, kind: 'summarize', pivot: { from: 'Spanish', to: 'English' } } as const;
    assert.equal(directionTitle(pivoted), 'Summary of Spanish text');
    assert.match(pivotNote(pivoted)!, /^The Spanish text was translated to English first/);
  });

  it('name layers and heads from one', () => {
    const shape = {
      layerCounts: { cross: 6, encoder: 6, decoder: 6 },
      headCounts: { cross: 8, encoder: 8, decoder: 8 },
    };
    const choice = { method: 'raw', layerIndex: 1, head: 2, variantIndex: 0 } as const;
    const name = (changes: object) => placeName('cross', { ...choice, ...changes }, shape, undefined);
    assert.equal(name({}), 'Cross attention, layer 2 of 6, head 3 of 8');
    assert.equal(name({ head: 'mean' }), 'Cross attention, layer 2 of 6, mean of 8 heads');
    assert.equal(
      name({ method: 'norm', head: 'max' }),
      'Cross attention, norm-weighted, layer 2 of 6, maximum of 8 heads',
    );
    assert.equal(name({ method: 'rollout' }), 'Cross attention, rolled out through all layers');
    assert.equal(headName('mean', 1), 'Only head');
  });
});

describe('segmentChoices', () => {
  const segments = Array.from({ length: 3000 }, (_, index) => ({ index, label: `sentence ${index}` }));

  it('offers the sentences around the current one, the first and the last', () => {
    const choices = segmentChoices(segments, 1500).map(({ value }) => Number(value));
    assert.ok(choices.length < 50);
    for (const index of [0, 1490, 1500, 1510, 2999]) assert.ok(choices.includes(index));
  });

  it('offers each sentence once, in order, wherever the current one is', () => {
    for (const count of [1, 2, 40, 41, 3000])
      for (const current of [0, Math.floor(count / 2), count - 1]) {
        const choices = segmentChoices(segments.slice(0, count), current).map(({ value }) => Number(value));
        assert.deepEqual(
          choices,
          [...new Set(choices)].sort((first, second) => first - second),
        );
        assert.ok(choices.includes(current));
        assert.ok(choices.every(index => index >= 0 && index < count));
      }
  });
});
