// @ts-check
// Reads the names in a ZIP file. Node built-ins only.

import { readFileSync } from 'node:fs';

const endSignature = 0x06054b50;
const endSizeBytes = 22;
const entrySignature = 0x02014b50;
const entrySizeBytes = 46;

/**
 * The names of all files in a ZIP file without a comment and under 4 GB, in its own order.
 * Format: APPNOTE.TXT 6.3.10, sections 4.3.12 and 4.3.16.
 * @param {string} zipPath
 * @returns {string[]}
 */
export function readZipEntries(zipPath) {
  const bytes = readFileSync(zipPath);
  const end = bytes.length - endSizeBytes;
  if (end < 0 || bytes.readUInt32LE(end) !== endSignature)
    throw new Error(`${zipPath} does not end as a ZIP file does`);
  const names = [];
  let offset = bytes.readUInt32LE(end + 16);
  for (let remaining = bytes.readUInt16LE(end + 10); remaining > 0; remaining--) {
    if (bytes.readUInt32LE(offset) !== entrySignature) throw new Error(`${zipPath}: no directory entry at ${offset}`);
    const nameLength = bytes.readUInt16LE(offset + 28);
    const extraLength = bytes.readUInt16LE(offset + 30);
    const commentLength = bytes.readUInt16LE(offset + 32);
    names.push(bytes.toString('utf8', offset + entrySizeBytes, offset + entrySizeBytes + nameLength));
    offset += entrySizeBytes + nameLength + extraLength + commentLength;
  }
  return names;
}
