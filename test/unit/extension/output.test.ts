import assert from 'node:assert/strict';
import { Output } from '../../../src/extension/output';
import type { PanelContent } from '../../../src/extension/panelOutput';
import { Cancelled } from '../../../src/model/errors';
import type { Segment } from '../../../src/model/types';

const segment: Segment = {
  source: [0, 4],
  target: [0, 4],
  sourceTokens: [],
  targetTokens: [],
  logProbabilities: [],
  score: 0,
  truncated: false,
};

/** Content as the panel gets it, as far as an output reads it. */
function content(target: string, pivot = false): PanelContent {
  const result = {
    target,
    segments: [segment, { ...segment, truncated: true }],
    from: 'en',
    to: 'es',
    pivot: pivot ? { from: 'es', to: 'en', text: '' } : undefined,
  };
  return { result } as unknown as PanelContent;
}

describe('Output', () => {
  it('grows with the text that is streamed and tells of every change', () => {
    let changes = 0;
    const output = new Output([4], () => changes++);
    output.beginPart();
    output.report({ kind: 'text', append: 'ho' });
    output.report({ kind: 'text', append: 'la' });
    assert.equal(output.text, 'hola');
    assert.equal(changes, 3);
  });

  it('writes a blank line between parts, whether or not the first ends its line', () => {
    for (const [first, expected] of [
      ['uno', 'uno\n\ndos'],
      ['uno\n', 'uno\n\ndos'],
    ]) {
      const output = new Output([1, 1], () => {});
      for (const text of [first, 'dos']) {
        output.beginPart();
        output.finishPart(text, content(text));
      }
      assert.equal(output.text, expected);
    }
  });

  it('ends a part with its final text when the stream was shorter', () => {
    const output = new Output([4], () => {});
    output.beginPart();
    output.report({ kind: 'text', append: 'ho' });
    output.finishPart('hola', content('hola'));
    assert.equal(output.text, 'hola');
  });

  it('knows which part stands at an offset', () => {
    const output = new Output([1, 1], () => {});
    const contents = [content('uno'), content('dos')];
    assert.equal(output.contentAt(0), undefined);
    for (const part of contents) {
      output.beginPart();
      output.finishPart(part.result.target, part);
    }
    assert.equal(output.contentAt(0), contents[0]);
    assert.equal(output.contentAt(4), contents[0]);
    assert.equal(output.contentAt(5), contents[1]);
    assert.equal(output.contentAt(100), contents[1]);
  });

  it('measures progress over all parts', () => {
    const output = new Output([10, 30], () => {});
    output.beginPart();
    output.report({ kind: 'segment', segment, sourceDone: 5, sourceLength: 10 });
    assert.equal(output.fraction, 0.125);
    output.finishPart('', content(''));
    assert.equal(output.fraction, 0.25);
    output.beginPart();
    output.finishPart('', content(''));
    assert.equal(output.fraction, 1);
  });

  it('keeps what it has when it is stopped', () => {
    const output = new Output([4], () => {});
    output.beginPart();
    output.report({ kind: 'text', append: 'ho' });
    output.stop('The engine stopped.');
    assert.equal(output.text, 'ho');
    assert.deepEqual(output.state, { kind: 'stopped', sentence: 'The engine stopped.' });
  });

  it('aborts its signal when it is cancelled while it runs, and not afterwards', () => {
    const running = new Output([4], () => {});
    running.cancel(new Cancelled());
    assert.equal(running.signal.aborted, true);
    const done = new Output([4], () => {});
    done.finish();
    done.cancel(new Cancelled());
    assert.equal(done.signal.aborted, false);
  });

  it('counts the sentences that were cut, over all parts', () => {
    const output = new Output([1, 1], () => {});
    for (const text of ['uno', 'dos']) {
      output.beginPart();
      output.finishPart(text, content(text));
    }
    assert.equal(output.cutSentenceCount, 2);
  });

  it('counts the summaries that are extracts', () => {
    const output = new Output([1], () => {});
    output.beginPart();
    const { result } = content('uno');
    const segments: readonly Segment[] = [
      { ...segment, kind: 'extract' },
      { ...segment, kind: 'abstract' },
    ];
    output.finishPart('uno', { result: { ...result, segments } } as unknown as PanelContent);
    assert.equal(output.extractCount, 1);
  });

  it('says that a summary was translated first', () => {
    const output = new Output([4], () => {});
    output.beginPart();
    output.finishPart('x', content('x', true));
    assert.deepEqual(output.direction, { from: 'en', to: 'es', pivot: true });
  });
});
