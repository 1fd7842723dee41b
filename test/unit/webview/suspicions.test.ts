import assert from 'node:assert/strict';
import { panelSegment } from '../../../src/extension/panelOutput';
import type { Reading } from '../../../webview/reading';
import { suspicionsOf } from '../../../webview/suspicions';
import { outputs } from '../../ui/harness/panelFixtures';

const segment = panelSegment(outputs.sentence(), 0);

function pairOf(rows: readonly (readonly number[])[], columnNames: readonly string[]): Reading {
  const item = (side: 'source' | 'target') => (name: string, token: number) => ({
    side,
    name,
    tokens: [token],
    special: false,
  });
  return {
    kind: 'cross',
    rows: rows.map((_, row) => item('target')(`word${row}`, row)),
    columns: columnNames.map(item('source')),
    weights: Float32Array.from(rows.flat()),
    visibleCounts: new Uint32Array(rows.length).fill(columnNames.length),
    sinkShares: new Float32Array(rows.length),
    hidesSinks: true,
  };
}

const sharp = [0.97, 0.01, 0.01, 0.01];
const even = [0.25, 0.25, 0.25, 0.25];

describe('suspicionsOf', () => {
  it('marks improbable tokens with their probability', () => {
    const marks = suspicionsOf(segment, undefined);
    assert.deepEqual(
      marks.map(({ suspicion, side, tokens }) => [suspicion, side, ...tokens]),
      [['improbable', 'target', 9]],
    );
    assert.match(marks[0].reason, /gave it 24\s%/);
  });

  it('marks source words that no output word read, but no punctuation', () => {
    const marks = suspicionsOf(segment, pairOf([sharp, sharp], ['cat', 'dog', '.', '7'])).filter(
      ({ side }) => side === 'source',
    );
    assert.deepEqual(
      marks.map(({ suspicion, tokens }) => [suspicion, ...tokens]),
      [
        ['unread', 1],
        ['unread', 3],
      ],
    );
    assert.match(marks[0].reason, /“dog”/);
  });

  it('marks output words that read nothing in particular', () => {
    const marks = suspicionsOf(segment, pairOf([sharp, even], ['a', 'b', 'c', 'd']));
    assert.deepEqual(
      marks.filter(({ suspicion }) => suspicion === 'diffuse').map(({ tokens }) => [...tokens]),
      [[1]],
    );
  });

  it('calls nothing spread where there is little to spread over', () => {
    const marks = suspicionsOf(segment, pairOf([[0.5, 0.5]], ['a', 'b']));
    assert.equal(
      marks.some(({ suspicion }) => suspicion === 'diffuse'),
      false,
    );
  });
});
