// Reads which shared libraries a 64-bit little-endian ELF file asks for, without loading it. Node only.
// Source: Tool Interface Standard, ELF 1.2, with the 64-bit layout of the System V ABI, draft of 2013.

import { type FileHandle, open } from 'node:fs/promises';

const loadSegment = 1;
const dynamicSegment = 2;
const endTag = 0n;
const neededTag = 1n;
const stringTableTag = 5n;
const longestName = 256;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly sizeBytes: number;
}

/** DT_NEEDED of a library, in its order; empty when the file is no such ELF file. Errors: those of reading the file. */
export async function neededLibraries(file: string): Promise<readonly string[]> {
  const handle = await open(file);
  try {
    const header = await bytesAt(handle, 0, 64);
    const isElf64 = header.length === 64 && header.readUInt32BE(0) === 0x7f454c46 && header[4] === 2 && header[5] === 1;
    if (!isElf64) return [];
    const segments = await readSegments(handle, header);
    const dynamic = segments.find(({ type }) => type === dynamicSegment);
    if (!dynamic) return [];
    const table = await bytesAt(handle, dynamic.offset, dynamic.sizeBytes);
    const entries = dynamicEntries(table);
    const stringsAddress = entries.find(({ tag }) => tag === stringTableTag)?.value;
    const holder = segments.find(
      ({ type, address, sizeBytes }) =>
        type === loadSegment &&
        stringsAddress !== undefined &&
        stringsAddress >= address &&
        stringsAddress < address + sizeBytes,
    );
    if (!holder || stringsAddress === undefined) return [];
    const stringsOffset = stringsAddress - holder.address + holder.offset;
    const needed = entries.filter(({ tag }) => tag === neededTag);
    return await Promise.all(needed.map(({ value }) => nameAt(handle, stringsOffset + value)));
  } finally {
    await handle.close();
  }
}

async function readSegments(handle: FileHandle, header: Buffer): Promise<Segment[]> {
  const offset = Number(header.readBigUInt64LE(32));
  const entrySize = header.readUInt16LE(54);
  const count = header.readUInt16LE(56);
  const table = await bytesAt(handle, offset, entrySize * count);
  return Array.from({ length: Math.floor(table.length / entrySize) }, (_, index) => {
    const start = index * entrySize;
    return {
      type: table.readUInt32LE(start),
      offset: Number(table.readBigUInt64LE(start + 8)),
      address: Number(table.readBigUInt64LE(start + 16)),
      sizeBytes: Number(table.readBigUInt64LE(start + 32)),
    };
  });
}

function dynamicEntries(table: Buffer): { readonly tag: bigint; readonly value: number }[] {
  const entries = [];
  for (let start = 0; start + 16 <= table.length; start += 16) {
    const tag = table.readBigInt64LE(start);
    if (tag === endTag) break;
    entries.push({ tag, value: Number(table.readBigUInt64LE(start + 8)) });
  }
  return entries;
}

async function nameAt(handle: FileHandle, offset: number): Promise<string> {
  const bytes = await bytesAt(handle, offset, longestName);
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end === -1 ? bytes.length : end);
}

/** Fewer bytes where the file ends earlier. */
async function bytesAt(handle: FileHandle, offset: number, sizeBytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(sizeBytes), 0, sizeBytes, offset);
  return buffer.subarray(0, bytesRead);
}
