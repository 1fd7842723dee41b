import assert from 'node:assert/strict';
import { HeadlightError } from '../../../src/model/errors';
import { ProtobufReader } from '../../../src/model/onnx/protobufReader';
import { messageField, stringField } from '../../../src/model/onnx/protobufWriter';

const reader = (...bytes: number[]) => new ProtobufReader(Uint8Array.from(bytes), 'file.onnx');

function atFirstField(...bytes: number[]): ProtobufReader {
  const first = reader(...bytes);
  assert.equal(first.nextField(), true);
  return first;
}

function corruptAt(offset: number, rule: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof HeadlightError);
    assert.equal(error.code, 'model-file-corrupt');
    assert.equal(error.details.file, 'file.onnx');
    assert.equal(error.details.offset, offset);
    assert.match(String(error.details.rule), rule);
    assert.match(error.message, /^file\.onnx: .*; found .* at byte \d+$/);
    return true;
  };
}

const ones = (count: number) => Array.from({ length: count }, () => 0xff);

describe('ProtobufReader', () => {
  it('reads integers of every length exactly', () => {
    assert.equal(atFirstField(0x08, 0x00).readInteger(), 0n);
    assert.equal(atFirstField(0x08, 0x96, 0x01).readInteger(), 150n);
    assert.equal(atFirstField(0x08, 0xff, 0xff, 0xff, 0x7f).readInteger(), 2n ** 28n - 1n);
    assert.equal(atFirstField(0x08, 0x80, 0x80, 0x80, 0x80, 0x01).readInteger(), 2n ** 28n);
    assert.equal(atFirstField(0x08, ...ones(8), 0x7f).readInteger(), 2n ** 63n - 1n);
    assert.equal(atFirstField(0x08, ...ones(9), 0x01).readInteger(), -1n);
  });

  it('reads repeated integers packed and one by one', () => {
    assert.deepEqual(atFirstField(0x0a, 0x03, 0x01, 0x96, 0x01).readNumbers(), [1, 150]);
    assert.deepEqual(atFirstField(0x08, 0x07).readNumbers(), [7]);
  });

  it('gives a number only where a number is exact', () => {
    assert.equal(atFirstField(0x08, ...ones(9), 0x01).readNumber(), -1);
    assert.throws(() => atFirstField(0x08, ...ones(8), 0x7f).readNumber(), corruptAt(1, /below 2\^53/));
  });

  it('respects the offset of a view', () => {
    const content = messageField(3, stringField(1, 'naïve'));
    const buffer = new Uint8Array(content.length + 20).fill(0xff);
    buffer.set(content, 13);
    const view = buffer.subarray(13, 13 + content.length);
    const outer = new ProtobufReader(view, 'file.onnx');
    assert.ok(outer.nextField());
    const inner = outer.readMessage();
    assert.deepEqual(inner.location, { fieldStart: 0, lengthStart: 1, start: 2, end: view.length });
    assert.ok(inner.nextField());
    assert.equal(inner.readString(), 'naïve');
    assert.equal(inner.nextField(), false);
    assert.equal(outer.nextField(), false);
  });

  it('skips every wire type that is in use', () => {
    const mixed = reader(0x08, 0x80, 0x01, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1a, 2, 9, 9, 0x25, 1, 2, 3, 4, 0x28, 5);
    const numbers: number[] = [];
    while (mixed.nextField()) {
      numbers.push(mixed.fieldNumber);
      mixed.skip();
    }
    assert.deepEqual(numbers, [1, 2, 3, 4, 5]);
  });

  it('refuses what ends outside its message', () => {
    assert.throws(() => atFirstField(0x0a, 0x05, 1, 2).readRange(), corruptAt(1, /ends inside its message/));
    assert.throws(() => atFirstField(0x0a, ...ones(9), 0x01).readRange(), corruptAt(1, /ends inside its message/));
    assert.throws(() => atFirstField(0x0a, ...ones(4), 0x07).readRange(), corruptAt(1, /ends inside its message/));
    assert.throws(() => atFirstField(0x09, 1, 2, 3).skip(), corruptAt(1, /ends inside its message/));
    assert.throws(() => atFirstField(0x08, 0x80).readInteger(), corruptAt(1, /ends inside its message/));
    assert.throws(() => reader(0x80).nextField(), corruptAt(0, /ends inside its message/));
    const outer = atFirstField(0x0a, 0x02, 0x0a, 0x03, 7, 7, 7).readMessage();
    assert.ok(outer.nextField());
    assert.throws(() => outer.readRange(), corruptAt(3, /ends inside its message/));
  });

  it('refuses integers of more than 64 bits', () => {
    assert.throws(() => atFirstField(0x08, ...ones(10), 0x01).readInteger(), corruptAt(1, /at most 64 bits/));
    assert.throws(() => atFirstField(0x08, ...ones(9), 0x02).readInteger(), corruptAt(1, /at most 64 bits/));
  });

  it('refuses field number 0, groups and a value of another wire type', () => {
    assert.throws(() => reader(0x02, 0x00).nextField(), corruptAt(0, /field numbers/));
    assert.throws(() => atFirstField(0x0b).skip(), corruptAt(1, /wire types/));
    assert.throws(() => atFirstField(0x08, 0x01).readString(), corruptAt(1, /field 1 has wire type 2/));
  });

  it('refuses strings that are not UTF-8', () => {
    assert.throws(() => atFirstField(0x0a, 0x02, 0xc3, 0x28).readString(), corruptAt(2, /UTF-8/));
  });

  it('refuses messages that nest without end', () => {
    let content: Uint8Array = new Uint8Array(0);
    for (let depth = 0; depth < 200; depth++) content = messageField(1, content);
    const descend = () => {
      let current = new ProtobufReader(content, 'file.onnx');
      while (current.nextField()) current = current.readMessage();
    };
    assert.throws(descend, /messages nest at most 100 deep/);
  });
});
