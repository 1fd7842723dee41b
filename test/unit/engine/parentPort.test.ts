import assert from 'node:assert/strict';
import { parentPort } from '../../../src/model/engine/parentPort';

/** A port over a pipe that takes a message when the test says so. */
function portOverPipe() {
  const pipe = { isConnected: true, sent: [] as unknown[], waiting: [] as (() => void)[] };
  const port = parentPort({
    isConnected: () => pipe.isConnected,
    send: (message, onSent) => {
      pipe.sent.push(message);
      pipe.waiting.push(onSent);
    },
    listen: () => () => {},
  });
  return { port, pipe };
}

/** True when the port is drained without the pipe doing anything more. */
async function isDrained(drained: Promise<void>): Promise<boolean> {
  return Promise.race([drained.then(() => true), new Promise<boolean>(resolve => setImmediate(resolve, false))]);
}

describe('the port to the parent', () => {
  it('is drained while no more than 64 messages are on their way', async () => {
    const { port, pipe } = portOverPipe();
    for (let count = 0; count < 64; count++) port.post(count);
    assert.equal(await isDrained(port.drained()), true);
    port.post(64);
    const drained = port.drained();
    assert.equal(await isDrained(drained), false);
    pipe.waiting.shift()!();
    assert.equal(await isDrained(drained), true);
    assert.deepEqual(pipe.sent, [...Array(65).keys()]);
  });

  it('lets everyone who waits go on, and counts messages that others posted meanwhile', async () => {
    const { port, pipe } = portOverPipe();
    for (let count = 0; count < 66; count++) port.post(count);
    const waits = [port.drained(), port.drained()];
    pipe.waiting.shift()!();
    assert.deepEqual(await Promise.all(waits.map(isDrained)), [false, false]);
    pipe.waiting.shift()!();
    assert.deepEqual(await Promise.all(waits.map(isDrained)), [true, true]);
  });

  it('sends nothing to a parent that is gone', async () => {
    const { port, pipe } = portOverPipe();
    pipe.isConnected = false;
    for (let count = 0; count < 100; count++) port.post(count);
    assert.deepEqual(pipe.sent, []);
    assert.equal(await isDrained(port.drained()), true);
  });
});
