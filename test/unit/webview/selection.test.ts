import assert from 'node:assert/strict';
import { type PanelContent, panelSegment } from '../../../src/extension/panelOutput';
import { type AttentionKind, layerOf, meanOverHeads } from '../../../src/model/attention/maps';
import { type Reading, readingOf } from '../../../webview/reading';
import { combine, linksOf, moved, selectionOfTokens, strongest, topShare, weightAt } from '../../../webview/selection';
import { mapsOf, outputs } from '../../ui/harness/panelFixtures';

function readingFrom(content: PanelContent, kind: AttentionKind, unit: 'subwords' | 'words' = 'subwords'): Reading {
  const map = mapsOf(content, 0)[kind];
  const [, headCount, rowCount, columnCount] = map.shape;
  const data = meanOverHeads(layerOf(map, 0), headCount);
  const matrix = { rowCount, columnCount, data, rowPool: 1, columnPool: 1 };
  return readingOf(kind, panelSegment(content, 0), matrix, unit, false);
}

const content = outputs.sentence();
const cross = readingFrom(content, 'cross');
const decoder = readingFrom(content, 'decoder');

describe('a selection', () => {
  it('takes a token as the row that reads before it takes it as a column', () => {
    assert.deepEqual(selectionOfTokens(cross, 'target', [2]), { row: 2, column: undefined });
    assert.deepEqual(selectionOfTokens(cross, 'source', [2]), { row: undefined, column: 2 });
    assert.deepEqual(selectionOfTokens(decoder, 'target', [2]), { row: 2, column: undefined });
    assert.equal(selectionOfTokens(decoder, 'source', [2]), undefined);
  });

  it('stays pinned while other tokens are pointed at, and becomes a cell with a token across', () => {
    const pinned = { row: 3, column: undefined };
    assert.deepEqual(combine(cross, pinned, undefined), pinned);
    assert.deepEqual(combine(cross, pinned, { row: 5, column: undefined }), pinned);
    assert.deepEqual(combine(cross, pinned, { row: undefined, column: 4 }), { row: 3, column: 4 });
    assert.deepEqual(combine(cross, { row: undefined, column: 4 }, { row: 5, column: undefined }), {
      row: 5,
      column: 4,
    });
  });

  it('becomes a cell with a token of the same side where that is also a column', () => {
    // Target token 1 is the decoder's input at column 2, after the start token.
    assert.deepEqual(combine(decoder, { row: 3, column: undefined }, { row: 1, column: undefined }), {
      row: 3,
      column: 2,
    });
  });

  it('links a row to what it could see, and nothing else', () => {
    const links = linksOf(decoder, { row: 2, column: undefined });
    assert.deepEqual(
      links.map(({ index }) => index),
      [0, 1, 2],
    );
    assert.ok(Math.abs(links.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-5);
  });

  it('links a column to the rows that saw it', () => {
    const last = decoder.columns.length - 1;
    assert.deepEqual(
      linksOf(decoder, { row: undefined, column: last }).map(({ index }) => index),
      [last],
    );
  });

  it('goes with its tokens into another reading, of other units too', () => {
    const words = readingFrom(content, 'cross', 'words');
    const encoder = readingFrom(content, 'encoder');
    // "almac" and "ena" are one word, as are "does", "n" and "'t".
    assert.deepEqual(moved({ row: 4, column: 5 }, cross, words), { row: 3, column: 3 });
    assert.deepEqual(moved({ row: undefined, column: 5 }, cross, encoder), { row: undefined, column: 5 });
    assert.deepEqual(moved({ row: 2, column: 5 }, cross, decoder), { row: 2, column: undefined });
    assert.equal(moved({ row: 2, column: undefined }, cross, encoder), undefined);
  });

  it('has no weight where a row could not see', () => {
    assert.equal(weightAt(decoder, 0, 1), undefined);
    assert.equal(weightAt(decoder, 0, 0), 1);
  });

  const links = [0.1, 0.6, 0.3].map((weight, index) => ({ index, weight }));

  it('names the strongest links first', () => {
    assert.deepEqual(
      strongest(links, 2).map(({ index }) => index),
      [1, 2],
    );
  });

  it('draws as many links as hold the share of the attention that is asked for', () => {
    const indices = (mass: number) => topShare(links, mass).map(({ index }) => index);
    assert.deepEqual(indices(0.5), [1]);
    assert.deepEqual(indices(0.7), [1, 2]);
    assert.deepEqual(indices(1), [1, 2, 0]);
    assert.deepEqual(topShare([{ index: 0, weight: 0 }], 1), []);
  });
});
