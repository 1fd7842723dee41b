import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cliPath, defaultModel } from '../support/paths';

interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function headlight(args: readonly string[], input = ''): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cliPath, ...args], { input, encoding: 'utf8' });
  return { exitCode: status, stdout, stderr };
}

function json(args: readonly string[], input = ''): Record<string, unknown>[] {
  const { exitCode, stdout, stderr } = headlight([...args, '--json'], input);
  assert.equal(exitCode, 0, stderr);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line));
}

const toSpanish = ['translate', '--from', 'en', '--to', 'es', '--beams', '1'];

describe('headlight translate', () => {
  it('joins words by a space and prints one line', () => {
    const { exitCode, stdout, stderr } = headlight([...toSpanish, 'Open', 'the', 'file.']);
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.equal(stdout, headlight(toSpanish, 'Open the file.').stdout);
    assert.match(stdout, /^[^\n]*archivo[^\n]*\n$/);
  });

  it('reads a file and keeps its lines', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'headlight-cli-'));
    try {
      const file = path.join(folder, 'text.txt');
      writeFileSync(file, 'Open the file.\n\n  - Save it.\n');
      const { stdout } = headlight([...toSpanish, '--file', file]);
      assert.match(stdout, /^[^\n]+\n\n {2}- [^\n]+\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gives exactly one line for each line, empty for empty', () => {
    const { stdout } = headlight([...toSpanish, '--lines'], 'Open the file.\n\nSave it. Then close it.\n42\n');
    const lines = stdout.split('\n');
    assert.equal(lines.length, 5);
    assert.deepEqual([lines[1], lines[3], lines[4]], ['', '42', '']);
    assert.ok(lines[0] && lines[2]);
  });

  it('gives one JSON object for each line, with ranges in that line', () => {
    const outputs = json([...toSpanish, '--lines'], 'Open the file.\r\n\nSave it. Then close it.\n');
    assert.deepEqual(
      outputs.map(({ source }) => source),
      ['Open the file.', '', 'Save it. Then close it.'],
    );
    const [first, empty, last] = outputs as unknown as {
      target: string;
      segments: { source: number[]; target: number[] }[];
      sourceIds?: number[];
    }[];
    assert.equal(empty.target, '');
    assert.deepEqual(empty.segments, []);
    assert.ok(first.sourceIds, 'one segment: its fields stand at the top too');
    assert.equal(last.sourceIds, undefined, 'two segments: only in the list');
    assert.deepEqual(
      last.segments.map(({ source }) => source),
      [
        [0, 8],
        [9, 23],
      ],
    );
    assert.equal(last.segments[1].target[1], last.target.length);
  });

  it('prints every field of the JSON form', () => {
    const [output] = json([...toSpanish, 'Open the file.']);
    for (const field of [
      'source',
      'target',
      'model',
      'device',
      'segments',
      'sourceTokens',
      'targetTokens',
      'sourceIds',
      'targetIds',
      'score',
    ])
      assert.ok(field in output, field);
    const { sourceTokens, sourceIds, targetIds, logProbabilities, score } = output as Record<string, number[]> & {
      score: number;
    };
    assert.equal(sourceTokens.length, sourceIds.length);
    assert.equal(targetIds[targetIds.length - 1], 0, 'the end token is part of the output');
    const mean = logProbabilities.reduce((sum, value) => sum + value, 0) / targetIds.length;
    assert.ok(Math.abs(score - mean) < 1e-6);
    assert.equal(output.device, 'cpu');
  });

  it('takes the text as it is with --raw', () => {
    const text = '<2es> Open the file. Save it.';
    const [raw] = json(['translate', '--raw', '--to', 'xx', '--beams', '1', text]) as unknown as {
      segments: unknown[];
      sourceTokens: string[];
    }[];
    assert.equal(raw.segments.length, 1);
    assert.equal(raw.sourceTokens[0], '<2es>');
    assert.equal(raw.sourceTokens[raw.sourceTokens.length - 1], '</s>');
  });

  it('limits an output to --max-new-tokens and says that it is cut', () => {
    const [output] = json([...toSpanish, '--max-new-tokens', '3', 'Open the file and save all of it.']) as {
      targetIds: number[];
      truncated: boolean;
    }[];
    assert.deepEqual([output.targetIds.length, output.truncated], [3, true]);
  });

  it('takes the number of beams from the model when none is given', () => {
    const withDefault = json(['translate', '--to', 'es', 'Open the file.'])[0];
    const withFour = json(['translate', '--to', 'es', '--beams', '4', 'Open the file.'])[0];
    assert.deepEqual(withDefault, withFour);
  });
});

describe('headlight attention', () => {
  interface AttentionOutput {
    readonly sourceIds: number[];
    readonly targetIds: number[];
    readonly attention: Record<string, { shape: number[]; data: string }>;
  }
  const floats = (data: string) => new Float32Array(new Uint8Array(Buffer.from(data, 'base64')).buffer);

  it('adds maps whose rows sum to 1', () => {
    const [{ attention, sourceIds, targetIds }] = json([
      'attention',
      '--to',
      'es',
      'Open the file.',
    ]) as unknown as AttentionOutput[];
    assert.deepEqual(attention.cross.shape.slice(2), [targetIds.length, sourceIds.length]);
    assert.deepEqual(attention.encoder.shape.slice(2), [sourceIds.length, sourceIds.length]);
    assert.deepEqual(attention.decoder.shape.slice(2), [targetIds.length, targetIds.length]);
    for (const { shape, data } of Object.values(attention)) {
      const weights = floats(data);
      assert.equal(
        weights.length,
        shape.reduce((product, size) => product * size),
      );
      const firstRow = weights.subarray(0, shape[3]).reduce((sum, weight) => sum + weight, 0);
      assert.ok(Math.abs(firstRow - 1) < 1e-5);
    }
  });

  it('forces a given target', () => {
    const [{ targetIds, attention }] = json([
      'attention',
      '--to',
      'es',
      '--target-ids',
      '10, 20,30',
      'Open the file.',
    ]) as unknown as AttentionOutput[];
    assert.deepEqual(targetIds, [10, 20, 30]);
    assert.equal(attention.decoder.shape[2], 3);
  });
});

describe('headlight info', () => {
  it('describes a folder, as JSON too', () => {
    const { stdout, exitCode } = headlight(['info', defaultModel]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /marian/);
    const { stdout: text } = headlight(['info', '--json', defaultModel]);
    assert.equal(JSON.parse(text).architecture, 'marian');
  });
});

describe('headlight', () => {
  const failures: readonly (readonly [name: string, args: readonly string[], exitCode: number, pattern: RegExp])[] = [
    ['no command', [], 2, /expected a command/],
    ['an unknown command', ['fly'], 2, /"fly"/],
    ['an unknown option', ['translate', '--speed', '9'], 2, /--speed/],
    ['no beams', ['translate', '--beams', '0', 'x'], 2, /--beams takes a whole number from 1, found "0"/],
    ['an unknown device', ['translate', '--device', 'abacus', 'x'], 2, /abacus/],
    ['target ids that are no numbers', ['attention', '--target-ids', 'a', 'x'], 2, /--target-ids/],
    ['text and a file', ['translate', '--file', 'a', 'x'], 2, /not both/],
    ['a reserved model name', ['translate', '--model', 'pseudo', 'x'], 2, /reserved/],
    ['a missing model', ['translate', '--model', '/nowhere', 'x'], 1, /\/nowhere: expected a model folder/],
    ['a missing file', ['translate', '--file', '/nowhere'], 1, /\/nowhere/],
    [
      'a language the model lacks',
      ['translate', '--to', 'fi', 'Open the file.'],
      1,
      /from en to fi; it has: en to es, es to en/,
    ],
    ['no text', ['translate', '--to', 'es'], 1, /no text/],
    ['a token id outside the vocabulary', ['attention', '--target-ids', '123456', 'Open.'], 1, /123456/],
    ['info without a folder', ['info'], 2, /one model folder/],
  ];
  for (const [name, args, exitCode, pattern] of failures)
    it(`ends with ${exitCode} and one line for ${name}`, () => {
      const run = headlight(args);
      assert.equal(run.exitCode, exitCode, run.stderr);
      assert.equal(run.stdout, '');
      assert.match(run.stderr, pattern);
      assert.equal(run.stderr.trimEnd().split('\n').length, 1, run.stderr);
    });

  it('shows its help and version', () => {
    assert.match(headlight(['--help']).stdout, /headlight translate/);
    assert.match(headlight(['--version']).stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it('ends quietly when its reader goes away', () => {
    const command = `"${process.execPath}" "${cliPath}" translate --to es --lines --json | head -n 1`;
    const { status, stderr } = spawnSync('bash', ['-c', command], {
      input: 'Open the file.\n'.repeat(200),
      encoding: 'utf8',
    });
    assert.deepEqual([status, stderr], [0, '']);
  });
});
