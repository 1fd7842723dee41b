// `headlight attention` by every method in every format, and `headlight calibrate`, through the real program.

import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { attentionMethods } from '../../src/model/attention/methods';
import { readDocument } from '../../src/model/attention/readDocument';
import { cliCache, runCli } from '../support/cli';
import { root } from '../support/paths';

const headlight = (...args: string[]) => runCli(args);

const text = 'The function parseConfig returns 42, and readFile returns 7 of them.';
const names = ['parseConfig', '42', 'readFile', '7'];
const attention = (...args: string[]) => headlight('attention', '--from', 'en', '--to', 'es', ...args, text);
const model = (name: string) => path.join(root, 'test', 'fixtures', 'models', name);

describe('headlight attention', () => {
  for (const method of attentionMethods)
    it(`gives ${method} as JSON that opens again, each row summing to 1`, () => {
      const { exitCode, stdout, stderr } = attention('--method', method, '--json');
      assert.equal(exitCode, 0, stderr);
      const document = readDocument(stdout.toString(), 'stdout');
      assert.equal(document.method, method);
      const [{ attention: made, sourceTokens, targetTokens }] = document.segments;
      if (made.kind === 'alignment') {
        assert.ok('links' in made.alignment);
        const { links, sourceWords, targetWords } = made.alignment;
        const named = links.map(([from, to]) => [
          document.source.slice(...sourceWords[from].range),
          document.target.slice(...targetWords[to].range),
        ]);
        const isRight = (name: string) => named.some(([from, to]) => from === name && to === name);
        // What the shipped model links is right 97 times in 100.
        assert.ok(names.filter(isRight).length >= names.length - 1, JSON.stringify(named));
        return;
      }
      const { cross } = made.maps;
      assert.ok(cross);
      const [layerCount, headCount, rowCount, columnCount] = cross.shape;
      assert.deepEqual([rowCount, columnCount], [targetTokens.length, sourceTokens.length]);
      assert.equal(layerCount * headCount === 1, method === 'rollout' || method === 'occlusion');
      for (let start = 0; start < cross.data.length; start += columnCount) {
        const sum = cross.data.subarray(start, start + columnCount).reduce((total, value) => total + value, 0);
        assert.ok(Math.abs(sum - 1) < 1e-3, `row ${start / columnCount} sums to ${sum}`);
      }
    });

  it('writes the same numbers as CSV, the same picture as SVG and PNG, and links as Pharaoh', () => {
    const csv = attention('--method', 'alignment', '--format', 'csv').stdout.toString();
    assert.match(csv, /^segment,row,rowName,column,columnName,weight\r\n0,0,/);
    assert.match(
      attention('--method', 'norm', '--format', 'svg', '--layer', '0', '--head', '1').stdout.toString(),
      /head 2 of/,
    );
    assert.equal(attention('--format', 'png').stdout.toString('latin1', 1, 4), 'PNG');
    assert.match(attention('--format', 'pharaoh').stdout.toString(), /^(\d+-\d+ )*\d+-\d+\n$/);
  });

  it('says why a method gives nothing instead of giving another', () => {
    const hidden = headlight('attention', '--model', model('bartFused'), '--raw', '--method', 'norm', 'the cat');
    assert.equal(hidden.exitCode, 1);
    assert.match(hidden.stderr, /^headlight: norm is unavailable, because .+; found .+\n$/);
    const undeclared = headlight(
      'attention',
      '--model',
      model('bartSplit'),
      '--raw',
      '--method',
      'alignment',
      'the cat',
    );
    assert.equal(undeclared.exitCode, 1);
    assert.match(undeclared.stderr, /alignment is unavailable, because .*declares heads/);
  });

  it('refuses options that cannot stand together', () => {
    for (const args of [
      ['--method', 'other'],
      ['--format', 'pharaoh', '--method', 'raw'],
      ['--json', '--format', 'svg'],
      ['--format', 'json', '--layer', '0'],
    ])
      assert.equal(attention(...args).exitCode, 2, args.join(' '));
    assert.equal(headlight('translate', '--method', 'raw', 'x').exitCode, 2);
  });
});

describe('headlight calibrate', () => {
  it('keeps chosen heads for a model that declares none, and says what they gain', () => {
    const pairs = path.join(cliCache, 'pairs.tsv');
    const line = (index: number) => `the cat sees item_${index} here\there item_${index} sees cat the\n`;
    writeFileSync(pairs, Array.from({ length: 10 }, (_, index) => line(index)).join(''));
    const args = ['--model', model('marianSplit'), '--pairs', pairs] as const;
    const { exitCode, stdout, stderr } = headlight('calibrate', ...args, '--json');
    assert.equal(exitCode, 0, stderr);
    const calibration = JSON.parse(stdout.toString());
    assert.equal(calibration.itemCount, 10);
    assert.ok(calibration.rightAfter >= calibration.rightBefore);
    assert.deepEqual(readdirSync(path.join(cliCache, 'alignment')), [`${calibration.modelSha256}.json`]);
    const made = headlight('attention', '--model', model('marianSplit'), '--raw', '--method', 'alignment', 'the cat');
    assert.equal(made.exitCode, 0, made.stderr);
    assert.equal(JSON.parse(made.stdout.toString()).alignment.origin, 'calibrated');
  });

  it('says how many names it needs', () => {
    const pairs = path.join(cliCache, 'few.tsv');
    writeFileSync(pairs, 'the cat\tthe cat\n');
    const { exitCode, stderr } = headlight('calibrate', '--model', model('marianSplit'), '--pairs', pairs);
    assert.equal(exitCode, 1);
    assert.match(stderr, /needs 8 names, numbers or code spans .* found 0 in 1 pairs/);
  });
});
