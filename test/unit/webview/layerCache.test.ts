import assert from 'node:assert/strict';
import type { PanelMap } from '../../../src/protocol/webview';
import { LayerCache } from '../../../webview/layerCache';

const layer = (cells: number): PanelMap => ({ shape: [1, 1, cells], data: new Float32Array(cells) });

describe('LayerCache', () => {
  it('forgets what was not looked at for longest when it is full', () => {
    const cache = new LayerCache(3 * 40);
    for (const key of ['a', 'b', 'c']) cache.set(key, layer(10));
    cache.get('a');
    cache.set('d', layer(10));
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map(key => cache.get(key) !== undefined),
      [true, false, true, true],
    );
  });

  it('keeps the newest layer even when it alone is too large', () => {
    const cache = new LayerCache(10);
    cache.set('a', layer(10));
    cache.set('b', layer(10));
    assert.equal(cache.get('a'), undefined);
    assert.ok(cache.get('b'));
  });

  it('counts a replaced layer once', () => {
    const cache = new LayerCache(2 * 40);
    for (let time = 0; time < 5; time++) cache.set('a', layer(10));
    cache.set('b', layer(10));
    assert.ok(cache.get('a'));
  });
});
