import assert from 'node:assert/strict';
import { Cancelled, HeadlightError } from '../../../src/model/errors';
import { Channel, type Handlers, type MessagePortLike } from '../../../src/protocol/channel';

type Methods = {
  double: { params: number; result: number; progress: string };
  fail: { params: undefined; result: undefined };
  wait: { params: undefined; result: undefined };
};
type None = Record<never, never>;

/** Two ports joined back to back; messages are cloned and delivered later, as between processes. */
function joinedPorts(): [MessagePortLike, MessagePortLike] {
  const listeners: ((message: unknown) => void)[][] = [[], []];
  const port = (own: number, other: number): MessagePortLike => ({
    post: message => {
      const copy = structuredClone(message);
      setImmediate(() => {
        for (const listener of listeners[other]) listener(copy);
      });
    },
    listen: onMessage => {
      listeners[own].push(onMessage);
      return () => listeners[own].splice(listeners[own].indexOf(onMessage), 1);
    },
  });
  return [port(0, 1), port(1, 0)];
}

function joined(overrides: Partial<Handlers<Methods>> = {}) {
  const [near, far] = joinedPorts();
  const handlers: Handlers<Methods> = {
    double: (value, { report }) => {
      report(`got ${value}`);
      return value * 2;
    },
    fail: () => {
      throw new HeadlightError('model-file-missing', 'x.onnx is missing', { file: 'x.onnx' });
    },
    wait: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
    ...overrides,
  };
  const server = new Channel<None, Methods>(far, handlers);
  const client = new Channel<Methods, None>(near, {});
  return { client, server };
}

describe('Channel', () => {
  it('gives the result of a handler and its progress in order', async () => {
    const { client } = joined();
    const seen: string[] = [];
    assert.equal(await client.call('double', 21, { onProgress: text => seen.push(text) }), 42);
    assert.deepEqual(seen, ['got 21']);
  });

  it('carries code, message and details of an error', async () => {
    const { client } = joined();
    await assert.rejects(client.call('fail', undefined), error => {
      assert.ok(error instanceof HeadlightError);
      assert.equal(error.code, 'model-file-missing');
      assert.equal(error.message, 'x.onnx is missing');
      assert.deepEqual(error.details, { file: 'x.onnx' });
      return true;
    });
  });

  it('rejects at once on abort and aborts the handler', async () => {
    let handlerSignal: AbortSignal | undefined;
    const { client } = joined({
      wait: (_, { signal }) => {
        handlerSignal = signal as AbortSignal;
        return new Promise(() => {});
      },
    });
    const controller = new AbortController();
    const call = client.call('wait', undefined, { signal: controller.signal });
    await new Promise(resolve => setTimeout(resolve, 10));
    controller.abort(new Cancelled());
    await assert.rejects(call, Cancelled);
    assert.equal(client.pendingCount, 0);
    await new Promise(resolve => setTimeout(resolve, 10));
    assert.equal(handlerSignal?.aborted, true);
  });

  it('does not start a call whose signal is aborted already', async () => {
    const { client } = joined();
    const controller = new AbortController();
    controller.abort(new Cancelled());
    await assert.rejects(client.call('double', 1, { signal: controller.signal }), Cancelled);
    assert.equal(client.pendingCount, 0);
  });

  it('rejects everything pending when disposed, and later calls too', async () => {
    const { client, server } = joined();
    const call = client.call('wait', undefined);
    client.dispose(new HeadlightError('engine-crashed', 'gone'));
    await assert.rejects(call, { code: 'engine-crashed' });
    await assert.rejects(client.call('double', 1), { code: 'engine-crashed' });
    server.dispose();
  });

  it('forgets a call that cannot be posted', async () => {
    const { client } = joined();
    const untyped = client as unknown as { call(method: string, params: unknown): Promise<unknown> };
    await assert.rejects(
      untyped.call('double', () => {}),
      { name: 'DataCloneError' },
    );
    assert.equal(client.pendingCount, 0);
  });

  it('answers a method without a handler with an error', async () => {
    const { client } = joined();
    const untyped = client as unknown as { call(method: string, params: unknown): Promise<unknown> };
    await assert.rejects(untyped.call('toString', undefined), { code: 'internal' });
  });

  it('ignores messages that are not its own', async () => {
    const [near, far] = joinedPorts();
    const client = new Channel<Methods, None>(near, {});
    for (const stranger of [undefined, null, 'text', 7, {}, { kind: 'result', id: 999, value: 1 }]) far.post(stranger);
    await new Promise(resolve => setTimeout(resolve, 10));
    assert.equal(client.pendingCount, 0);
  });
});
