// @ts-check
// `npm run bench [-- engine host load text view]`: builds, measures, prints the best of five rounds. Run it on a quiet machine; figures that
// must hold on a busy one are ratios to a peer in the same round.

import * as esbuild from 'esbuild';
import { installChromium } from '../scripts/setup/chromium.mjs';
import { installCodeServer } from '../scripts/setup/codeServer.mjs';
import { run, runScript, SetupError } from '../scripts/setup/command.mjs';

await runScript(async () => {
  const chosen = process.argv.slice(2);
  const wanted = (/** @type {string} */ name) => chosen.length === 0 || chosen.includes(name);
  run(process.execPath, ['esbuild.mjs']);
  await esbuild.build({
    entryPoints: [
      'bench/engine.ts',
      'bench/load.ts',
      'bench/links.ts',
      'bench/marks.ts',
      'bench/text.ts',
      'bench/host.ts',
      'bench/host/index.ts',
    ],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outdir: 'out/bench',
    outbase: 'bench',
    external: ['vscode', 'onnxruntime-node'],
    logLevel: 'warning',
  });
  await esbuild.build({
    entryPoints: ['bench/view.ts'],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    outfile: 'out/bench/view.mjs',
    external: ['playwright-core', 'esbuild'],
    logLevel: 'warning',
  });
  if (wanted('engine')) {
    console.log('\nEngine, shipped model, CPU, greedy unless said\n');
    run(process.execPath, ['out/bench/engine.js']);
  }
  if (chosen[0] === 'links') run(process.execPath, ['out/bench/links.js', ...chosen.slice(1)]);
  if (chosen[0] === 'marks') run(process.execPath, ['out/bench/marks.js', ...chosen.slice(1)]);
  if (chosen.includes('load')) {
    const folder = process.env.HEADLIGHT_BENCH_MODEL;
    if (!folder) throw new SetupError('HEADLIGHT_BENCH_MODEL names no folder: make one with bench/make_opus_mt.py.');
    console.log('\nLoading the decoder of an opus-mt shape, fp32\n');
    run(process.execPath, ['out/bench/load.js', folder]);
  }
  if (chosen.includes('text')) {
    console.log('\nLarge documents, shipped model, CPU, greedy\n');
    run(process.execPath, ['out/bench/text.js']);
  }
  if (wanted('host')) {
    if (!process.env.VSCODE_EXECUTABLE) {
      installChromium();
      installCodeServer();
    }
    console.log('\nExtension host of a real VS Code\n');
    run(process.execPath, ['out/bench/host.js']);
  }
  if (chosen.includes('view')) {
    installChromium();
    console.log('\nAttention view, headless Chromium\n');
    run(process.execPath, ['out/bench/view.mjs']);
  }
  return 0;
});
