import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { cliCache, runCli } from '../support/cli';
import { cliPath, defaultModel, root } from '../support/paths';

interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function headlight(args: readonly string[], input: string | Buffer = ''): Run {
  const { stdout, ...run } = runCli(args, input);
  return { ...run, stdout: stdout.toString() };
}

function json(args: readonly string[], input = ''): Record<string, unknown>[] {
  const { exitCode, stdout, stderr } = headlight([...args, '--json'], input);
  assert.equal(exitCode, 0, stderr);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line));
}

/** No line twice: one that was translated is not searched again. */
const manyLines = (count: number) => Array.from({ length: count }, (_, index) => `Open file ${index}.\n`).join('');
const toSpanish = ['translate', '--from', 'en', '--to', 'es', '--beams', '1'];

describe('headlight with a decoder without cache alone', () => {
  const uncached = path.join(root, 'test', 'fixtures', 'models', 't5Uncached');

  it('works, and says once why it is slow', () => {
    const args = ['translate', '--model', uncached, '--from', 'en', '--to', 'de', '--lines'];
    const { exitCode, stdout, stderr } = headlight(args, 'the red cat\nshe opens the window\n');
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^\S.*\n\S.*\n$/);
    assert.match(stderr, /^headlight: the folder has decoder_model\.onnx alone.*decoder_with_past_model\.onnx.*\n$/);
  });

  it('says so in its info', () => {
    assert.match(headlight(['info', uncached]).stdout, /^warning +the folder has decoder_model\.onnx alone/m);
    assert.doesNotMatch(headlight(['info', defaultModel]).stdout, /warning/);
  });
});

describe('headlight with a text that the vocabulary lacks', () => {
  const t5 = [
    'translate',
    '--model',
    path.join(root, 'test', 'fixtures', 'models', 't5Split'),
    '--from',
    'en',
    '--to',
    'de',
  ];

  it('says so on standard error, and translates all the same', () => {
    const { exitCode, stdout, stderr } = headlight([...t5, 'the cat sees `key` here']);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /\S/);
    assert.match(
      stderr,
      /^headlight: warning: the vocabulary of t5Split lacks \d+ % of the source, such as "`": the model read "unknown" there\n$/,
    );
    assert.equal(headlight([...t5, 'the cat sees the key here']).stderr, '');
  });

  it('has it in its JSON', () => {
    const [{ unknownText }] = json([...t5, '漢字かな']);
    assert.deepEqual(unknownText, { unknownLength: 4, length: 4, examples: ['漢字かな'] });
    assert.equal(json([...t5, 'the cat'])[0].unknownText, undefined);
  });
});

describe('headlight translate', () => {
  it('joins words by a space and prints one line', () => {
    const { exitCode, stdout, stderr } = headlight([...toSpanish, 'Open', 'the', 'file.']);
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.equal(stdout, headlight(toSpanish, 'Open the file.').stdout);
    assert.match(stdout, /^[^\n]*\p{L}[^\n]*\n$/u);
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

  it('reads what is piped in and what is written as words as it reads a file', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'headlight-cli-'));
    try {
      const file = path.join(folder, 'text.txt');
      const text = '🎉 Open the ✅ file.\n\n  -v, --verbose    Print more output\n';
      writeFileSync(file, text);
      const { stdout } = headlight([...toSpanish, '--file', file]);
      assert.match(stdout, /^🎉 [^\n]* ✅ [^\n]*\n\n {2}-v, --verbose {4}\p{L}/u);
      assert.equal(headlight(toSpanish, text).stdout, stdout);
      assert.equal(headlight([...toSpanish, text]).stdout, stdout);
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

  it('gives no line for no line, and an empty one for each empty one', () => {
    for (const [input, expected] of [
      ['', ''],
      ['\n', '\n'],
      ['\n\n', '\n\n'],
    ])
      assert.deepEqual(headlight([...toSpanish, '--lines'], input), { exitCode: 0, stdout: expected, stderr: '' });
    assert.deepEqual(
      json([...toSpanish, '--lines'], '\n\n').map(({ target }) => target),
      ['', ''],
    );
  });

  it('leaves nothing in an output line that another reader takes for a line break', () => {
    const line = 'Open it.\u2028Save it.\fClose it.\rStop.\u0085Go.\n';
    const { stdout } = headlight([...toSpanish, '--lines'], line);
    assert.match(stdout, /^[^\n\r\f\v\u0085\u2028\u2029]+\n$/);
    const [{ segments }] = json([...toSpanish, '--lines'], line) as { segments: unknown[] }[];
    assert.equal(segments.length, 5);
  });

  it('takes many lines in one go', () => {
    const outputs = json([...toSpanish, '--lines', '--max-new-tokens', '2'], `${'42\n'.repeat(20_000)}Open.`);
    assert.equal(outputs.length, 20_001);
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

  it('adds the best outputs and the alternatives of each step when asked, and goes on from one of them', () => {
    interface Output {
      readonly target: string;
      readonly targetIds: number[];
      readonly score: number;
      readonly alternatives: { readonly tokenId: number; readonly text: string; readonly logProbability: number }[][];
      readonly hypotheses: { readonly text: string; readonly targetIds: number[]; readonly score: number }[];
    }
    const run = (...args: string[]) =>
      json(['translate', '--to', 'es', '--beams', '4', ...args, 'Open the file.'])[0] as unknown as Output;
    const plain = run();
    assert.deepEqual([plain.alternatives, plain.hypotheses], [undefined, undefined]);
    const { targetIds, score, target, alternatives, hypotheses } = run('--n-best', '3', '--alternatives', '5');
    assert.deepEqual(targetIds, plain.targetIds);
    assert.equal(hypotheses.length, 3);
    assert.deepEqual(
      [hypotheses[0].text, hypotheses[0].targetIds, hypotheses[0].score],
      [target, targetIds, score],
      'the best is the output',
    );
    assert.ok(hypotheses[0].score > hypotheses[1].score && hypotheses[1].score > hypotheses[2].score);
    assert.equal(alternatives.length, targetIds.length);
    for (const step of alternatives) assert.equal(step.length, 5);

    // A word, whatever the model likes: no special token and no single byte.
    const other = alternatives
      .flatMap((step, index) => step.map(token => ({ ...token, index })))
      .find(({ tokenId, text, index }) => tokenId !== targetIds[index] && /^▁?\p{L}+$/u.test(text))!;
    const prefix = [...targetIds.slice(0, other.index), other.tokenId];
    const changed = run('--prefix-ids', prefix.join());
    assert.deepEqual(changed.targetIds.slice(0, prefix.length), prefix);
    assert.ok(changed.target.includes(other.text.replace('▁', '')), changed.target);
    const many = headlight(['translate', '--to', 'es', '--prefix-ids', '7', 'Open it. Close it.']);
    assert.equal(many.exitCode, 1);
    assert.match(many.stderr, /one segment/);
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
    const { num_beams: beamCount } = JSON.parse(
      readFileSync(path.join(defaultModel, 'generation_config.json'), 'utf8'),
    ) as { num_beams: number };
    assert.ok(beamCount > 1);
    const best = (count: number) => ['translate', '--to', 'es', '--json', '--n-best', `${count}`, 'Open the file.'];
    const [output] = json(best(beamCount)) as { hypotheses: unknown[] }[];
    assert.equal(output.hypotheses.length, beamCount);
    const oneMore = headlight(best(beamCount + 1));
    assert.match(oneMore.stderr, new RegExp(`the n best of ${beamCount} beams`));
  });

  it('prints a long text as it comes', async () => {
    const child = spawn(process.execPath, [cliPath, ...toSpanish], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(manyLines(2000));
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill();
    assert.ok(first.toString().split('\n').length < 1000, first.toString());
  });

  it('prints what the JSON form calls the target, and a line break where it has none', () => {
    for (const text of ['Open the file. Save it.\n\nClose it.', 'Open the file.\n']) {
      const [{ target }] = json(toSpanish, text) as { target: string }[];
      assert.equal(headlight(toSpanish, text).stdout, target.endsWith('\n') ? target : `${target}\n`);
    }
  });

  it('keeps a byte order mark and refuses what is no UTF-8', () => {
    assert.match(headlight(toSpanish, '\uFEFFOpen the file.').stdout, /^\uFEFF\S/);
    const { exitCode, stderr } = headlight(toSpanish, Buffer.from('caf\xe9', 'latin1'));
    assert.deepEqual([exitCode, stderr], [1, 'headlight: standard input: expected UTF-8 text, found other bytes\n']);
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

describe('headlight summarize', () => {
  it('gives a shorter text, in the language of the summariser', () => {
    const text =
      'Este comando crea un archivo nuevo en la carpeta del proyecto. Si el archivo existe, el comando falla.';
    const [output] = json(['summarize', '--to', 'en', text]) as { task: string; to: string; target: string }[];
    assert.deepEqual([output.task, output.to], ['summarize', 'en']);
    assert.ok(output.target.length > 0 && output.target.length < text.length);
  });

  it('gives one line for each line', () => {
    const input = 'Open the file. Then save it.\n\nThe server is not running. Start it again.\n';
    assert.match(headlight(['summarize', '--beams', '1', '--lines'], input).stdout, /^[^\n]+\n\n[^\n]+\n$/);
  });
});

describe('headlight info', () => {
  it('describes a folder, as JSON too', () => {
    const { stdout, exitCode } = headlight(['info', defaultModel]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /marian/);
    assert.equal(headlight(['info']).stdout, stdout, 'without a folder: the shipped model');
    const { stdout: text } = headlight(['info', '--json', defaultModel]);
    assert.equal(JSON.parse(text).architecture, 'marian');
  });
});

describe('headlight', () => {
  const failures: readonly (readonly [name: string, args: readonly string[], exitCode: number, pattern: RegExp])[] = [
    ['no command', [], 2, /expected a command/],
    ['an unknown command', ['fly'], 2, /"fly"/],
    [
      'an unknown option',
      ['translate', '--speed', '9'],
      2,
      /^headlight: Unknown option '--speed'; see headlight --help$/m,
    ],
    ['no beams', ['translate', '--beams', '0', 'x'], 2, /--beams takes a whole number from 1, found "0"/],
    ['an unknown device', ['translate', '--device', 'abacus', 'x'], 2, /abacus/],
    ['target ids that are no numbers', ['attention', '--target-ids', 'a', 'x'], 2, /--target-ids/],
    ['text and a file', ['translate', '--file', 'a', 'x'], 2, /not both/],
    ['a reserved model name', ['summarize', '--model', 'pseudo', 'x'], 2, /reserved/],
    ['a missing model', ['translate', '--model', '/nowhere', 'x'], 1, /\/nowhere: expected a model folder/],
    ['a missing file', ['translate', '--file', '/nowhere'], 1, /\/nowhere/],
    [
      'a folder instead of a file',
      ['translate', '--file', '.'],
      1,
      /--file \.: expected a readable file, found: EISDIR/,
    ],
    [
      'a language without a grammar',
      ['translate', '--format', 'comments', '--file', 'LICENSE'],
      1,
      /no grammar for LICENSE/,
    ],
    [
      'a language the model lacks',
      ['translate', '--to', 'fi', 'Open the file.'],
      1,
      /from en to fi; it has: en to es, /,
    ],
    ['no text', ['translate', '--to', 'es'], 1, /no text/],
    ['a token id outside the vocabulary', ['attention', '--target-ids', '123456', 'Open.'], 1, /123456/],
    ['a summary in a language the model lacks', ['summarize', '--to', 'es', 'Open the file.'], 1, /from en to es/],
    ['info about a reserved model name', ['info', 'identity'], 2, /reserved.*\.\/identity/],
    ['info with options of a text', ['info', '--lines', '.'], 2, /found --lines/],
    ['target ids for lines', ['attention', '--lines', '--target-ids', '1', 'x'], 2, /--lines/],
    ['target ids for a translation', ['translate', '--target-ids', '1', 'x'], 2, /belongs to attention/],
    ['the n best in plain text', ['translate', '--n-best', '2', 'x'], 2, /--n-best belongs to --json/],
    [
      'more outputs than beams',
      ['translate', '--json', '--beams', '2', '--n-best', '3', 'Open.'],
      1,
      /from 1 to 2, found 3/,
    ],
    ['a prefix outside the vocabulary', ['translate', '--prefix-ids', '999999', 'Open.'], 1, /999999/],
    ['info about two folders', ['info', '.', '.'], 2, /one model folder/],
  ];
  for (const [name, args, exitCode, pattern] of failures)
    it(`ends with ${exitCode} and one line for ${name}`, () => {
      const run = headlight(args);
      assert.equal(run.exitCode, exitCode, run.stderr);
      assert.equal(run.stdout, '');
      assert.match(run.stderr, pattern);
      assert.equal(run.stderr.trimEnd().split('\n').length, 1, run.stderr);
    });

  it('ends with 3 and one line when the engine is killed', async () => {
    const child = spawn(process.execPath, [cliPath, ...toSpanish]);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text;
    });
    child.stdin.end(manyLines(2000));
    await once(child.stdout, 'data');
    const [engineId] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
    process.kill(Number(engineId), 'SIGKILL');
    child.stdout.resume();
    const [exitCode] = await once(child, 'close');
    assert.deepEqual([exitCode, stderr], [3, 'headlight: the engine process ended by signal SIGKILL\n']);
  });

  it('ends with 1 and one line for a file that is longer than a string can be', () => {
    const file = path.join(cliCache, 'long.txt');
    writeFileSync(file, '');
    truncateSync(file, 2 ** 29);
    const { exitCode, stderr } = headlight(['translate', '--file', file]);
    rmSync(file);
    assert.equal(exitCode, 1);
    assert.match(stderr, /^headlight: --file .*long\.txt: expected at most \d+ bytes, found 536870912; split it\n$/);
  });

  it('ends with 1 and one line when its output cannot be written', () => {
    const command = `"${process.execPath}" "${cliPath}" translate --to es 'Open the file.' > /dev/full`;
    const { status, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
    assert.equal(status, 1);
    assert.match(stderr, /^headlight: standard output: expected to be written, found: ENOSPC.*\n$/);
  });

  it('goes on when nobody reads its warnings', async () => {
    const model = path.join(root, 'test', 'fixtures', 'models', 't5Uncached');
    const args = ['translate', '--model', model, '--from', 'en', '--to', 'de', 'the red cat'];
    const child = spawn(process.execPath, [cliPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr.destroy();
    const output = await text(child.stdout);
    assert.match(output, /\S/);
    assert.equal(child.exitCode ?? (await once(child, 'exit'))[0], 0);
  });

  it('shows its help and version', () => {
    assert.match(headlight(['--help']).stdout, /headlight translate/);
    assert.match(headlight(['--version']).stdout, /^\d+\.\d+\.\d+\n$/);
  });

  for (const form of ['--json', ''])
    it(`ends quietly when its reader goes away${form && `, with ${form}`}`, () => {
      const command = `"${process.execPath}" "${cliPath}" translate --to es --lines ${form} | head -n 1`;
      const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', command], {
        input: manyLines(200),
        encoding: 'utf8',
      });
      assert.deepEqual([status, stdout.split('\n').length, stderr], [0, 2, '']);
    });
});
