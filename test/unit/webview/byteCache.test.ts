import assert from 'node:assert/strict';
import { ByteCache } from '../../../webview/byteCache';

describe('ByteCache', () => {
  it('forgets what was not looked at for longest when it is full', () => {
    const cache = new ByteCache<string>(3);
    for (const key of ['a', 'b', 'c']) cache.set(key, key, 1);
    cache.get('a');
    cache.set('d', 'd', 1);
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map(key => cache.get(key) !== undefined),
      [true, false, true, true],
    );
  });

  it('keeps the newest even when it alone is too large', () => {
    const cache = new ByteCache<string>(10);
    cache.set('a', 'a', 40);
    cache.set('b', 'b', 40);
    assert.equal(cache.get('a'), undefined);
    assert.equal(cache.get('b'), 'b');
  });

  it('counts what was replaced once', () => {
    const cache = new ByteCache<string>(2);
    for (let time = 0; time < 5; time++) cache.set('a', 'a', 1);
    cache.set('b', 'b', 1);
    assert.equal(cache.get('a'), 'a');
  });
});
