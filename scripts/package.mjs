// @ts-check
// `npm run package [-- --target NAME | --all]`: packs the built extension for one platform (default: this one) into
// out/vsix/, and fails when the packed file holds anything but what it must. Needs the build.

import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import { findPackingFaults, packedPath } from './packaging/packedFiles.mjs';
import { packedReadme } from './packaging/packedReadme.mjs';
import { currentTarget, findTarget, targets } from './packaging/targets.mjs';
import { runScript, SetupError } from './setup/command.mjs';

/** @typedef {import('./packaging/targets.mjs').Target} Target */

await runScript(async () => {
  const { values } = parseArgs({ options: { target: { type: 'string' }, all: { type: 'boolean', default: false } } });
  const chosen = values.all ? targets : [values.target ? findTarget(values.target) : currentTarget()];
  for (const target of chosen) await pack(target);
});

/** @param {Target} target */
async function pack(target) {
  const vsixPath = packedPath(target);
  mkdirSync(path.dirname(vsixPath), { recursive: true });
  const ignoreFile = `out/vsix/${target.name}.vscodeignore`;
  const allowed = target.binaries.map(file => `!${file}\n`).join('');
  writeFileSync(ignoreFile, readFileSync('.vscodeignore', 'utf8') + allowed);
  const readmePath = 'out/vsix/README.md';
  writeFileSync(readmePath, packedReadme(readFileSync('README.md', 'utf8')));
  await createVSIX({ target: target.name, ignoreFile, packagePath: vsixPath, readmePath });
  const faults = findPackingFaults(vsixPath, target);
  if (faults.length > 0) throw new SetupError(`${vsixPath} is not what it must be:\n  ${faults.join('\n  ')}`);
  console.log(`${vsixPath}: ${(statSync(vsixPath).size / 1e6).toFixed(1)} MB`);
}
