// @ts-check
// `npm run test:text`: fetches the pinned packages of the text corpus, and checks what a translation does to their files. Arguments
// go to mocha, such as `-- --grep markdown`.

import { fetchPackages } from './corpus/fetchPackages.mjs';
import { run, runScript } from './setup/command.mjs';

await runScript(async () => {
  const folder = fetchPackages();
  run(process.execPath, ['esbuild.mjs', '--tests']);
  const mocha = ['--enable-source-maps', 'node_modules/mocha/bin/mocha.js', '--timeout', '600000'];
  run(process.execPath, [...mocha, 'out/test/corpus/*.test.js', ...process.argv.slice(2)], {
    env: { ...process.env, HEADLIGHT_CORPUS: folder },
  });
});
