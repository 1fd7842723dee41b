import assert from 'node:assert/strict';
import { runCli } from '../support/cli';
import { marianMerged, marianSplit, readMarianGolden } from './marianGolden';

interface RawOutput {
  readonly sourceIds: number[];
  readonly targetIds: number[];
  readonly score: number;
}

function raw(folder: string, source: string, ...options: string[]): RawOutput {
  const args = ['translate', '--raw', '--json', '--model', folder, ...options, '--', source];
  const { stdout, stderr } = runCli(args);
  assert.equal(stderr, '');
  return JSON.parse(stdout.toString());
}

describe('headlight translate --raw on a folder it never saw', () => {
  const { cases } = readMarianGolden();
  // The empty text and the one with characters in bytes among them.
  const samples = cases.filter(({ source }) => source === '' || source === 'casa' || source.startsWith('cat'));

  it('has its samples', () => assert.equal(samples.length, 3));

  for (const { source, sourceIds, greedy, beams } of samples) {
    it(`is Hugging Face generate, greedy: "${source}"`, () => {
      const output = raw(marianSplit, source, '--beams', '1');
      assert.deepEqual([output.sourceIds, output.targetIds], [sourceIds, greedy.targetIds]);
      assert.ok(Math.abs(output.score - greedy.score) < 1e-4, `${output.score}, expected ${greedy.score}`);
    });

    it(`is Hugging Face generate with the beams of generation_config.json: "${source}"`, () => {
      const [{ hypotheses, lengthPenalty, beamCount }] = beams;
      assert.deepEqual([lengthPenalty, beamCount], [1, 4], 'what generation_config.json says');
      const output = raw(marianMerged, source);
      assert.deepEqual(output.targetIds, hypotheses[0].targetIds);
      assert.ok(Math.abs(output.score - hypotheses[0].score) < 1e-4);
    });
  }
});
