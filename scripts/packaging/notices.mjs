// @ts-check
// The licences of everything that a package ships and this project did not write.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { SetupError } from '../setup/command.mjs';
import { bundledGrammars, grammarLicences } from './grammars.mjs';

export const noticesPath = 'THIRD_PARTY_NOTICES.md';

/** Packed as packages of their own, outside the bundles. */
const packedPackages = ['onnxruntime-common', 'onnxruntime-node'];

/** Packages that say MIT in their package.json and carry no licence file: whom they name as holder of the copyright. */
const microsoftMit = /^(onnxruntime-(common|node)|@microsoft\/fast-.*)$/;

/**
 * What THIRD_PARTY_NOTICES.md must say. Throws SetupError when a package carries no licence text.
 * @returns {Promise<string>}
 */
export async function noticesText() {
  const { packaged } = await bundledGrammars();
  const sections = [...shippedPackages().map(describePackage), describeGrammars(packaged)];
  return `# Third-party notices

Headlight's packages hold the software below, which others wrote. The list is made by \`npm run notices\` from what the
bundles really hold.

onnxruntime's native libraries hold software of others in turn: \`licenses/onnxruntime-third-party-notices.txt\`, as its
makers publish it with version 1.30.0. The packages for Windows also hold DirectML.dll, dxcompiler.dll and dxil.dll, as
onnxruntime-node distributes them. The default model's licence and its data stand in \`models/default\`.

${sections.join('\n')}`;
}

/** @returns {string[]} names, sorted */
function shippedPackages() {
  if (!existsSync('out/bundleInputs.json'))
    throw new SetupError('The notices are made from the build: run `npm run build` first.');
  /** @type {Record<string, string[]>} */
  const inputs = JSON.parse(readFileSync('out/bundleInputs.json', 'utf8'));
  const bundled = Object.values(inputs)
    .flat()
    .flatMap(input => input.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []);
  return [...new Set([...bundled, ...packedPackages])].sort();
}

/** @param {string} name */
function describePackage(name) {
  const folder = `node_modules/${name}`;
  const { version, license, repository } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const address = (typeof repository === 'string' ? repository : (repository?.url ?? '')).replace(/^git\+|\.git$/g, '');
  const text = licenseText(name, folder, license);
  return `## ${name} ${version}\n\n${license}${address ? `, ${address}` : ''}\n\n\`\`\`text\n${text.trim()}\n\`\`\`\n`;
}

/**
 * Copied from tm-grammars, which collects them: each has a licence of its own.
 * @param {readonly string[]} grammars
 */
function describeGrammars(grammars) {
  const { version } = JSON.parse(readFileSync('node_modules/tm-grammars/package.json', 'utf8'));
  return `## TextMate grammars, from tm-grammars ${version}\n\n\`\`\`text\n${grammarLicences(grammars)}\n\`\`\`\n`;
}

/**
 * @param {string} name
 * @param {string} folder
 * @param {string} license
 */
function licenseText(name, folder, license) {
  const files = readdirSync(folder).filter(file => /^(licen[cs]e|notices?)(\.|$)/i.test(file));
  if (files.length > 0) return files.map(file => readFileSync(`${folder}/${file}`, 'utf8').trim()).join('\n\n');
  if (license === 'MIT' && microsoftMit.test(name))
    return readFileSync('LICENSE', 'utf8').replace(/Copyright .*/, 'Copyright (c) Microsoft Corporation');
  throw new SetupError(`${name} carries no licence file: find its licence text before shipping it.`);
}
