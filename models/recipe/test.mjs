// `npm run test:recipe`: the smoke test of the recipe, then the golden files made again and compared, in a Python environment
// of its own that is made on first use. Where Python or its packages can't be had it says so and ends with exit code 3, so that a
// caller can tell that from a failure.
import path from 'node:path';
import { notAvailable, prepareEnvironment, recipeFolder, runPython } from './environment.mjs';

const goldens = path.join(recipeFolder, '..', '..', 'test', 'golden');
const files = {
  others: [path.join(goldens, 'requirements.txt')],
  withoutDependencies: [path.join(goldens, 'requirementsWithoutDependencies.txt')],
};

if (prepareEnvironment(files)) {
  const smoke = runPython('smoke.py');
  const same = runPython(path.join('..', '..', 'test', 'golden', 'check.py'));
  console.log(
    `smoke test of the recipe: ${smoke ? 'passed' : 'failed'}\ngolden files made again: ${same ? 'passed' : 'failed'}`,
  );
  process.exitCode = smoke && same ? 0 : 1;
} else {
  console.error(
    'test:recipe did not run: it needs Python 3.11 and the packages of models/recipe/requirements.txt and test/golden/requirements*.txt.',
  );
  process.exitCode = notAvailable;
}
