// The files that inputs of the fuzzer start from: the tiny models of the goldens. Read once.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/paths';

/** Name inside the model folder -> content. */
export type ModelFiles = ReadonlyMap<string, Uint8Array>;

export interface ModelFixture {
  readonly name: string;
  readonly folder: string;
  readonly files: ModelFiles;
}

let fixtures: readonly ModelFixture[] | undefined;

/** Each model under test/fixtures/models, in the order of their names. */
export function modelFixtures(): readonly ModelFixture[] {
  const models = path.join(root, 'test', 'fixtures', 'models');
  fixtures ??= readdirSync(models)
    .sort()
    .map(name => ({ name, folder: path.join(models, name), files: readFolder(path.join(models, name)) }));
  return fixtures;
}

function readFolder(folder: string): ModelFiles {
  const files = new Map<string, Uint8Array>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    // No Buffer: its `slice` shares memory, and a mutation would change the fixture.
    files.set(path.relative(folder, file).replaceAll('\\', '/'), new Uint8Array(readFileSync(file)));
  }
  return files;
}
