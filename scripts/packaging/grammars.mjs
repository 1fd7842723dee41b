// @ts-check
// Grammars of the bundled languages: into `dist/grammars`, and their licences. `esbuild.mjs` and the notices use it.

import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';

const source = 'node_modules/tm-grammars';
const ownSource = 'src/model/engine/grammars';

/** Files of grammars without `.json`, sorted; those of the package and those written for this project. */
export async function bundledGrammars() {
  const file = readFileSync('src/model/text/formats/languages.ts', 'utf8');
  const { code } = await esbuild.transform(file, { loader: 'ts', format: 'esm' });
  /** @type {typeof import('../../src/model/text/formats/languages')} */
  const { bundledLanguages, ownGrammars } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  const all = [...new Set(bundledLanguages.map(({ grammar }) => grammar))].sort();
  return { packaged: all.filter(name => !ownGrammars.includes(name)), own: [...ownGrammars] };
}

/** Writes `dist/grammars/*.json` without spaces, and `dist/onig.wasm`. */
export async function copyGrammars() {
  const { packaged, own } = await bundledGrammars();
  rmSync('dist/grammars', { recursive: true, force: true });
  mkdirSync('dist/grammars', { recursive: true });
  for (const name of packaged) minify(path.join(source, 'grammars', `${name}.json`), name);
  for (const name of own) minify(path.join(ownSource, `${name}.json`), name);
  copyFileSync('node_modules/vscode-oniguruma/release/onig.wasm', 'dist/onig.wasm');
}

/**
 * @param {string} file
 * @param {string} name
 */
function minify(file, name) {
  writeFileSync(`dist/grammars/${name}.json`, JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))));
}

/**
 * What the package says of the licences of these grammars. Throws when one is not named there.
 * @param {readonly string[]} names
 * @returns {string}
 */
export function grammarLicences(names) {
  const sections = readFileSync(path.join(source, 'NOTICE'), 'utf8')
    .split(/^={40,}\r?\n/m)
    .slice(1);
  const left = new Set(names);
  const texts = [];
  for (const section of sections) {
    const files =
      /^Files:\s*(.*)$/m
        .exec(section)?.[1]
        .split(/,\s*/)
        .map(file => file.replace(/\.json$/, '')) ?? [];
    const used = files.filter(file => left.delete(file));
    if (used.length > 0) texts.push(section.replace(/^Files:.*$/m, `Grammars: ${used.join(', ')}`).trim());
  }
  if (left.size > 0) throw new Error(`no licence is stated for the grammars ${[...left].join(', ')}`);
  return texts.join('\n\n');
}
