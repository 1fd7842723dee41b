// @ts-check
// `npm run notices`: writes THIRD_PARTY_NOTICES.md from what the bundles hold and from what is packed beside them. Needs
// the build. The vsix tests fail when the file is not what this would write.

import { writeFileSync } from 'node:fs';
import { noticesPath, noticesText } from './packaging/notices.mjs';
import { runScript } from './setup/command.mjs';

await runScript(async () => {
  writeFileSync(noticesPath, await noticesText());
  console.log(`${noticesPath} written`);
});
