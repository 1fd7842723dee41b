// Entry of the engine process: one channel over the process's own IPC, until the parent is gone.

import { Channel } from '../../protocol/channel';
import type { EngineMethods, EngineParentMethods } from '../../protocol/engine';
import { Engine } from './engine';
import { parentPort } from './parentPort';

if (!process.send) {
  process.stderr.write(
    'headlight engine: started without a parent; it is forked by the extension or the terminal program\n',
  );
  process.exit(2);
}

new Channel<EngineParentMethods, EngineMethods>(
  parentPort({
    isConnected: () => process.connected,
    send: (message, onSent) => process.send!(message, undefined, undefined, onSent),
    listen: onMessage => {
      process.on('message', onMessage);
      return () => process.off('message', onMessage);
    },
  }),
  new Engine().handlers(),
);

// Nothing outlives the window: without a parent there is nobody to answer.
process.on('disconnect', () => process.exit(0));
