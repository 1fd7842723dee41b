// `npm run fuzz -- [--count N] [--seed N] [--from N] [--subject NAME]`: reads damaged model files by the thousand and says which
// break a promise. Inputs that fail are saved as regressions under out/fuzz; `fuzzRun.ts` has the limits.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../support/paths';
import { runFuzz } from './fuzzRun';
import { makeInput } from './makeInput';
import { writeRegression } from './regressions';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    subject: { type: 'string', multiple: true, default: [] },
  },
});

async function main(): Promise<void> {
  const [count, seed, from] = [values.count, values.seed, values.from].map(Number);
  const startMs = Date.now();
  let lastLineMs = startMs;
  const { failures, outcomes } = await runFuzz({
    ...{ count, seed, from, subjectNames: values.subject },
    onProgress: done => {
      if (Date.now() - lastLineMs < 10_000) return;
      lastLineMs = Date.now();
      console.log(`${done} of ${count}`);
    },
  });
  const folder = path.join(root, 'out', 'fuzz');
  mkdirSync(folder, { recursive: true });
  for (const { index, problem } of failures) {
    const file = path.join(folder, `${seed}-${index}.json`);
    writeFileSync(file, writeRegression(makeInput(seed, index, values.subject), problem));
    console.error(`\ninput ${index}, saved as ${path.relative(root, file)}:\n${problem}`);
  }
  for (const [name, times] of Object.entries(outcomes).sort()) console.log(`${String(times).padStart(8)}  ${name}`);
  const seconds = ((Date.now() - startMs) / 1000).toFixed(0);
  console.log(`${count} inputs of seed ${seed} in ${seconds} s, ${failures.length} failed`);
  if (failures.length > 0) process.exitCode = 1;
}

void main();
