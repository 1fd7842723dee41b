import assert from 'node:assert/strict';
import { outputOfEachLine } from '../../../src/cli/output';
import { textDocument } from '../../../src/model/attention/attentionDocument';
import { documentJson } from '../../../src/model/attention/documentJson';
import type { CharacterRange, RunResult, Segment } from '../../../src/model/types';

const segment = (source: CharacterRange, target: CharacterRange): Segment => ({
  source,
  target,
  sourceTokens: [{ id: 1, text: 'x', range: source, special: false, unknown: false }],
  targetTokens: [{ id: 2, text: 'y', range: target, special: false, unknown: false }],
  logProbabilities: [-1],
  score: -1,
  truncated: false,
});

const result = (source: string, target: string, segments: readonly Segment[]): RunResult => ({
  source,
  target,
  segments,
  task: 'translate',
  from: 'en',
  to: 'es',
  pivot: undefined,
  model: { folder: '/model', name: 'model', sha256: '0' },
  device: 'cpu',
});

describe('outputOfEachLine', () => {
  it('gives each line its segments, with ranges in the line', () => {
    const lines = outputOfEachLine(
      result('ab cd\r\n\nef\n', 'AB  CD\r\n\nE\n', [
        segment([0, 2], [0, 2]),
        segment([3, 5], [4, 6]),
        segment([8, 10], [9, 10]),
      ]),
    );
    assert.deepEqual(
      lines.map(({ source, target, segments }) => [source, target, segments.map(each => [each.source, each.target])]),
      [
        [
          'ab cd',
          'AB  CD',
          [
            [
              [0, 2],
              [0, 2],
            ],
            [
              [3, 5],
              [4, 6],
            ],
          ],
        ],
        ['', '', []],
        [
          'ef',
          'E',
          [
            [
              [0, 2],
              [0, 1],
            ],
          ],
        ],
      ],
    );
    assert.deepEqual(lines[2].segments[0].sourceTokens[0].range, [0, 2]);
    assert.deepEqual(lines[2].segments[0].targetTokens[0].range, [0, 1]);
  });

  it('gives a last line whose output is empty an output too', () => {
    const lines = outputOfEachLine(result('a\nb', 'A\n', [segment([0, 1], [0, 1]), segment([2, 3], [2, 2])]));
    assert.deepEqual(
      lines.map(({ source, target, segments }) => [source, target, segments.map(each => each.target)]),
      [
        ['a', 'A', [[0, 1]]],
        ['b', '', [[0, 0]]],
      ],
    );
  });

  it('takes the lines that the summariser read when the text was translated first', () => {
    const { source, target, segments } = result('uno\ndos\n', 'A\nB\n', [
      segment([0, 9], [0, 1]),
      segment([10, 13], [2, 3]),
    ]);
    const pivot = { from: 'es', to: 'en', text: 'number 1.\ntwo\n' };
    const lines = outputOfEachLine({ ...result(source, target, segments), pivot });
    assert.deepEqual(
      lines.map(line => [line.source, line.segments.map(each => each.source)]),
      [
        ['uno', [[0, 9]]],
        ['dos', [[0, 3]]],
      ],
    );
  });
});

describe('documentJson of a text', () => {
  const summary = (kinds: readonly ('abstract' | 'extract')[]) => {
    const segments = kinds.map(kind => ({ ...segment([0, 2], [0, 2]), kind }));
    const output: RunResult = { ...result('ab', 'AB', segments), task: 'summarize' };
    return documentJson(textDocument(output));
  };

  it('says that a summary is an extract as soon as one of its segments is', () => {
    assert.equal(summary(['abstract', 'abstract']).kind, 'abstract');
    assert.equal(summary(['abstract', 'extract']).kind, 'extract');
    assert.equal(summary(['extract']).kind, 'extract');
  });

  it('has no kind for a translation', () => {
    const output = result('ab', 'AB', [segment([0, 2], [0, 2])]);
    assert.equal('kind' in documentJson(textDocument(output)), false);
  });
});
