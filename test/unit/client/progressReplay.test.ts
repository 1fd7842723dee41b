import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ProgressReplay } from '../../../src/client/progressReplay';
import type { Segment } from '../../../src/model/types';
import type { RunProgress } from '../../../src/protocol/engine';

const started: RunProgress = { kind: 'started', from: 'en', to: 'es', pivot: false };

function text(append: string): RunProgress {
  return { kind: 'text', append };
}

function segment(start: number, end: number): RunProgress {
  const one: Segment = {
    source: [start, end],
    target: [start, end],
    sourceTokens: [],
    targetTokens: [],
    logProbabilities: [],
    score: 0,
    truncated: false,
  };
  return { kind: 'segment', segment: one, sourceDone: end, sourceLength: 100 };
}

/** What somebody saw who follows: the text, and the ends of the segments. */
class Follower {
  text = '';
  segments: number[] = [];
  restarts = 0;
  startCount = 0;
  readonly report = (progress: RunProgress) => {
    if (progress.kind === 'text') this.text += progress.append;
    else if (progress.kind === 'segment') this.segments.push(progress.segment.source[1]);
    else if (progress.kind === 'started') this.startCount++;
    else if (progress.kind === 'restarted') {
      this.restarts++;
      this.text = '';
      this.segments = [];
    }
  };
}

function replay(first: readonly RunProgress[], second: readonly RunProgress[]): Follower {
  const follower = new Follower();
  const replayed = new ProgressReplay(follower.report);
  for (const progress of first) replayed.take(progress);
  replayed.repeat();
  for (const progress of second) replayed.take(progress);
  replayed.finish();
  return follower;
}

describe('repeating a run on another device', () => {
  const whole = [started, text('Abra '), text('el archivo. '), segment(0, 12), text('Guarde.'), segment(12, 20)];

  it('goes on where the first run broke off when both write the same', () => {
    for (let count = 0; count <= whole.length; count++) {
      const { text: shown, segments, restarts, startCount } = replay(whole.slice(0, count), whole);
      assert.deepEqual(
        [shown, segments, restarts, startCount],
        ['Abra el archivo. Guarde.', [12, 20], 0, 1],
        `after ${count}`,
      );
    }
  });

  it('begins again, once, when the second run writes something else', () => {
    const other = [started, text('Abre el '), text('archivo. '), segment(0, 12), text('Guarde.'), segment(12, 20)];
    const { text: shown, segments, restarts } = replay(whole.slice(0, 4), other);
    assert.deepEqual([shown, segments, restarts], ['Abre el archivo. Guarde.', [12, 20], 1]);
  });

  it('begins again when the second run writes less than was shown', () => {
    const { text: shown, segments, restarts } = replay(whole, [started, text('Abra el archivo.'), segment(0, 12)]);
    assert.deepEqual([shown, segments, restarts], ['Abra el archivo.', [12], 1]);
  });

  it('ends with the text and segments of the second run, wherever the first one ended and however the pieces fall', () => {
    const pieces = fc.array(fc.constantFrom('a', 'b', 'ab', 'aab'), { maxLength: 6 });
    fc.assert(
      fc.property(pieces, pieces, (first, second) => {
        const progress = (parts: readonly string[]) =>
          parts.flatMap((part, index) => [text(part), segment(index, index + 1)]);
        const { text: shown, segments } = replay(progress(first), progress(second));
        assert.equal(shown, second.join(''));
        assert.deepEqual(
          segments,
          second.map((_, index) => index + 1),
        );
      }),
    );
  });
});
