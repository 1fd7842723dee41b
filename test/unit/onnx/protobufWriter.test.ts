import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type FieldLocation, ProtobufReader } from '../../../src/model/onnx/protobufReader';
import {
  applyEdits,
  concatBytes,
  integerField,
  messageField,
  stringField,
} from '../../../src/model/onnx/protobufWriter';

function locationOf(bytes: Uint8Array, ...path: number[]): FieldLocation {
  let reader = new ProtobufReader(bytes, 'file');
  for (const fieldNumber of path) {
    while (reader.nextField() && reader.fieldNumber !== fieldNumber) reader.skip();
    reader = reader.readMessage();
  }
  return reader.location;
}

describe('integerField', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 29 - 1 }), fc.maxSafeNat(), (fieldNumber, value) => {
        const reader = new ProtobufReader(integerField(fieldNumber, value), 'file');
        assert.ok(reader.nextField());
        assert.equal(reader.fieldNumber, fieldNumber);
        assert.equal(reader.readNumber(), value);
        assert.equal(reader.nextField(), false);
      }),
    );
  });
});

describe('applyEdits', () => {
  const before = stringField(9, 'before');
  const after = stringField(9, 'after');
  const long = 'x'.repeat(120);

  it('appends deep inside and corrects every length around it, also where the length grows a byte', () => {
    const bytes = concatBytes([before, messageField(1, messageField(2, stringField(3, long)), after), after]);
    const added = stringField(4, 'added');
    const edits = [
      {
        location: locationOf(bytes, 1),
        append: [added],
        inner: [{ location: locationOf(bytes, 1, 2), append: [added], inner: [] }],
      },
    ];
    const expected = concatBytes([
      before,
      messageField(1, messageField(2, stringField(3, long), added), after, added),
      after,
    ]);
    assert.deepEqual(applyEdits(bytes, edits), expected);
  });

  it('adds up edits of one message', () => {
    const bytes = concatBytes([messageField(1, before, messageField(2, before)), after]);
    const location = locationOf(bytes, 1);
    const inside = { location: locationOf(bytes, 1, 2), append: [after], inner: [] };
    const edits = [
      { location, append: [after], inner: [inside] },
      { location, prepend: [after], append: [before], inner: [inside] },
    ];
    const inner = messageField(2, before, after, after);
    assert.deepEqual(
      applyEdits(bytes, edits),
      concatBytes([messageField(1, after, before, inner, after, before), after]),
    );
  });

  it('puts a field in front of another one that is edited itself', () => {
    const bytes = messageField(1, before, messageField(2, before), after);
    const inside = { location: locationOf(bytes, 1, 2), append: [after], inner: [] };
    const insert = [{ offset: inside.location.fieldStart, field: stringField(4, 'added') }];
    const edited = applyEdits(bytes, [{ location: locationOf(bytes, 1), insert, append: [], inner: [inside] }]);
    assert.deepEqual(edited, messageField(1, before, stringField(4, 'added'), messageField(2, before, after), after));
  });

  it('lets what is edited in a removed field fall away with it, and puts a field in its place', () => {
    const bytes = messageField(1, before, messageField(2, before), after);
    const inside = { location: locationOf(bytes, 1, 2), append: [after], inner: [] };
    const { fieldStart, end } = inside.location;
    const remove = [{ start: fieldStart, end }];
    const insert = [{ offset: fieldStart, field: stringField(4, 'added') }];
    const edit = { location: locationOf(bytes, 1), remove, insert, append: [], inner: [inside] };
    assert.deepEqual(applyEdits(bytes, [edit]), messageField(1, before, stringField(4, 'added'), after));
  });

  it('takes edits in any order', () => {
    const bytes = concatBytes([messageField(1, before), messageField(2, after)]);
    const edits = [2, 1].map(fieldNumber => ({ location: locationOf(bytes, fieldNumber), append: [after], inner: [] }));
    assert.deepEqual(
      applyEdits(bytes, edits),
      concatBytes([messageField(1, before, after), messageField(2, after, after)]),
    );
  });

  it('gives a copy, and leaves the bytes it was given', () => {
    const bytes = messageField(1, before);
    const same = applyEdits(bytes, []);
    assert.deepEqual(same, bytes);
    assert.notEqual(same.buffer, bytes.buffer);
  });
});
