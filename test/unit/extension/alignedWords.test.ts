import assert from 'node:assert/strict';
import { SegmentAlignments } from '../../../src/extension/alignedWords';
import type { WordAlignment } from '../../../src/model/attention/methods';
import type { AlignParams } from '../../../src/protocol/engine';
import { outputs } from '../../ui/harness/panelFixtures';

/** Word i of the output comes from word i of the source. */
async function diagonal({ sourceWords, targetWords }: AlignParams): Promise<WordAlignment> {
  const count = Math.min(sourceWords.length, targetWords.length);
  return {
    sourceWords,
    targetWords,
    links: Array.from({ length: count }, (_, index) => [index, index, 1] as const),
    weights: { rowCount: targetWords.length, columnCount: sourceWords.length, data: new Float32Array() },
    heads: { layer: 0, heads: [1], inputShift: true },
    origin: 'declared',
    doubts: [],
  };
}

describe('SegmentAlignments', () => {
  const content = outputs.sentence();
  const { source, target } = content.result;
  const textOf = (text: string, range: readonly [number, number] | undefined) => range && text.slice(...range);

  it('finds the word at an offset and what it is linked to, in whichever text and segment', async () => {
    const words = new SegmentAlignments(content, diagonal);
    const first = await words.at('source', source.indexOf('server') + 2);
    assert.equal(textOf(source, first?.word), 'server');
    assert.deepEqual(
      first?.linked.map(range => target.slice(...range)),
      ['servidor'],
    );
    assert.deepEqual([first?.segmentIndex, first?.side, first?.tokens], [0, 'source', [2]]);
    const second = await words.at('target', target.indexOf('Establezca'));
    assert.deepEqual([second?.segmentIndex, textOf(source, second?.linked[0])], [1, 'Set']);
  });

  it('finds the same word by its tokens, first or later ones', async () => {
    const words = new SegmentAlignments(content, diagonal);
    const at = await words.at('target', target.indexOf('almacena') + 7);
    assert.deepEqual(at?.tokens, [3, 4]);
    for (const tokens of [[3, 4], [4]])
      assert.deepEqual(await words.of({ segmentIndex: 0, side: 'target', tokens }), at);
  });

  it('gives nothing where there is no word or no alignment, and asks again after a failure', async () => {
    const words = new SegmentAlignments(content, diagonal);
    assert.equal(await words.of({ segmentIndex: 0, side: 'source', tokens: [0] }), undefined, 'the prefix is no word');
    const none = { reason: 'no-heads', rule: 'r', found: 'f' } as const;
    assert.equal(await new SegmentAlignments(content, async () => none).at('source', 1), undefined);
    let calls = 0;
    const failing = new SegmentAlignments(content, async params => {
      if (calls++ === 0) throw new Error('gone');
      return diagonal(params);
    });
    await assert.rejects(failing.at('source', 1));
    assert.ok(await failing.at('source', 1));
    assert.ok(await failing.at('source', 5));
    assert.equal(calls, 2, 'an alignment is computed once');
  });
});
