import assert from 'node:assert/strict';
import { panelOutput, panelSegment } from '../../../src/extension/panelOutput';
import { outputs } from '../../ui/harness/panelFixtures';

const content = outputs.sentence();

describe('panelOutput', () => {
  it('says where the output came from and how the model is built', () => {
    const output = panelOutput(content, 7, 'kept', 'en');
    assert.equal(output.revision, 7);
    assert.deepEqual(output.task, { kind: 'translate', from: 'English', to: 'Spanish', pivot: undefined });
    assert.equal(output.device, 'cpu');
    assert.deepEqual(output.layerCounts, { encoder: 4, decoder: 2, cross: 2 });
    assert.equal(output.restore, 'kept');
  });

  it('labels each segment with the start of its source on one line', () => {
    const { segments } = panelOutput(content, 1, undefined, 'en');
    assert.equal(segments.length, 2);
    assert.match(segments[0].label, /^The server doesn't cache the response/);
    assert.ok(segments[0].label.endsWith('…') && segments[0].label.length <= 48);
    assert.ok(segments.every(({ label }) => !label.includes('\n')));
  });

  it('names languages in that of VS Code, and by their tags what has no name', () => {
    const taskOf = (changes: object, displayLocale: string) =>
      panelOutput({ ...content, result: { ...content.result, ...changes } }, 1, undefined, displayLocale).task;
    assert.equal(taskOf({}, 'fr').from, 'anglais');
    assert.equal(taskOf({ to: 'not a tag' }, 'en').to, 'not a tag');
    assert.equal(taskOf({ from: undefined }, 'en').from, undefined);
  });
});

describe('panelSegment', () => {
  it('puts token ranges into the segment’s own text', () => {
    for (const index of [0, 1]) {
      const { source, target, sourceTokens, targetTokens } = panelSegment(content, index);
      for (const [text, tokens] of [
        [source, sourceTokens],
        [target, targetTokens],
      ] as const)
        for (const { text: name, range, special } of tokens) assert.equal(text.slice(...range), special ? '' : name);
    }
  });

  it('turns log-probabilities into probabilities, of target tokens only', () => {
    const { sourceTokens, targetTokens } = panelSegment(content, 0);
    assert.ok(Math.abs(targetTokens[0].probability! - 0.92) < 1e-9);
    assert.ok(sourceTokens.every(({ probability }) => probability === undefined));
  });

  it('takes the source from the translation in between after a pivot, and says so', () => {
    const pivoted = outputs.summary();
    assert.deepEqual(panelOutput(pivoted, 1, undefined, 'en').task.pivot, { from: 'Spanish', to: 'English' });
    const { source, sourceTokens } = panelSegment(pivoted, 0);
    assert.ok(pivoted.result.pivot!.text.startsWith(source));
    assert.equal(source.slice(...sourceTokens[1].range), 'the');
  });

  it('rejects a segment that is not there', () => {
    assert.throws(() => panelSegment(content, 2), {
      code: 'invalid-request',
      details: { rule: '0 <= segment < 2', found: 2 },
    });
  });
});
