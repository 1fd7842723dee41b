// The engine's end of the channel to its parent: it counts what the pipe has not taken. Runs in the engine process.

import type { MessagePortLike } from '../../protocol/channel';

/** More of them would fill the memory while the parent is busy. */
const mostUnsent = 64;

/** What of `process` it needs: a call gives its message to the pipe, and `onSent` comes when the pipe took it. */
export interface ParentPipe {
  readonly isConnected: () => boolean;
  readonly send: (message: unknown, onSent: () => void) => void;
  readonly listen: MessagePortLike['listen'];
}

/** A port whose `drained` waits until no more than 64 messages are on their way. */
export function parentPort({ isConnected, send, listen }: ParentPipe): Required<MessagePortLike> {
  let unsentCount = 0;
  let waiting: (() => void)[] = [];
  return {
    post: message => {
      if (!isConnected()) return;
      unsentCount++;
      send(message, () => {
        unsentCount--;
        if (unsentCount > mostUnsent) return;
        for (const resume of waiting) resume();
        waiting = [];
      });
    },
    drained: () => (unsentCount <= mostUnsent ? Promise.resolve() : new Promise(resolve => waiting.push(resolve))),
    listen,
  };
}
