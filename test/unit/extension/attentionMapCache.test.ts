import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { AttentionMapCache, type KeptMaps } from '../../../src/extension/attentionMapCache';

/** 12 bytes of maps. */
function maps(): KeptMaps {
  const map = { shape: [1, 1, 1, 1] as const, data: new Float32Array(1) };
  return { maps: { encoder: map, decoder: map, cross: map }, unavailable: {} };
}

/** A source whose answers come when the test says so. */
function manualSource() {
  const loads: {
    index: number;
    signal: AbortSignal;
    resolve: (value: KeptMaps) => void;
    reject: (error: Error) => void;
  }[] = [];
  const load = (index: number, signal: AbortSignal) =>
    new Promise<KeptMaps>((resolve, reject) => loads.push({ index, signal, resolve, reject }));
  return { loads, load };
}

/** A cache whose keys are numbers here, for short. */
function cacheOf(load: (index: number, signal: AbortSignal) => Promise<KeptMaps>, budgetBytes: number) {
  const cache = new AttentionMapCache(budgetBytes);
  return {
    get: (index: number, signal: AbortSignal) => cache.get(String(index), aborted => load(index, aborted), signal),
    clear: () => cache.clear(),
  };
}

const forever = new AbortController().signal;

describe('AttentionMapCache', () => {
  it('computes a segment once for all who ask', async () => {
    const { loads, load } = manualSource();
    const cache = cacheOf(load, 100);
    const both = Promise.all([cache.get(0, forever), cache.get(0, forever)]);
    loads[0].resolve(maps());
    const [first, second] = await both;
    assert.equal(first, second);
    assert.equal(await cache.get(0, forever), first);
    assert.equal(loads.length, 1);
  });

  it('goes on when one of two callers gives up, and stops when both do', async () => {
    const { loads, load } = manualSource();
    const cache = cacheOf(load, 100);
    const [one, two] = [new AbortController(), new AbortController()];
    const first = assert.rejects(cache.get(0, one.signal), { code: 'cancelled' });
    const second = assert.rejects(cache.get(0, two.signal), { code: 'cancelled' });
    one.abort();
    await first;
    assert.equal(loads[0].signal.aborted, false);
    two.abort();
    await second;
    assert.equal(loads[0].signal.aborted, true);
    void cache.get(0, forever).catch(() => {});
    assert.equal(loads.length, 2, 'a computation that was given up is begun again');
  });

  it('does not keep a failure', async () => {
    const { loads, load } = manualSource();
    const cache = cacheOf(load, 100);
    const failing = assert.rejects(cache.get(0, forever), /out of memory/);
    loads[0].reject(new Error('out of memory'));
    await failing;
    const again = cache.get(0, forever);
    loads[1].resolve(maps());
    assert.ok(await again);
  });

  it('forgets the segment not used for longest when it is full', async () => {
    const loaded: number[] = [];
    const cache = cacheOf(async index => {
      loaded.push(index);
      return maps();
    }, 24);
    for (const index of [0, 1, 0, 2]) await cache.get(index, forever);
    await cache.get(0, forever);
    assert.deepEqual(loaded, [0, 1, 2]);
    await cache.get(1, forever);
    assert.deepEqual(loaded, [0, 1, 2, 1]);
  });

  it('keeps the newest segment even when it alone is too large', async () => {
    let loadCount = 0;
    const cache = cacheOf(async () => {
      loadCount++;
      return maps();
    }, 1);
    await cache.get(0, forever);
    await cache.get(0, forever);
    assert.equal(loadCount, 1);
  });

  it('aborts what is being computed when it is cleared', async () => {
    const { loads, load } = manualSource();
    const cache = cacheOf(load, 100);
    void cache.get(0, forever).catch(() => {});
    cache.clear();
    await setImmediate();
    assert.equal(loads[0].signal.aborted, true);
  });
});
