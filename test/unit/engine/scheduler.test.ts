import assert from 'node:assert/strict';
import { Scheduler } from '../../../src/model/engine/scheduler';
import { Cancelled } from '../../../src/model/errors';

/** A turn that ends when told to. */
function turn(name: string, order: string[]) {
  let end = () => {};
  const ended = new Promise<void>(resolve => {
    end = resolve;
  });
  const job = async () => {
    order.push(name);
    await ended;
  };
  return { job, end };
}

describe('Scheduler', () => {
  it('runs one turn at a time, what a person waits for before what they hover', async () => {
    const scheduler = new Scheduler();
    const order: string[] = [];
    const [first, hover, wanted] = ['first', 'hover', 'wanted'].map(name => turn(name, order));
    const all = [
      scheduler.run('hover', undefined, first.job),
      scheduler.run('hover', undefined, hover.job),
      scheduler.run('interactive', undefined, wanted.job),
    ];
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual(order, ['first']);
    first.end();
    await all[0];
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual(order, ['first', 'wanted']);
    wanted.end();
    hover.end();
    await Promise.all(all);
    assert.deepEqual(order, ['first', 'wanted', 'hover']);
  });

  it('lets a hover pass between two long documents', async () => {
    const scheduler = new Scheduler();
    const order: string[] = [];
    const batches = async (name: string) => {
      for (let batch = 1; batch <= 2; batch++)
        await scheduler.run('document', undefined, async () => {
          order.push(`${name} ${batch}`);
        });
    };
    await Promise.all([
      batches('left'),
      batches('right'),
      scheduler.run('hover', undefined, async () => {
        order.push('hover');
      }),
    ]);
    assert.deepEqual(order, ['left 1', 'hover', 'right 1', 'left 2', 'right 2']);
  });

  it('never starts a turn whose signal is aborted already', async () => {
    const controller = new AbortController();
    controller.abort(new Cancelled());
    const started = new Scheduler().run('hover', controller.signal, async () => assert.fail('it started'));
    await assert.rejects(started, Cancelled);
  });

  it('lets go of a turn that failed', async () => {
    const scheduler = new Scheduler();
    await assert.rejects(
      scheduler.run('interactive', undefined, () => Promise.reject(new Error('broken'))),
      /broken/,
    );
    assert.equal(await scheduler.run('interactive', undefined, async () => 7), 7);
  });

  it('drops a waiting turn that is cancelled', async () => {
    const scheduler = new Scheduler();
    const order: string[] = [];
    const first = turn('first', order);
    const running = scheduler.run('interactive', undefined, first.job);
    const controller = new AbortController();
    const dropped = scheduler.run('interactive', controller.signal, async () => order.push('dropped'));
    controller.abort(new Cancelled());
    await assert.rejects(dropped, Cancelled);
    first.end();
    await running;
    assert.deepEqual(order, ['first']);
  });
});
