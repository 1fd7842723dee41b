// @ts-check
// `npm run bench:speed [-- opus | shipped | opus-int8 ... | 1x8 4x32 ... | limits | setup]`: puts the peers and the models into the cache
// on first use, then compares; `4x32` is the run of four beams and 32 rows, `setup` measures nothing. The first time it downloads about
// 1 GB and needs Python 3.11. Run it on a quiet machine: what counts are the ratios.
//
// `npm run bench:speed -- gpu webgpu | cuda [opus | tiny] [1x8 ...]` compares with `generate` of PyTorch in float16 on the same GPU, and
// has the devices of the machine probed. PyTorch is that of the Python in HEADLIGHT_TORCH, which must know the GPU; default: the cache's.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { cacheFolder } from '../../scripts/setup/cacheFolder.mjs';
import { run, runNpm, runScript } from '../../scripts/setup/command.mjs';

const cache = path.join(cacheFolder(), 'peers');
const python = path.join(cache, 'venv', 'bin', 'python');

function installTransformersJs() {
  if (existsSync(path.join(cache, 'node_modules', '@huggingface', 'transformers'))) return;
  writeFileSync(path.join(cache, 'package.json'), '{"private": true}\n');
  runNpm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '@huggingface/transformers@4.3.1'], { cwd: cache });
}

function installCTranslate2() {
  const wanted = readFileSync('bench/speed/requirements.txt', 'utf8');
  const installed = path.join(cache, 'installed.txt');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return;
  run(process.env.PYTHON ?? 'python3', ['-m', 'venv', path.join(cache, 'venv')]);
  run(python, ['-m', 'pip', 'install', '--quiet', '-r', 'bench/speed/requirements.txt']);
  // One function of each; they pin an older transformers.
  run(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', 'optimum==2.3.0', 'optimum-onnx==0.1.0']);
  writeFileSync(installed, wanted);
}

/**
 * @param {string} device
 * @param {string} shape
 * @param {readonly string[]} runs
 */
function compareOnGpu(device, shape, runs) {
  const torch = process.env.HEADLIGHT_TORCH ?? python;
  const folder = path.join(cache, 'models', shape, 'float16');
  if (!existsSync(folder)) run(python, ['bench/speed/build_models.py', path.join(cache, 'models'), '--gpu', shape]);
  run(process.execPath, ['out/bench/speed/gpu.js', cache, torch, device, shape, ...runs]);
  run(process.execPath, ['dist/cli.js', 'info', '--probe', folder]);
}

/** Made again when the shipped model changes. */
function buildModels() {
  const made = path.join(cache, 'models', 'made.json');
  const identity = readFileSync('models/default/headlight.json', 'utf8');
  if (existsSync(made) && readFileSync(made, 'utf8') === identity) return;
  run(python, ['bench/speed/build_models.py', path.join(cache, 'models'), 'models/default']);
  writeFileSync(made, identity);
}

await runScript(async () => {
  const chosen = process.argv.slice(2);
  mkdirSync(cache, { recursive: true });
  run(process.execPath, ['esbuild.mjs']);
  await esbuild.build({
    entryPoints: ['speed', 'gpu', 'headlightPeer', 'limits'].map(name => `bench/speed/${name}.ts`),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outdir: 'out/bench/speed',
    external: ['onnxruntime-node'],
    logLevel: 'warning',
  });
  if (chosen[0] === 'gpu') {
    installCTranslate2();
    const runs = chosen.filter(name => /^\d+x\d+$/.test(name));
    const [device = 'webgpu', shape = 'opus'] = chosen.slice(1).filter(name => !runs.includes(name));
    compareOnGpu(device, shape, runs);
    return 0;
  }
  const shapes = chosen.filter(name => name !== 'limits');
  if (chosen.length === 0 || shapes.length > 0) {
    installTransformersJs();
    installCTranslate2();
    buildModels();
    if (!chosen.includes('setup')) run(process.execPath, ['out/bench/speed/speed.js', cache, ...shapes]);
  }
  if (chosen.length === 0 || chosen.includes('limits')) run(process.execPath, ['out/bench/speed/limits.js', cache]);
  return 0;
});
