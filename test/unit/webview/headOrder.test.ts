import assert from 'node:assert/strict';
import type { HeadStatistics } from '../../../src/model/attention/headStatistics';
import { allHeads, ordered, orderValue } from '../../../webview/headOrder';

const statistics = (value: number): HeadStatistics => ({
  entropy: value,
  sinkMass: value / 10,
  sharpness: value / 10,
  coverage: 1,
  distance: value,
});

/** Two layers of two heads, each with a mean and a maximum. */
const heads = allHeads(2, 2, layer => [3, 1, 2, 9].map(value => statistics(value + layer * 0.5)));
const names = (order: Parameters<typeof ordered>[1]) =>
  ordered(heads, order).map(({ layerIndex, head }) => `${layerIndex}.${head}`);

describe('the order of heads', () => {
  it('goes by layer, with mean and maximum after the heads', () => {
    assert.deepEqual(names('layer'), ['0.0', '0.1', '0.mean', '0.max', '1.0', '1.1', '1.mean', '1.max']);
  });

  it('puts the sharpest and the most at rest first, the lowest entropy and the nearest first, means left out', () => {
    assert.deepEqual(names('sharpness'), ['1.0', '0.0', '1.1', '0.1']);
    assert.deepEqual(names('sinkMass'), names('sharpness'));
    assert.deepEqual(names('entropy'), ['0.1', '1.1', '0.0', '1.0']);
    assert.deepEqual(names('distance'), names('entropy'));
  });

  it('has no mean for a single head', () => {
    assert.equal(allHeads(1, 1, () => undefined).length, 1);
  });

  it('says the number by which it goes', () => {
    assert.equal(orderValue(heads[0], 'entropy'), '3.0 bit');
    assert.match(orderValue(heads[0], 'sharpness'), /^30\s%$/);
    assert.equal(orderValue(heads[0], 'layer'), '');
  });
});
