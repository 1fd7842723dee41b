import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { RefreshTimer, refreshIntervalMs } from '../../../src/extension/refreshTimer';

describe('refreshIntervalMs', () => {
  it('allows ten refreshes a second and no more', () => {
    assert.equal(refreshIntervalMs(0), 100);
    assert.equal(refreshIntervalMs(10_000), 100);
  });

  it('grows in proportion to a long text, so that the cost per second stays the same', () => {
    assert.equal(refreshIntervalMs(2_000_000), 2 * refreshIntervalMs(1_000_000));
    assert.ok(refreshIntervalMs(1_000_000) > 1000);
  });
});

describe('RefreshTimer', () => {
  let now = 0;
  const advance = (ms: number) => {
    for (let i = 0; i < ms; i++) {
      now++;
      mock.timers.tick(1);
    }
  };
  beforeEach(() => {
    now = 0;
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => mock.timers.reset());

  it('refreshes at most once per interval however often it is asked, and shows the last state', () => {
    const times: number[] = [];
    const timer = new RefreshTimer(
      () => times.push(now),
      () => now,
    );
    for (let i = 0; i < 300; i++) {
      timer.request(10);
      advance(1);
    }
    advance(200);
    assert.deepEqual(times, [1, 101, 201, 301]);
  });

  it('refreshes at once when it is flushed, and not again for the same request', () => {
    let count = 0;
    const timer = new RefreshTimer(
      () => count++,
      () => now,
    );
    timer.flush();
    timer.request(10);
    timer.flush();
    advance(500);
    assert.equal(count, 2);
  });

  it('does nothing more once it is disposed', () => {
    let count = 0;
    const timer = new RefreshTimer(
      () => count++,
      () => now,
    );
    timer.request(10);
    timer.dispose();
    advance(500);
    assert.equal(count, 0);
  });
});
