import assert from 'node:assert/strict';
import { type Memory, type OutputRecord, OutputRecords } from '../../../src/extension/outputRecords';

function memory(): Memory {
  const values = new Map<string, string>();
  return {
    get: (key, fallback) => (values.has(key) ? JSON.parse(values.get(key)!) : fallback),
    update: async (key, value) => {
      values.set(key, JSON.stringify(value));
    },
  };
}

const record = (id: string): OutputRecord => ({
  id,
  kind: 'translate',
  location: { uri: 'file:///a.md', ranges: [[0, 4]] },
});

describe('OutputRecords', () => {
  it('finds a record again with another instance over the same memory', async () => {
    const shared = memory();
    await new OutputRecords(shared).add(record('a'));
    assert.deepEqual(new OutputRecords(shared).find('a'), record('a'));
    assert.equal(new OutputRecords(shared).find('b'), undefined);
  });

  it('replaces a record of the same id', async () => {
    const records = new OutputRecords(memory());
    await records.add(record('a'));
    await records.add({ ...record('a'), kind: 'summarize' });
    assert.equal(records.find('a')?.kind, 'summarize');
  });

  it('forgets what came from a document whose address another one takes', async () => {
    const records = new OutputRecords(memory());
    await records.add(record('a'));
    await records.add({ ...record('b'), location: { uri: 'untitled:Untitled-1', ranges: [] } });
    await records.forgetSource('untitled:Untitled-1');
    assert.equal(records.find('b'), undefined);
    assert.ok(records.find('a'));
  });

  it('forgets the oldest of more than fifty', async () => {
    const records = new OutputRecords(memory());
    for (let i = 0; i <= 50; i++) await records.add(record(`${i}`));
    assert.equal(records.find('0'), undefined);
    assert.ok(records.find('1'));
  });
});
