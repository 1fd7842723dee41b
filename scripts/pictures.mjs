// @ts-check
// `npm run pictures`: copies the pictures that README.md shows from where the ui tests left them. Run `npm test -- ui` first.

import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { runScript, SetupError } from './setup/command.mjs';

const names = ['translate', 'hover', 'attention', 'attention-high-contrast'];

await runScript(async () => {
  mkdirSync('docs/pictures', { recursive: true });
  for (const name of names) {
    const picture = `out/screenshots/${name}.png`;
    if (!existsSync(picture)) throw new SetupError(`${picture} is missing: run \`npm test -- ui\` first.`);
    copyFileSync(picture, `docs/pictures/${name}.png`);
  }
});
