// @ts-check
// `npm run fuzz -- [--count N] [--seed N] [--from N] [--subject NAME]`: builds the tests, then runs test/fuzz/fuzz.ts.

import { run, runScript } from './setup/command.mjs';
import { checkNodeVersion, installDependencies } from './setup/dependencies.mjs';

await runScript(async () => {
  checkNodeVersion();
  installDependencies();
  run(process.execPath, ['esbuild.mjs', '--tests']);
  run(process.execPath, ['--enable-source-maps', 'out/test/fuzz/fuzz.js', ...process.argv.slice(2)]);
  return 0;
});
