import assert from 'node:assert/strict';
import { panelSegment } from '../../../src/extension/panelOutput';
import type { Doubt, WordAlignment } from '../../../src/model/attention/methods';
import { wordsOf } from '../../../src/model/attention/words';
import { judgedIn, suspicionsOf } from '../../../webview/suspicions';
import { outputs } from '../../ui/harness/panelFixtures';

const segment = panelSegment(outputs.sentence(), 0);
const { source, sourceTokens, target, targetTokens } = segment;

function aligned(...doubts: Doubt[]): WordAlignment {
  return {
    sourceWords: wordsOf(source, sourceTokens),
    targetWords: wordsOf(target, targetTokens),
    links: [],
    weights: { rowCount: 0, columnCount: 0, data: new Float32Array() },
    heads: { layer: 0, heads: [1], inputShift: true },
    origin: 'declared',
    doubts,
  };
}

describe('suspicionsOf', () => {
  it('marks improbable tokens with their probability', () => {
    const sure = targetTokens.map(token => ({ ...token, probability: 0.2 }));
    const marks = suspicionsOf(
      { ...segment, targetTokens: sure.with(3, { ...sure[3], probability: 0.04 }) },
      aligned(),
    );
    assert.deepEqual(
      marks.map(({ suspicion, side, tokens }) => [suspicion, side, ...tokens]),
      [['improbable', 'target', 3]],
    );
    assert.match(marks[0].reason, /gave it 4\s%/);
  });

  it('marks words that the alignment doubts, each with its name and the evidence', () => {
    const alignment = aligned({ kind: 'omitted', word: 1, value: 0.03 }, { kind: 'invented', word: 2, value: 0.02 });
    const marks = suspicionsOf(segment, alignment).filter(({ suspicion }) => suspicion !== 'improbable');
    assert.deepEqual(
      marks.map(({ suspicion, side, tokens }) => [suspicion, side, ...tokens]),
      [
        ['omitted', 'source', ...alignment.sourceWords[1].tokens],
        ['invented', 'target', ...alignment.targetWords[2].tokens],
      ],
    );
    const improbable = targetTokens.map(token => ({ ...token, probability: 0.01 }));
    const all = suspicionsOf({ ...segment, targetTokens: improbable }, alignment);
    const onInvented = all.filter(
      ({ side, tokens }) => side === 'target' && tokens[0] === alignment.targetWords[2].tokens[0],
    );
    assert.deepEqual(
      onInvented.map(({ suspicion }) => suspicion),
      ['invented'],
      'the stronger mark alone',
    );
    assert.match(marks[0].reason, new RegExp(`“${source.slice(...alignment.sourceWords[1].range)}” more than 3\\s%`));
    assert.match(marks[1].reason, new RegExp(`“${target.slice(...alignment.targetWords[2].range)}” 2\\s%`));
  });
});

describe('judgedIn', () => {
  it('claims nothing about what was not looked for', () => {
    const task = { kind: 'translate', from: 'English', to: 'Spanish', pivot: undefined } as const;
    assert.deepEqual(judgedIn({ methods: ['alignment', 'raw'], task }, [aligned(), undefined]), [
      'omitted',
      'invented',
      'improbable',
    ]);
    assert.deepEqual(judgedIn({ methods: ['raw'], task }, []), ['improbable']);
    assert.deepEqual(judgedIn({ methods: ['alignment'], task: { ...task, kind: 'summarize' } }, []), [
      'invented',
      'improbable',
    ]);
    const unavailable = { reason: 'no-heads', rule: 'a model names its heads', found: 'none' } as const;
    assert.deepEqual(judgedIn({ methods: ['alignment'], task }, [undefined, unavailable]), ['improbable']);
  });
});
