import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { makeInput } from '../../fuzz/makeInput';
import { readInput } from '../../fuzz/readInput';
import { readRegression, writeRegression } from '../../fuzz/regressions';
import { root } from '../../support/paths';

const folder = path.join(root, 'test', 'fixtures', 'hostile');
const names = readdirSync(folder);

describe('files that broke a reader once', () => {
  it('are kept', () => assert.ok(names.length >= 7));

  for (const name of names)
    it(`end in a typed error or a result: ${path.basename(name, '.json')}`, async () => {
      await readInput(readRegression(readFileSync(path.join(folder, name), 'utf8')));
    });
});

describe('an input of the fuzzer', () => {
  it('is the same whenever its seed and number are, and another otherwise', () => {
    const bytes = (seed: number, index: number) => {
      const { subject, fixture, files } = makeInput(seed, index, []);
      return [
        subject.name,
        fixture,
        ...[...files].map(([name, content]) => `${name} ${Buffer.from(content).toString('base64')}`),
      ];
    };
    for (let index = 0; index < 40; index++) assert.deepEqual(bytes(7, index), bytes(7, index));
    assert.notDeepEqual(bytes(7, 1), bytes(7, 2));
    assert.notDeepEqual(bytes(7, 1), bytes(8, 1));
  });

  it('comes back whole from the small file that keeps it', () => {
    for (let index = 0; index < 40; index++) {
      const input = makeInput(5, index, []);
      const text = writeRegression(input, 'a problem');
      const { subject, fixture, files } = readRegression(text);
      assert.deepEqual([subject, fixture], [input.subject, input.fixture]);
      assert.deepEqual([...files.keys()], [...input.files.keys()]);
      for (const [name, content] of files) assert.ok(Buffer.from(content).equals(input.files.get(name)!), name);
    }
  });
});
