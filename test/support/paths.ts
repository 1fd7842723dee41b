// Places in the checkout that tests read from. Tests run from its root, as bundles under out/test.

import path from 'node:path';

export const root = process.cwd();
export const defaultModel = path.join(root, 'models', 'default');
export const enginePath = path.join(root, 'dist', 'engine.js');
export const cliPath = path.join(root, 'dist', 'cli.js');
