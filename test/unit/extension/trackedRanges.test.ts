import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TrackedRanges } from '../../../src/extension/trackedRanges';

const insert = (offset: number, insertedLength: number) => ({ offset, deletedLength: 0, insertedLength });

describe('TrackedRanges', () => {
  it('moves with text that is inserted or deleted before it', () => {
    const tracked = new TrackedRanges([[10, 20]]);
    tracked.apply([insert(0, 5)]);
    assert.deepEqual(tracked.current, [[15, 25]]);
    tracked.apply([{ offset: 2, deletedLength: 13, insertedLength: 1 }]);
    assert.deepEqual(tracked.current, [[3, 13]]);
  });

  it('stays where it is when text after it changes', () => {
    const tracked = new TrackedRanges([[10, 20]]);
    tracked.apply([{ offset: 20, deletedLength: 100, insertedLength: 3 }]);
    assert.deepEqual(tracked.current, [[10, 20]]);
  });

  it('takes in no text that is typed at either end', () => {
    const tracked = new TrackedRanges([[10, 20]]);
    tracked.apply([insert(20, 2)]);
    tracked.apply([insert(10, 2)]);
    assert.deepEqual(tracked.current, [[12, 22]]);
  });

  it('loses every range when the inside of one changes', () => {
    for (const change of [
      insert(11, 1),
      { offset: 19, deletedLength: 5, insertedLength: 5 },
      { offset: 5, deletedLength: 6, insertedLength: 0 },
    ]) {
      const tracked = new TrackedRanges([
        [0, 2],
        [10, 20],
      ]);
      tracked.apply([change]);
      assert.equal(tracked.current, undefined);
      tracked.apply([insert(0, 1)]);
      assert.equal(tracked.current, undefined, 'lost for good');
    }
  });

  it('takes the offsets of all changes of one event as of before the event, in any order', () => {
    const changes = [insert(0, 3), insert(5, 4), { offset: 25, deletedLength: 5, insertedLength: 0 }];
    for (const order of [changes, [...changes].reverse()]) {
      const tracked = new TrackedRanges([
        [10, 20],
        [30, 35],
      ]);
      tracked.apply(order);
      assert.deepEqual(tracked.current, [
        [17, 27],
        [32, 37],
      ]);
    }
  });

  it('names the same text as before after any edits outside', () => {
    const edit = fc.record({ at: fc.nat(60), deleted: fc.nat(10), inserted: fc.stringMatching(/^[a-z]{0,6}$/) });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 8 }), edits => {
        let text = `${'-'.repeat(20)}FIRST${'-'.repeat(10)}SECOND${'-'.repeat(20)}`;
        const tracked = new TrackedRanges([
          [20, 25],
          [35, 41],
        ]);
        for (const { at, deleted, inserted } of edits) {
          const offset = Math.min(at, text.length);
          const deletedLength = Math.min(deleted, text.length - offset);
          text = text.slice(0, offset) + inserted + text.slice(offset + deletedLength);
          tracked.apply([{ offset, deletedLength, insertedLength: inserted.length }]);
        }
        if (!tracked.current) return;
        assert.deepEqual(
          tracked.current.map(([start, end]) => text.slice(start, end)),
          ['FIRST', 'SECOND'],
        );
      }),
    );
  });
});
