// @ts-check
// Makes src/model/attention/pixelFont.ts from the bitmaps of the font 6x13 (misc-fixed, public domain), in BDF form:
//   node scripts/pixelFont.mjs 6x13.bdf
// Debian has the font in xfonts-base and the converter in pcf2bdf.

import { readFileSync, writeFileSync } from 'node:fs';

const height = 13;
/** Latin, Greek and Cyrillic with what punctuation goes with them, and the mark for what is missing. */
const ranges = [
  [0x20, 0x7e],
  [0xa1, 0x17f],
  [0x192, 0x192],
  [0x218, 0x21b],
  [0x37e, 0x3ce],
  [0x400, 0x45f],
  [0x490, 0x491],
  [0x2010, 0x2026],
  [0x20ac, 0x20ac],
  [0x2190, 0x2193],
  [0x2581, 0x2581],
  [0xfffd, 0xfffd],
];

const [file] = process.argv.slice(2);
const lines = readFileSync(file, 'latin1').split('\n');
const ascent = Number(lines.find(line => line.startsWith('FONT_ASCENT'))?.split(' ')[1]);
/** @type {Map<number, Uint8Array>} */
const glyphs = new Map();
for (let index = 0; index < lines.length; index++) {
  if (!lines[index].startsWith('ENCODING')) continue;
  const code = Number(lines[index].split(' ')[1]);
  const [, , boxHeight, left, bottom] = lines[lines.indexOf('BITMAP', index) - 1].split(' ').map(Number);
  const start = lines.indexOf('BITMAP', index) + 1;
  const rows = new Uint8Array(height);
  for (let row = 0; row < boxHeight; row++)
    rows[ascent - bottom - boxHeight + row] = Number.parseInt(lines[start + row], 16) >> left;
  glyphs.set(code, rows);
}
const codes = ranges.flatMap(([first, last]) =>
  Array.from({ length: last - first + 1 }, (_, offset) => first + offset).filter(code => glyphs.has(code)),
);
/** Runs of consecutive codes: `first, count`. */
const runs = /** @type {[number, number][]} */ ([]);
for (const code of codes) {
  const last = runs.at(-1);
  if (last && last[0] + last[1] === code) last[1]++;
  else runs.push([code, 1]);
}
const data = Buffer.concat(codes.map(code => /** @type {Uint8Array} */ (glyphs.get(code)))).toString('base64');
const wrapped = data
  .match(/.{1,110}/g)
  ?.map(part => `  '${part}'`)
  .join(' +\n');
writeFileSync(
  'src/model/attention/pixelFont.ts',
  `// Letters of 6 x ${height} pixels for pictures made without a browser: the font 6x13 (misc-fixed, public domain) for Latin, Greek and
// Cyrillic. Made by scripts/pixelFont.mjs.

/** Glyphs in order of their characters: \`[first character, how many]\`. */
export const glyphRuns: readonly (readonly [first: number, count: number])[] = ${JSON.stringify(runs)};

/** One byte for each row of a glyph, its leftmost pixel the highest bit; base64. */
export const glyphRows =
${wrapped};
`,
);
