import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import { pngOf } from '../../../src/client/png';
import type { AttentionDocument, AttentionPicture } from '../../../src/model/attention/attentionDocument';
import { colorScale, levelOf } from '../../../src/model/attention/colorScale';
import { documentJson } from '../../../src/model/attention/documentJson';
import { drawPictures, lightStyle } from '../../../src/model/attention/drawing';
import { csvOf, pharaohOf } from '../../../src/model/attention/exportText';
import { pictureOf } from '../../../src/model/attention/picture';
import { pixelsOf } from '../../../src/model/attention/pixels';
import { readDocument } from '../../../src/model/attention/readDocument';
import { svgOf } from '../../../src/model/attention/svg';
import { wordsOf } from '../../../src/model/attention/words';
import type { Token } from '../../../src/model/types';

const token = (id: number, text: string, start: number, end: number): Token => ({
  id,
  text,
  range: [start, end],
  special: start === end,
  unknown: false,
});

const sourceTokens = [token(5, '▁red', 0, 3), token(6, '▁cat', 4, 7), token(0, '</s>', 7, 7)];
const targetTokens = [token(7, '▁gato', 0, 4), token(8, '▁rojo', 5, 9), token(0, '</s>', 9, 9)];
const cross = Float32Array.from([0.1, 0.8, 0.1, 0.7, 0.2, 0.1, 0, 0, 1]);
const maps = { cross: { shape: [1, 1, 3, 3] as const, data: cross } };

const base = {
  source: 'red cat',
  target: 'gato rojo',
  task: 'translate',
  from: 'en',
  to: 'es',
  pivot: undefined,
  modelName: 'tiny',
  modelSha256: '0'.repeat(64),
  device: 'cpu',
} as const;

const segment = {
  source: [0, 7],
  target: [0, 9],
  sourceTokens,
  targetTokens,
  logProbabilities: [-0.5, -0.25, -0.125],
  score: -0.3,
  truncated: false,
} as const;

const raw: AttentionDocument = {
  ...base,
  method: 'rollout',
  segments: [{ ...segment, attention: { kind: 'maps', maps, unavailable: {}, occluded: undefined } }],
};

const aligned: AttentionDocument = {
  ...base,
  method: 'alignment',
  segments: [
    {
      ...segment,
      attention: {
        kind: 'alignment',
        alignment: {
          sourceWords: wordsOf(base.source, sourceTokens),
          targetWords: wordsOf(base.target, targetTokens),
          links: [
            [1, 0, 0.75],
            [0, 1, 0.5],
          ],
          weights: { rowCount: 2, columnCount: 2, data: Float32Array.from([0.25, 0.75, 0.5, 0.5]) },
          heads: { layer: 0, heads: [1], inputShift: true },
          origin: 'declared',
          doubts: [
            { kind: 'omitted', word: 1, value: 0.125 },
            { kind: 'invented', word: 0, value: 0.0625 },
          ],
        },
      },
    },
  ],
};

const picture = pictureOf(raw, 0) as AttentionPicture;

describe('attention files', () => {
  for (const document of [raw, aligned])
    it(`come back as they were written, ${document.method}`, () => {
      const text = JSON.stringify(documentJson(document));
      assert.deepEqual(JSON.parse(JSON.stringify(documentJson(readDocument(text, 'a.json')))), JSON.parse(text));
    });

  it('name what is wrong with a file that is not one', () => {
    const json = documentJson(raw) as { segments: { attention: { cross: { shape: number[] } } }[] };
    const broken = structuredClone(json);
    broken.segments[0].attention.cross.shape = [1, 1, 3, 1_000_000_000];
    for (const text of ['', '{}', '[]', JSON.stringify(broken), JSON.stringify({ ...json, method: 'other' })])
      assert.throws(() => readDocument(text, 'a.json'), { code: 'attention-file-corrupt' });
  });

  it('opens one of an earlier version, without doubts, and rejects a doubt about a word that is not there', () => {
    const json = documentJson(aligned) as { segments: { doubts?: { word: number }[] }[] };
    const without = structuredClone(json);
    delete without.segments[0].doubts;
    const [{ attention }] = readDocument(JSON.stringify(without), 'a.json').segments;
    assert.ok(attention.kind === 'alignment' && 'doubts' in attention.alignment);
    assert.deepEqual(attention.alignment.doubts, []);
    const broken = structuredClone(json);
    broken.segments[0].doubts![0].word = 2;
    assert.throws(() => readDocument(JSON.stringify(broken), 'a.json'), { code: 'attention-file-corrupt' });
  });

  it('hold the links source word first, sorted, as Pharaoh', () => {
    const { attention } = aligned.segments[0];
    assert.ok(attention.kind === 'alignment');
    assert.equal(pharaohOf([attention.alignment]), '0-1 1-0\n');
    assert.equal(pharaohOf([{ reason: 'no-heads', rule: 'heads', found: 'none' }]), '\n');
  });

  it('quote what CSV needs quoted and leave out cells that a row could not see', () => {
    const lines = csvOf([
      {
        ...picture,
        rows: ['a"b', 'c'],
        columns: [',', 'e'],
        weights: { rowCount: 2, columnCount: 2, data: Float32Array.from([1, 0, 0.25, 0.75]) },
        visibleCounts: Uint32Array.from([1, 2]),
      },
    ]).split('\r\n');
    assert.deepEqual(lines, [
      'segment,row,rowName,column,columnName,weight',
      '0,0,"a""b",0,",",1.000000',
      '0,1,c,0,",",0.2500000',
      '0,1,c,1,e,0.7500000',
      '',
    ]);
  });

  it('show each cell in SVG and PNG in the colour that the panel gives it', () => {
    const drawing = drawPictures([picture]);
    const colors = colorScale(lightStyle.background, lightStyle.accent);
    const cells = drawing.rectangles.filter(({ note }) => note);
    assert.equal(cells.length, 9);
    const svg = svgOf(drawing);
    const { width, height, data } = pixelsOf(drawing, 1);
    cells.forEach(({ left, top, color, note }, index) => {
      const level = levelOf(cross[index], 'squareRoot');
      assert.deepEqual([...color], [...colors.subarray(4 * level, 4 * level + 3)]);
      const start = ((top + 8) * width + left + 8) * 3;
      assert.deepEqual([...data.subarray(start, start + 3)], [...color]);
      assert.ok(svg.includes(`<title>${note!.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</title>`), note);
    });
    assert.deepEqual([width, height], [drawing.width, drawing.height]);
  });

  it('escape words for SVG, and control characters that it cannot hold', () => {
    const svg = svgOf(drawPictures([{ ...picture, rows: ['<b>&\u0007', 'c', 'd'] }]));
    assert.ok(svg.includes('&lt;b&gt;&amp;\ufffd'));
    assert.equal(svg.includes('\u0007'), false);
  });

  it('are PNG that unpacks to the same pixels', () => {
    const pixels = pixelsOf(drawPictures([picture]), 1);
    const png = pngOf(pixels);
    assert.equal(png.toString('latin1', 1, 4), 'PNG');
    assert.equal(png.readUInt32BE(16), pixels.width);
    const stride = pixels.width * 3;
    const rows = inflateSync(png.subarray(png.indexOf('IDAT') + 4, png.indexOf('IEND') - 8));
    const unpacked = new Uint8Array(stride * pixels.height);
    for (let row = 0; row < pixels.height; row++)
      for (let offset = 0; offset < stride; offset++) {
        const above = row === 0 ? 0 : unpacked[(row - 1) * stride + offset];
        unpacked[row * stride + offset] = rows[row * (stride + 1) + 1 + offset] + above;
      }
    assert.deepEqual(unpacked, pixels.data);
  });
});
