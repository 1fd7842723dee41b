// `npm run quality -- --corpora DIR [--model DIR] [--lines N] [--beams 1 4]`: measures the shipped model, or another folder, with the
// terminal program of this checkout. The table of a whole measurement of the shipped model goes into its card.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { notAvailable, prepareEnvironment, recipeFolder, runPython } from './environment.mjs';

const shipped = path.join(recipeFolder, '../default');
const args = process.argv.slice(2);

function build() {
  return spawnSync(process.execPath, ['esbuild.mjs'], { stdio: 'inherit' }).status === 0;
}

if (!args.includes('--corpora')) {
  console.error(
    'quality: expected --corpora DIR, the folder with dev/en-XX.tsv; models/recipe/README.md describes it.',
  );
  process.exitCode = 2;
} else if (!prepareEnvironment()) {
  console.error('quality did not run: it needs Python 3.11 and the packages of models/recipe/requirements.txt.');
  process.exitCode = notAvailable;
} else if (!build()) {
  process.exitCode = 1;
} else {
  const model = args.includes('--model') ? [] : ['--model', shipped];
  const card = args.includes('--model') || args.includes('--lines') ? [] : ['--card', path.join(shipped, 'README.md')];
  process.exitCode = runPython('quality.py', ...model, ...card, ...args) ? 0 : 1;
}
