// `npm run test:recipe`: the smoke test of the recipe, in a Python environment of its own that is made on first use.
// Where Python or its packages can't be had it says so and ends with exit code 3, so that a caller can tell that from a failure.
import { notAvailable, prepareEnvironment, runPython } from './environment.mjs';

if (prepareEnvironment()) {
  process.exitCode = runPython('smoke.py') ? 0 : 1;
} else {
  console.error('test:recipe did not run: it needs Python 3.11 and the packages of models/recipe/requirements.txt.');
  process.exitCode = notAvailable;
}
