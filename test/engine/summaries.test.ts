// What is given for a summary that the model is unsure of.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunProgress } from '../../src/protocol/engine';
import { startEngine, streamedText, translation } from '../support/engine';
import { defaultModel } from '../support/paths';

const text =
  'The command reads `config.json` and starts the server. It fails when the port is in use. Then try another one.';

/** The shipped model with another threshold, in a folder of its own. */
function withThreshold(folder: string, extractBelow: number | undefined): string {
  for (const name of readdirSync(defaultModel))
    if (name !== 'headlight.json') symlinkSync(path.join(defaultModel, name), path.join(folder, name));
  const manifest = JSON.parse(readFileSync(path.join(defaultModel, 'headlight.json'), 'utf8'));
  manifest.tasks.summarize.extractBelow = extractBelow;
  writeFileSync(path.join(folder, 'headlight.json'), JSON.stringify(manifest));
  return folder;
}

describe('a summary', () => {
  const { engine } = startEngine();
  const temporary = mkdtempSync(path.join(tmpdir(), 'headlight-summaries-'));
  after(() => {
    engine.dispose();
    rmSync(temporary, { recursive: true });
  });

  const summarize = async (extractBelow: number | undefined, beamCount: number) => {
    const folder = withThreshold(mkdtempSync(path.join(temporary, 'model-')), extractBelow);
    const progress: RunProgress[] = [];
    const params = translation(text, { folder, task: { kind: 'summarize', from: 'en' }, options: { beamCount } });
    const result = await engine.call('run', params, { onProgress: step => progress.push(step) });
    return { result, streamed: streamedText(progress) };
  };

  for (const beamCount of [1, 4])
    it(`is the first sentence of the text where its tokens are less probable than the threshold, with ${beamCount} beams`, async () => {
      const { result, streamed } = await summarize(0, beamCount);
      const [segment] = result.segments;
      assert.equal(result.target, 'The command reads `config.json` and starts the server.');
      assert.equal(streamed, result.target);
      assert.equal(segment.kind, 'extract');
      assert.equal(segment.logProbabilities.length, segment.targetTokens.length);
      const sum = segment.logProbabilities.reduce((total, value) => total + value, 0);
      // Beams of summaries have the length penalty of their task, 1, and not that of translations.
      assert.ok(Math.abs(segment.score - sum / segment.targetTokens.length) < 1e-6);
      const covered = segment.targetTokens.map(({ range: [start, end] }) => result.target.slice(start, end)).join('');
      assert.equal(covered.replace(/\s/g, ''), result.target.replace(/\s/g, ''));
    });

  it('is what the model wrote where they are more probable than the threshold', async () => {
    const abstract = await summarize(-1000, 1);
    assert.equal(abstract.result.segments[0].kind, 'abstract');
    assert.equal(abstract.streamed, abstract.result.target);
    assert.equal((await summarize(undefined, 1)).result.target, abstract.result.target);
  });

  it('has no kind when it is a translation', async () => {
    const result = await engine.call('run', translation('Open the file.'));
    assert.equal(result.segments[0].kind, undefined);
  });
});
