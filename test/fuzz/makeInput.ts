// From a seed and a number to an input: the same on every machine, as long as the models and the mutations are the same.

import { type ModelFiles, type ModelFixture, modelFixtures } from './modelFiles';
import { mutateFile } from './mutateFile';
import { Random } from './random';
import { type Subject, subjects } from './subjects';

export interface FuzzInput {
  readonly subject: Subject;
  /** The model that the files come from. */
  readonly fixture: string;
  readonly files: ModelFiles;
}

/** `subjectNames`: only these; empty: all but the planted one. */
export function makeInput(seed: number, index: number, subjectNames: readonly string[]): FuzzInput {
  const random = new Random(seed, index);
  const pool = subjects.filter(({ name, weight }) =>
    subjectNames.length === 0 ? weight > 0 : subjectNames.includes(name),
  );
  const subject = random.pick(pool.flatMap(each => new Array<Subject>(Math.max(1, each.weight)).fill(each)));
  const fixture = random.pick(modelFixtures().filter(({ files }) => [...files.keys()].some(subject.reads)));
  const other = random.pick(modelFixtures());
  const read = [...fixture.files].filter(([name]) => subject.reads(name));
  // Graphs are big and independent of each other.
  const chosen = subject.name === 'graph' ? [random.pick(read)] : read;
  const files = new Map(chosen);
  for (let count = random.size(3); count > 0; count--) {
    const [name, bytes] = random.pick(chosen);
    const twin = twinOf(name, other) ?? bytes;
    files.set(name, random.once(12) ? twin : mutateFile(name, bytes, random, twin));
  }
  return { subject, fixture: fixture.name, files };
}

/** The file that has the same part in another model. */
function twinOf(name: string, other: ModelFixture): Uint8Array | undefined {
  const kind = (file: string) =>
    file.replace(/^.*\/|_merged|_fp16|_quantized/g, '').replace(/\.(spm|model)$/, '.model');
  return [...other.files].find(([file]) => kind(file) === kind(name))?.[1];
}
