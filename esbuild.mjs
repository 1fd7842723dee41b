// Builds every bundle. `node esbuild.mjs [--watch] [--tests]`. Fails when a bundle passes its size budget or when a
// bundle holds a module that its runtime must never load.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { copyGrammars } from './scripts/packaging/grammars.mjs';

const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');

const node = { platform: 'node', target: 'node20', format: 'cjs' };
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const define = { HEADLIGHT_VERSION: JSON.stringify(version) };
const browser = { platform: 'browser', target: 'chrome122', format: 'iife' };

/** `forbidden`: what the bundle must not contain, as parts of input paths. `budgetKb`: of the minified file. */
const bundles = [
  {
    options: {
      ...node,
      entryPoints: ['src/extension/extension.ts'],
      outfile: 'dist/extension.js',
      external: ['vscode'],
    },
    forbidden: ['node_modules/', 'src/model/engine/', 'src/model/tokenizer/', 'src/model/onnx/', 'webview/'],
    budgetKb: 160, // 45 KB of it draw and write exported maps
  },
  {
    options: {
      ...node,
      entryPoints: ['src/model/engine/main.ts'],
      outfile: 'dist/engine.js',
      external: ['onnxruntime-node'],
    },
    forbidden: ['src/extension/', 'webview/'],
    budgetKb: 1500, // 1.0 MB of it are the n-grams of the language detector
  },
  {
    options: { ...node, entryPoints: ['src/model/engine/parserMain.ts'], outfile: 'dist/parser.js' },
    forbidden: ['src/extension/', 'webview/', 'node_modules/eld/', 'node_modules/@huggingface/'],
    budgetKb: 600,
  },
  {
    options: {
      ...node,
      entryPoints: ['src/cli/main.ts'],
      outfile: 'dist/cli.js',
      define,
      banner: { js: '#!/usr/bin/env node' },
    },
    forbidden: ['node_modules/', 'src/model/engine/', 'src/extension/', 'webview/'],
    budgetKb: 100,
  },
  {
    options: { ...browser, entryPoints: ['webview/main.ts'], outfile: 'dist/webview.js', loader: { '.css': 'text' } },
    forbidden: ['src/extension/', 'src/client/', 'src/model/engine/'],
    budgetKb: 450, // 150 KB gzipped; the controls toolkit alone is 68 KB gzipped
  },
];

/** The n-grams of `eld` as one string; `src/model/text/ngramTable.ts` says why. */
const ngramTable = {
  name: 'ngramTable',
  /** @param {esbuild.PluginBuild} build */
  setup(build) {
    build.onLoad({ filter: /eld[\\/]src[\\/]ngrams[\\/]medium\.js$/ }, async ({ path: file }) => {
      const { ngramsData } = await import(pathToFileURL(file).href);
      const source = readFileSync('src/model/text/ngramTable.ts', 'utf8');
      const { code } = await esbuild.transform(source, { loader: 'ts', format: 'esm' });
      const { writeNgramTable } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
      const { ngrams, ...rest } = ngramsData;
      return {
        resolveDir: import.meta.dirname,
        contents: `import { readNgramTable } from './src/model/text/ngramTable';
          const table = ${JSON.stringify(writeNgramTable(ngrams))};
          export const ngramsData = { ...${JSON.stringify(rest)}, ngrams: readNgramTable(table) };`,
      };
    });
  },
};

const shared = {
  bundle: true,
  plugins: [ngramTable],
  minify: !watch,
  sourcemap: watch,
  metafile: true,
  legalComments: 'linked',
  logLevel: 'warning',
};

/** @param {esbuild.Metafile} metafile */
function verify({ forbidden, budgetKb, options }, metafile) {
  const [outfile, output] = Object.entries(metafile.outputs).find(([file]) => file === options.outfile);
  const found = Object.keys(output.inputs).filter(input => forbidden.some(part => input.includes(part)));
  if (found.length > 0) throw new Error(`${outfile} must not contain ${found.join(', ')}`);
  const sizeKb = output.bytes / 1024;
  if (!watch && sizeKb > budgetKb)
    throw new Error(`${outfile} is ${sizeKb.toFixed(0)} KB, over its budget of ${budgetKb} KB`);
  console.log(`${outfile.padEnd(20)} ${sizeKb.toFixed(0).padStart(6)} KB`);
}

/** Of the tests, those that run on their own. */
const programs = new Set(['fuzz.ts', 'fuzzChild.ts'].map(file => path.join('test', 'fuzz', file)));

/** One bundle per test file and per suite that runs inside VS Code, packages left outside, so that a stack trace names the test. */
function testBundle() {
  const entryPoints = readdirSync('test', { recursive: true })
    .map(file => path.join('test', file))
    .filter(file => file.endsWith('.test.ts') || file.endsWith(path.join('suite', 'index.ts')) || programs.has(file));
  rmSync('out/test', { recursive: true, force: true });
  mkdirSync('out/test', { recursive: true });
  return esbuild.build({
    ...node,
    entryPoints,
    bundle: true,
    plugins: [ngramTable],
    outdir: 'out/test',
    outbase: 'test',
    // What is pure JavaScript goes in, ESM-only packages among it; what has native parts or runs mocha itself stays out.
    external: ['vscode', 'onnxruntime-node', 'mocha', 'playwright-core', 'fast-check', 'esbuild', '@vscode/*'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

if (watch) {
  const contexts = await Promise.all(bundles.map(({ options }) => esbuild.context({ ...shared, ...options })));
  await Promise.all(contexts.map(context => context.watch()));
} else {
  const inputs = {};
  for (const bundle of bundles) {
    const { metafile } = await esbuild.build({ ...shared, ...bundle.options });
    verify(bundle, metafile);
    inputs[bundle.options.outfile] = Object.keys(metafile.outputs[bundle.options.outfile].inputs);
  }
  await copyGrammars();
  mkdirSync('out', { recursive: true });
  writeFileSync('out/bundleInputs.json', JSON.stringify(inputs, undefined, 2)); // what the third-party notices must name
  if (tests) await testBundle();
}
