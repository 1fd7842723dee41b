// Entry of the engine process: one channel over the process's own IPC, until the parent is gone.

import { Channel } from '../../protocol/channel';
import type { EngineMethods, EngineParentMethods } from '../../protocol/engine';
import { Engine } from './engine';

if (!process.send) {
  process.stderr.write(
    'headlight engine: started without a parent; it is forked by the extension or the terminal program\n',
  );
  process.exit(2);
}

/** Messages that the pipe has not taken; more of them would fill the memory while the parent is busy. */
const mostUnsent = 64;
let unsentCount = 0;
let waiting: (() => void)[] = [];

new Channel<EngineParentMethods, EngineMethods>(
  {
    post: message => {
      if (!process.connected) return;
      unsentCount++;
      process.send!(message, undefined, undefined, () => {
        unsentCount--;
        if (unsentCount > mostUnsent) return;
        for (const resume of waiting) resume();
        waiting = [];
      });
    },
    drained: () => (unsentCount <= mostUnsent ? Promise.resolve() : new Promise(resolve => waiting.push(resolve))),
    listen: onMessage => {
      process.on('message', onMessage);
      return () => process.off('message', onMessage);
    },
  },
  new Engine().handlers(),
);

// Nothing outlives the window: without a parent there is nobody to answer.
process.on('disconnect', () => process.exit(0));
