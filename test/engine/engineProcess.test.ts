import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EngineProcess } from '../../src/client/engineProcess';
import { Cancelled, Superseded } from '../../src/model/errors';
import type { RunProgress } from '../../src/protocol/engine';
import { marianSplit } from '../golden/marianGolden';
import { startEngine, streamedText, translation } from '../support/engine';
import { defaultModel } from '../support/paths';

const paragraph = 'Open the file. Press Enter to save all changes.\n\n  - The server is not running.\n';
/** No sentence twice: one that was translated is not searched again. */
const longText = Array.from(
  { length: 400 },
  (_, index) => `The function returns a list of all open files in folder ${index} of the disk. `,
).join('');

/** Resolves once no process has this id; the test's own time limit ends a wait in vain. */
async function processIsGone(processId: number): Promise<void> {
  for (;;) {
    try {
      process.kill(processId, 0);
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

describe('the engine process', () => {
  let engine: EngineProcess;
  before(() => {
    engine = startEngine().engine;
  });
  after(() => engine.dispose());

  it('streams exactly the text of the result, in order, and keeps what lies between sentences', async () => {
    for (const beamCount of [1, 4]) {
      const progress: RunProgress[] = [];
      const result = await engine.call('run', translation(paragraph, { options: { beamCount } }), {
        onProgress: step => progress.push(step),
      });
      assert.equal(streamedText(progress), result.target);
      assert.equal(result.target.replace(/[^\n]/g, ''), paragraph.replace(/[^\n]/g, ''), 'the same line breaks');
      assert.match(result.target, /\n\n {2}- /);
      assert.deepEqual(
        progress.flatMap(step => (step.kind === 'segment' ? [step.segment] : [])),
        result.segments,
      );
      assert.equal(
        progress.findIndex(step => step.kind === 'started') < progress.findIndex(step => step.kind === 'text'),
        true,
      );
    }
  });

  it('gives ranges into the whole source and target', async () => {
    const { source, target, segments } = await engine.call('run', translation(paragraph));
    assert.equal(segments.length, 3);
    assert.deepEqual(
      segments.map(segment => source.slice(...segment.source)),
      ['Open the file.', 'Press Enter to save all changes.', 'The server is not running.'],
    );
    for (const segment of segments) {
      const words = segment.sourceTokens.map(token => source.slice(...token.range)).join('');
      assert.equal(words, source.slice(...segment.source).replaceAll(' ', ''));
      const outputWords = segment.targetTokens.map(token => target.slice(...token.range)).join('');
      assert.equal(outputWords, target.slice(...segment.target).replaceAll(' ', ''));
      assert.equal(segment.logProbabilities.length, segment.targetTokens.length);
      assert.ok(segment.logProbabilities.every(value => value <= 1e-6));
    }
  });

  it('scores a forced target as the search that made it', async () => {
    const raw = { folder: marianSplit, task: { kind: 'raw' }, segmentation: 'whole' } as const;
    const params = translation('cat sees', raw);
    const [{ targetTokens, logProbabilities }] = (await engine.call('run', params)).segments;
    const { folder, device, text, task } = params;
    const targetIds = targetTokens.map(({ id }) => id);
    const forced = await engine.call('force', { folder, device, text, task, targetIds });
    assert.equal(forced.segments[0].logProbabilities.length, targetIds.length);
    // Cached steps and one uncached pass are the same model.
    for (const [index, value] of forced.segments[0].logProbabilities.entries())
      assert.ok(Math.abs(value - logProbabilities[index]) < 1e-3, `step ${index}`);
  });

  it('gives attention whose rows sum to 1, with no weight on the future', async () => {
    const { segments } = await engine.call('run', translation('Press Enter to save all changes.'));
    const sourceIds = segments[0].sourceTokens.map(token => token.id);
    const targetIds = segments[0].targetTokens.map(token => token.id);
    const maps = await engine.call('attention', {
      folder: defaultModel,
      device: 'cpu',
      sourceIds,
      targetIds,
      priority: 'interactive',
    });
    assert.deepEqual(maps.encoder.shape.slice(2), [sourceIds.length, sourceIds.length]);
    assert.deepEqual(maps.decoder.shape.slice(2), [targetIds.length, targetIds.length]);
    assert.deepEqual(maps.cross.shape.slice(2), [targetIds.length, sourceIds.length]);
    for (const { shape, data } of Object.values(maps)) {
      const [, , rowCount, columnCount] = shape;
      assert.equal(
        data.length,
        shape.reduce((product, size) => product * size),
      );
      for (let row = 0; row < data.length / columnCount; row++) {
        const weights = data.subarray(row * columnCount, (row + 1) * columnCount);
        assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-5);
      }
      assert.ok(rowCount > 0);
    }
    const { shape, data } = maps.decoder;
    const size = shape[3];
    for (let index = 0; index < data.length; index++) {
      const column = index % size;
      const row = Math.floor(index / size) % size;
      if (column > row) assert.equal(data[index], 0);
    }
  });

  it('translates a text of another language first when it summarises', async () => {
    const spanish =
      'Este comando crea un archivo nuevo en la carpeta del proyecto. Si el archivo existe, el comando falla.';
    const result = await engine.call('run', translation(spanish, { task: { kind: 'summarize' } }));
    assert.equal(result.pivot?.from, 'es');
    assert.equal(result.pivot?.to, 'en');
    assert.match(result.pivot.text, /\bthe\b/i);
    assert.ok(result.target.length > 0 && result.target.length < result.pivot.text.length);
    const [segment] = result.segments;
    assert.ok(segment.source[1] <= result.pivot.text.length, 'ranges are in the pivot text');
  });

  it('refuses a text without a word, and an id outside the vocabulary', async () => {
    await assert.rejects(engine.call('run', translation('  \n ')), { code: 'source-empty' });
    const params = {
      folder: defaultModel,
      device: 'cpu',
      sourceIds: [1],
      targetIds: [99_999_999],
      priority: 'interactive',
    } as const;
    await assert.rejects(engine.call('attention', params), { code: 'invalid-request' });
    await assert.rejects(engine.call('run', translation('Open.', { options: { beamCount: 0 } })), {
      code: 'invalid-request',
    });
  });

  it('leaves a text without letters as it is', async () => {
    const { target, segments } = await engine.call('run', translation('123 + 456\n---\n'));
    assert.equal(target, '123 + 456\n---\n');
    assert.equal(segments.length, 0);
  });

  it('never cuts a whole text in silence', async () => {
    const params = translation(longText, { task: { kind: 'raw' }, segmentation: 'whole' });
    await assert.rejects(engine.call('run', params), { code: 'source-too-long' });
  });

  it('takes a text without a space or a full stop in parts', async () => {
    const { segments, source } = await engine.call(
      'run',
      translation('abcdefghij'.repeat(120), { options: { beamCount: 1, maxNewTokens: 4 } }),
    );
    assert.ok(segments.length >= 3);
    assert.equal(segments.map(segment => source.slice(...segment.source)).join(''), source);
    assert.ok(segments.every(segment => segment.targetTokens.length <= 4));
  });

  it('keeps the spaces where it cuts a text that is too long for the model', async () => {
    const words = Array.from({ length: 300 }, (_, index) => `alpha${index}`).join(' ');
    const { segments, source, target } = await engine.call(
      'run',
      translation(words, { segmentation: 'whole', options: { beamCount: 1, maxNewTokens: 4 } }),
    );
    assert.ok(segments.length >= 2);
    for (const [index, { source: range }] of segments.entries()) {
      assert.equal(source.slice(...range).trim(), source.slice(...range));
      if (index > 0) {
        assert.equal(source.slice(segments[index - 1].source[1], range[0]), ' ');
        assert.equal(target.slice(segments[index - 1].target[1], segments[index].target[0]), ' ');
      }
    }
  });

  it('refuses or cuts a word of any length without tokenizing it whole', async () => {
    const word = 'a'.repeat(300_000);
    const raw = translation(word, { task: { kind: 'raw' }, segmentation: 'whole' });
    await assert.rejects(engine.call('run', raw), { code: 'source-too-long' });
    const { folder, device, text, task } = raw;
    await assert.rejects(engine.call('force', { folder, device, text, task, targetIds: [1] }), {
      code: 'source-too-long',
    });
    const controller = new AbortController();
    const cut = engine.call(
      'run',
      translation(word, { task: { kind: 'summarize', from: 'en' }, segmentation: 'lines' }),
      {
        signal: controller.signal,
        onProgress: step => {
          if (step.kind === 'segment') controller.abort(new Cancelled());
        },
      },
    );
    await assert.rejects(cut, Cancelled);
  });

  it('gives a raw run one segment, for an empty text too', async () => {
    const raw = { task: { kind: 'raw' }, segmentation: 'whole' } as const;
    for (const text of ['', ' ', 'Open. Close.']) {
      const { segments } = await engine.call('run', translation(text, raw));
      assert.equal(segments.length, 1, JSON.stringify(text));
    }
  });

  it('leaves segments and source out of the result for a caller that has them', async () => {
    const progress: RunProgress[] = [];
    const params = translation(paragraph, { segmentsByProgressOnly: true });
    const { segments, source, target } = await engine.call('run', params, { onProgress: step => progress.push(step) });
    assert.deepEqual([segments, source], [[], '']);
    const collected = progress.flatMap(step => (step.kind === 'segment' ? [step.segment] : []));
    const whole = await engine.call('run', translation(paragraph));
    assert.deepEqual([collected, target], [whole.segments, whole.target]);
  });

  it('cancels between two steps and keeps answering', async () => {
    const controller = new AbortController();
    const progress: RunProgress[] = [];
    const run = engine.call('run', translation(longText), {
      signal: controller.signal,
      onProgress: step => {
        progress.push(step);
        if (step.kind === 'segment') controller.abort(new Cancelled());
      },
    });
    await assert.rejects(run, Cancelled);
    const handled = progress.length;
    await engine.call('ping', undefined);
    await new Promise(resolve => setTimeout(resolve, 100));
    assert.equal(progress.length, handled, 'nothing is reported after the cancel');
    assert.ok((await engine.call('run', translation('Open the file.'))).target.length > 0);
  });

  it('serves what a person waits for between the batches of a long text', async () => {
    const order: string[] = [];
    const controller = new AbortController();
    const long = engine.call('run', translation(longText), { signal: controller.signal }).then(
      () => order.push('long'),
      () => order.push('cancelled'),
    );
    await engine.call('run', translation('Open the file.', { priority: 'hover' }));
    order.push('hover');
    controller.abort();
    await long;
    assert.deepEqual(order, ['hover', 'cancelled']);
  });

  it('serves a hover while two long texts are on their way', async () => {
    const order: string[] = [];
    const controller = new AbortController();
    const longRuns = [0, 1].map(index => {
      let segmentCount = 0;
      let onLong = () => {};
      const isLong = new Promise<void>(resolve => {
        onLong = resolve;
      });
      const run = engine.call('run', translation(longText, { segmentsByProgressOnly: true }), {
        signal: controller.signal,
        // By then it is past the batches that a person waits for.
        onProgress: step => {
          if (step.kind === 'segment' && ++segmentCount === 100) onLong();
        },
      });
      const ended = run.then(
        () => order.push(`long ${index}`),
        () => order.push('cancelled'),
      );
      return { isLong, ended };
    });
    await Promise.all(longRuns.map(({ isLong }) => isLong));
    await engine.call('run', translation('Open the file.', { priority: 'hover' }));
    order.push('hover');
    controller.abort();
    await Promise.all(longRuns.map(({ ended }) => ended));
    assert.deepEqual(order, ['hover', 'cancelled', 'cancelled']);
  });

  it('lets a new hover take the place of the running one', async () => {
    const first = engine.call('run', translation(longText, { priority: 'hover' }));
    const superseded = assert.rejects(first, Superseded);
    const second = await engine.call('run', translation('Open the file.', { priority: 'hover' }));
    await superseded;
    assert.ok(second.target.length > 0);
  });

  it('runs two requests at once, each with its own text', async () => {
    const [left, right] = await Promise.all([
      engine.call('run', translation('Open the file.')),
      engine.call('run', translation('Save all changes.')),
    ]);
    assert.equal(left.source, 'Open the file.');
    assert.equal(right.source, 'Save all changes.');
    assert.notEqual(left.target, right.target);
  });

  it('loads a model once, however many ask for it at once', async () => {
    const { engine: other } = startEngine();
    try {
      const loading: string[] = [];
      const tell = (name: string) => ({
        onProgress: (step: RunProgress) => {
          if (step.kind === 'loading') loading.push(name);
        },
      });
      await Promise.all([
        other.call('run', translation('Open.'), tell('left')),
        other.call('run', translation('Close.'), tell('right')),
      ]);
      assert.deepEqual(loading, ['left', 'right'], 'both are told that it is loading');
      const { loaded } = await other.call('status', undefined);
      assert.deepEqual(loaded, [{ folder: defaultModel, device: 'cpu' }]);
    } finally {
      other.dispose();
    }
  });
});

describe('the life of the engine process', () => {
  it('ends in a clear error when it is killed, and the next call starts another one', async () => {
    const { engine, log } = startEngine();
    try {
      const progress: RunProgress[] = [];
      const run = engine.call('run', translation(longText), {
        onProgress: step => {
          if (step.kind === 'text' && streamedText(progress) === '') process.kill(engine.processId!, 'SIGKILL');
          progress.push(step);
        },
      });
      await assert.rejects(run, { code: 'engine-crashed', details: { exitCode: null, signal: 'SIGKILL' } });
      assert.ok(streamedText(progress).length > 0, 'what was shown before stays with the caller');
      assert.equal(engine.state, 'stopped');
      assert.ok((await engine.call('run', translation('Open the file.'))).target.length > 0);
      assert.ok(log.some(line => line.includes('SIGKILL')));
    } finally {
      engine.dispose();
    }
  });

  it('tells what it died of, also when a message meets the broken pipe first', async () => {
    const { engine } = startEngine();
    try {
      await engine.call('ping', undefined);
      process.kill(engine.processId!, 'SIGKILL');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300); // it is dead, and nobody has read so yet
      await assert.rejects(engine.call('ping', undefined), {
        code: 'engine-crashed',
        details: { exitCode: null, signal: 'SIGKILL' },
      });
    } finally {
      engine.dispose();
    }
  });

  it('hands the grammars on to the process that takes its place', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'headlight-grammar-'));
    const { engine } = startEngine();
    try {
      const file = path.join(folder, 'fantasy.json');
      const patterns = [{ name: 'comment.line.fantasy', match: '#.*$' }];
      writeFileSync(file, JSON.stringify({ scopeName: 'source.fantasy', patterns }));
      const names = { languageIds: ['fantasy'], extensions: [], fileNames: [] };
      engine.useGrammars([{ scopeName: 'source.fantasy', path: file, ...names }]);
      const document = { format: 'comments', languageId: 'fantasy' } as const;
      for (const count of [1, 2]) {
        const { target } = await engine.call(
          'run',
          translation('call it # Some words', { folder: 'pseudo', document }),
        );
        assert.match(target, /^call it # (?!Some words)/, `process ${count} wrote ${target}`);
        process.kill(engine.processId!, 'SIGKILL');
        await assert.rejects(engine.call('ping', undefined), { code: 'engine-crashed' });
      }
    } finally {
      engine.dispose();
      rmSync(folder, { recursive: true });
    }
  });

  it('is ended when a step passes its limit', async () => {
    const { engine } = startEngine({ stepLimitMs: 4000 });
    try {
      await engine.call('ping', undefined);
      const processId = engine.processId!;
      process.kill(processId, 'SIGSTOP'); // a step that never comes back
      await assert.rejects(engine.call('run', translation('Open.')), { code: 'engine-timeout' });
      await processIsGone(processId);
    } finally {
      engine.dispose();
    }
  });

  it('outlives a parent that was held up for longer than the limit of a step', async () => {
    const { engine } = startEngine({ stepLimitMs: 3000 });
    try {
      await engine.call('load', { folder: defaultModel, device: 'cpu' });
      const run = engine.call('run', translation('Open the file.'));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4500); // as a laptop that sleeps, or a blocked host
      assert.ok((await run).target.length > 0);
    } finally {
      engine.dispose();
    }
  });

  it('is ended when it was idle for long enough, and not before', async () => {
    const states: string[] = [];
    const { engine } = startEngine({ idleTimeoutMs: () => 150, onStateChange: state => states.push(state) });
    try {
      await engine.call('ping', undefined);
      assert.equal(engine.state, 'idle');
      await new Promise(resolve => setTimeout(resolve, 400));
      assert.equal(engine.state, 'stopped');
      await engine.call('ping', undefined);
      assert.deepEqual(states, ['busy', 'idle', 'stopped', 'busy', 'idle']);
    } finally {
      engine.dispose();
    }
  });

  it('answers every open call when it is stopped', async () => {
    const { engine } = startEngine();
    const calls = [engine.call('run', translation(longText)), engine.call('status', undefined)];
    const ends = Promise.allSettled(calls);
    engine.stop();
    for (const end of await ends) assert.equal(end.status, 'rejected');
    await assert.doesNotReject(engine.call('ping', undefined));
    engine.dispose();
    await assert.rejects(engine.call('ping', undefined), { code: 'disconnected' });
  });

  it('starts for no call that is cancelled already', async () => {
    const { engine } = startEngine();
    const controller = new AbortController();
    controller.abort(new Cancelled());
    await assert.rejects(engine.call('ping', undefined, { signal: controller.signal }), Cancelled);
    assert.equal(engine.processId, undefined);
    engine.dispose();
  });

  it('does not outlive its parent', async () => {
    const { engine } = startEngine();
    await engine.call('ping', undefined);
    const processId = engine.processId!;
    const child = (
      engine as unknown as { running: { child: { disconnect(): void; removeAllListeners(event: string): void } } }
    ).running.child;
    child.removeAllListeners('exit');
    child.disconnect();
    await processIsGone(processId);
    engine.dispose();
  });
});
