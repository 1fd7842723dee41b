import assert from 'node:assert/strict';
import { SummaryCache } from '../../../src/extension/summaryCache';
import { Cancelled } from '../../../src/model/errors';

/** Work that ends when the test says so. */
function controlled() {
  let resolve: (value: string) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<string>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  const signals: AbortSignal[] = [];
  const start = (signal: AbortSignal) => {
    signals.push(signal);
    signal.addEventListener('abort', () => reject(signal.reason));
    return promise;
  };
  return { start, resolve: (value: string) => resolve(value), reject: (error: unknown) => reject(error), signals };
}

describe('SummaryCache', () => {
  it('starts work once for all who ask the same', async () => {
    const cache = new SummaryCache<string>(10);
    const work = controlled();
    const first = cache.ask('k', work.start);
    const second = cache.ask('k', work.start);
    work.resolve('done');
    assert.deepEqual(await Promise.all([first.value, second.value]), ['done', 'done']);
    assert.equal(work.signals.length, 1);
    assert.equal(cache.finished('k'), 'done');
  });

  it('cancels the work when the last asker abandons it, and starts anew for the next', async () => {
    const cache = new SummaryCache<string>(10);
    const work = controlled();
    const first = cache.ask('k', work.start);
    const second = cache.ask('k', work.start);
    first.abandon();
    first.abandon();
    assert.equal(work.signals[0].aborted, false, 'one asker is left');
    second.abandon();
    assert.equal(work.signals[0].aborted, true);
    await assert.rejects(first.value, Cancelled);
    const again = controlled();
    again.resolve('again');
    assert.equal(await cache.ask('k', again.start).value, 'again');
  });

  it('keeps a finished value although its asker abandons it afterwards', async () => {
    const cache = new SummaryCache<string>(10);
    const work = controlled();
    const { value, abandon } = cache.ask('k', work.start);
    work.resolve('done');
    await value;
    abandon();
    assert.equal(cache.finished('k'), 'done');
  });

  it('forgets a failure at once', async () => {
    const cache = new SummaryCache<string>(10);
    const work = controlled();
    const { value } = cache.ask('k', work.start);
    work.reject(new Error('no'));
    await assert.rejects(value, /no/);
    assert.equal(cache.finished('k'), undefined);
    const again = controlled();
    again.resolve('yes');
    assert.equal(await cache.ask('k', again.start).value, 'yes');
  });

  it('drops the least recently used value when it is full', async () => {
    const cache = new SummaryCache<string>(2);
    const value = (text: string) => cache.ask(text, async () => text).value;
    await value('a');
    await value('b');
    await value('a');
    await value('c');
    assert.deepEqual(
      ['a', 'b', 'c'].map(key => cache.finished(key)),
      ['a', undefined, 'c'],
    );
  });

  it('cancels what runs when it is cleared', async () => {
    const cache = new SummaryCache<string>(2);
    const work = controlled();
    const { value } = cache.ask('k', work.start);
    cache.clear();
    assert.equal(work.signals[0].aborted, true);
    await assert.rejects(value, Cancelled);
  });
});
