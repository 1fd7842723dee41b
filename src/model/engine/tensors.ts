// Making and rearranging onnxruntime tensors on the CPU. Runs in the engine process.

import { Tensor } from 'onnxruntime-node';
import { HeadlightError } from '../errors';

/** `[row, column]` of int64 from rows of equal length. */
export function int64Tensor(rows: readonly (readonly number[])[]): Tensor {
  const columnCount = rows[0]?.length ?? 0;
  const data = new BigInt64Array(rows.length * columnCount);
  rows.forEach((row, rowIndex) => {
    row.forEach((value, column) => {
      data[rowIndex * columnCount + column] = BigInt(value);
    });
  });
  return new Tensor('int64', data, [rows.length, columnCount]);
}

/** `[value]` of int64. */
export function int64Vector(values: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), [values.length]);
}

type NumericArray = Float32Array | Uint16Array | Float64Array;

/** Values of a float tensor as float32; float16 and float64 are converted. */
export function floatsOf(tensor: Tensor): Float32Array {
  const { data, type } = tensor;
  if (data instanceof Float32Array) return data;
  if (type === 'float16') return fromFloat16(bitsOf(data as unknown as NumericArray));
  if (data instanceof Float64Array) return Float32Array.from(data);
  throw new HeadlightError('device-failed', `expected a tensor of floats, found ${type}`, {
    rule: 'float tensor',
    found: type,
  });
}

/** The bits of a float16 array, whichever class this runtime holds them in (Uint16Array, or Float16Array since Node 24). */
function bitsOf(data: NumericArray): Uint16Array {
  return data instanceof Uint16Array ? data : new Uint16Array(data.buffer, data.byteOffset, data.length);
}

/**
 * The same tensor in a form that onnxruntime-node 1.30 can take: where there is a Float16Array (Node 24) its tensors hold one, which its
 * native part takes for empty. The same bytes as a Uint16Array it reads.
 */
export function readableByRuntime(tensor: Tensor): Tensor {
  if (tensor.location !== 'cpu') return tensor; // has no data here
  const data = tensor.data as unknown as NumericArray;
  if (tensor.type === 'float16' && !(data instanceof Uint16Array))
    Object.defineProperty(tensor, 'data', { value: bitsOf(data) });
  return tensor;
}

/** IEEE 754 binary16 to binary32. */
function fromFloat16(bits: Uint16Array): Float32Array {
  const result = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index++) {
    const value = bits[index];
    const exponent = (value >> 10) & 0x1f;
    const fraction = value & 0x3ff;
    const sign = value & 0x8000 ? -1 : 1;
    if (exponent === 0) result[index] = sign * fraction * 2 ** -24;
    else if (exponent === 0x1f) result[index] = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    else result[index] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return result;
}

/** The tensor made of `rows` of axis 0 of `tensor`, in that order. */
export function gatherRows(tensor: Tensor, rows: readonly number[]): Tensor {
  const [, ...rest] = tensor.dims;
  const rowSize = rest.reduce((product, dim) => product * dim, 1);
  const source = tensor.data as Float32Array;
  const data = new (source.constructor as new (length: number) => Float32Array)(rows.length * rowSize);
  rows.forEach((row, index) => {
    data.set(source.subarray(row * rowSize, (row + 1) * rowSize), index * rowSize);
  });
  return new Tensor(tensor.type, data as never, [rows.length, ...rest]);
}

/** A row to copy onto another one. `spareRow` stands for one row of memory beside the tensor. */
export interface RowMove {
  readonly from: number;
  readonly to: number;
}

const spareRow = -1;

/**
 * The copies, in order, that give each row `i` what row `rows[i]` had, in place: none overwrites what a later one reads. For no more rows
 * than there were.
 */
export function rowMoves(rows: readonly number[]): RowMove[] {
  const moves: RowMove[] = [];
  const readers = new Map<number, number>();
  const left = new Set<number>();
  for (const [row, from] of rows.entries()) {
    if (from === row) continue;
    left.add(row);
    readers.set(from, (readers.get(from) ?? 0) + 1);
  }
  const isFree = (row: number) => left.has(row) && !readers.get(row);
  const free = [...left].filter(isFree);
  for (let to = free.pop(); to !== undefined; to = free.pop()) {
    const from = rows[to];
    moves.push({ from, to });
    left.delete(to);
    readers.set(from, readers.get(from)! - 1);
    if (isFree(from)) free.push(from);
  }
  // What is left are circles, in which every row is read once.
  for (const start of left) {
    moves.push({ from: start, to: spareRow });
    let to = start;
    for (; rows[to] !== start; to = rows[to]) {
      moves.push({ from: rows[to], to });
      left.delete(rows[to]);
    }
    moves.push({ from: spareRow, to });
  }
  return moves;
}

/** The tensor of the first `rowCount` rows after `moves`, in the same memory. */
export function moveRows(tensor: Tensor, moves: readonly RowMove[], rowCount: number): Tensor {
  const { dims, type } = tensor;
  const data = tensor.data as Float32Array;
  const rowSize = data.length / dims[0];
  let spare: Float32Array | undefined;
  for (const { from, to } of moves)
    if (to === spareRow) spare = data.slice(from * rowSize, (from + 1) * rowSize);
    else if (from === spareRow) data.set(spare!, to * rowSize);
    else data.copyWithin(to * rowSize, from * rowSize, (from + 1) * rowSize);
  return new Tensor(type, data.subarray(0, rowCount * rowSize) as never, [rowCount, ...dims.slice(1)]);
}

/** True when `rows` is 0, 1, 2, ... for `count` rows: gathering would change nothing. */
export function isIdentity(rows: readonly number[], count: number): boolean {
  return rows.length === count && rows.every((row, index) => row === index);
}
