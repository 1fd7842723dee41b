// Pixels as a PNG file (PNG specification, third edition: https://www.w3.org/TR/png-3/). Node only: it compresses with zlib.

import { crc32, deflateSync } from 'node:zlib';
import type { Pixels } from '../model/attention/pixels';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A PNG file with 8 bits for each of red, green and blue. */
export function pngOf({ width, height, data }: Pixels): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // bit depth, true colour, deflate, adaptive filters, no interlace
  const stride = width * 3;
  // Each row begins with its filter. "Up" turns rows that repeat the one above, as scaled ones do, into zeros.
  const filtered = Buffer.alloc((stride + 1) * height);
  for (let row = 0; row < height; row++) {
    const start = row * (stride + 1);
    filtered[start] = 2;
    for (let offset = 0; offset < stride; offset++) {
      const above = row === 0 ? 0 : data[(row - 1) * stride + offset];
      filtered[start + 1 + offset] = data[row * stride + offset] - above;
    }
  }
  return Buffer.concat([
    Buffer.from(signature),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(filtered, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
