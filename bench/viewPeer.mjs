// @ts-check
// BertViz's own page, as its wheel writes it, for `npm run bench:view`: the wheel and the three libraries that its page loads from the
// net are kept in the cache folder, so that the page runs here without it.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../scripts/setup/cacheFolder.mjs';
import { run } from '../scripts/setup/command.mjs';

const wheel = 'bertviz==1.4.1';
const libraries = { requirejs: '2.3.6', d3: '5.7.0', jquery: '2.2.4' };
/** Where the page asks for a library, and the file that answers. */
const routes = /** @type {const} */ ({
  'require.min.js': 'node_modules/requirejs/require.js',
  'd3.min.js': 'node_modules/d3/dist/d3.min.js',
  'jquery.min.js': 'node_modules/jquery/dist/jquery.min.js',
});

/** Installs the peer into the cache folder. Needs python3 with pip, and npm. */
export function installBertViz() {
  const folder = path.join(cacheFolder(), 'bertviz');
  if (existsSync(path.join(folder, 'bertviz', 'model_view.js'))) return folder;
  mkdirSync(folder, { recursive: true });
  run('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, wheel]);
  const packages = Object.entries(libraries).map(([name, version]) => `${name}@${version}`);
  run('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, ...packages]);
  return folder;
}

/**
 * @param {string} folder of the peer
 * @param {string} url that its page asks for
 * @returns {string | undefined}
 */
export function libraryOf(folder, url) {
  const file = Object.entries(routes).find(([name]) => url.endsWith(name))?.[1];
  return file && readFileSync(path.join(folder, file), 'utf8');
}

/**
 * The page that `head_view` or `model_view` returns for cross attention (`html_action='return'`), with a clock before its script.
 * @param {string} folder of the peer
 * @param {'head_view' | 'model_view'} view
 * @param {{ layers: number, heads: number, tokens: string[], matrix: number[][] }} maps every head has the same matrix
 */
export function bertVizPage(folder, view, { layers, heads, tokens, matrix }) {
  const attention = `[${Array(layers)
    .fill(`[${Array(heads).fill(JSON.stringify(matrix)).join()}]`)
    .join()}]`;
  const params = JSON.stringify({
    attention: [{ name: 'Cross', attn: '@', left_text: tokens, right_text: tokens }],
    default_filter: '0',
    display_mode: 'light',
    root_div_id: 'bertviz',
    layer: null,
    heads: null,
    include_layers: [...Array(layers).keys()],
    include_heads: [...Array(heads).keys()],
    total_heads: heads,
  }).replace('"@"', attention);
  const script = readFileSync(path.join(folder, 'bertviz', `${view}.js`), 'utf8').replace(
    'PYTHON_PARAMS',
    () => params,
  );
  return `<!DOCTYPE html><html><body><script src="https://cdnjs.cloudflare.com/ajax/libs/require.js/2.3.6/require.min.js"></script>
<div id="bertviz"><span style="user-select:none"><select id="layer"></select></span><div id="vis"></div></div>
<script>window.startedAt = performance.now();
new MutationObserver((_, observer) => { if (document.querySelector('#vis svg')) { observer.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => { window.paintedAt = performance.now(); })); } })
  .observe(document, { childList: true, subtree: true });</script>
<script>${script}</script></body></html>`;
}
