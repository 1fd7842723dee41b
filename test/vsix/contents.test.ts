// What the packed extension holds.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { noticesPath, noticesText } from '../../scripts/packaging/notices.mjs';
import { findPackingFaults, packedPath } from '../../scripts/packaging/packedFiles.mjs';
import { currentTarget, targets } from '../../scripts/packaging/targets.mjs';
import { readZipEntries } from '../../scripts/packaging/zipEntries.mjs';

describe('the packed extension', () => {
  const target = currentTarget();
  const vsixPath = packedPath(target);

  it('holds every file it needs, no other, and stays in its size budget', () => {
    assert.deepEqual(findPackingFaults(vsixPath, target), []);
  });

  it('holds no sources, no maps, no tests and nothing that downloads', () => {
    const unwanted =
      /\.ts$|\.map$|\/(test|src|script|scripts|corpora|recipe)\/|adm-zip|global-agent|\.vscodeignore$|\.env/;
    assert.deepEqual(
      readZipEntries(vsixPath).filter(entry => unwanted.test(entry)),
      [],
    );
  });

  it("holds one platform's binaries", () => {
    const folders = readZipEntries(vsixPath).flatMap(entry => entry.match(/napi-v6\/(\w+\/\w+)\//)?.[1] ?? []);
    assert.deepEqual([...new Set(folders)], [target.name.replace('-', '/')]);
  });

  it('is found at fault when it is taken for that of another platform', () => {
    const other = targets.find(({ name }) => name !== target.name);
    assert.ok(other);
    const faults = findPackingFaults(vsixPath, other);
    assert.ok(faults.some(fault => fault.endsWith('is missing')));
    assert.ok(faults.some(fault => fault.endsWith('must not be in it')));
  });

  it('names every part that others wrote, with its licence', async () => {
    assert.equal(readFileSync(noticesPath, 'utf8'), await noticesText(), 'run `npm run notices`');
  });
});
