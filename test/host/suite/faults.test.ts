import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';
import type { HeadlightTestApi } from '../../../src/extension/testApi';
import {
  english,
  eventually,
  headlight,
  intoSpanish,
  lensesOf,
  longText,
  openAndSelectAll,
  openText,
  outputDocuments,
  run,
  textBecomes,
  textOnFileSystem,
  translate,
  withSetting,
} from './support';

const shippedModel = path.resolve(__dirname, '../../../../models/default');

describe('when something goes wrong', () => {
  let api: HeadlightTestApi;

  intoSpanish();
  before(async () => {
    api = await headlight();
  });

  it('keeps what was written when the engine is killed, says so, and works again with the next request', async () => {
    const { running, output } = await startLong();
    process.kill(api.engineProcessId()!, 'SIGKILL');
    await running;
    assert.match(api.lastSentence() ?? '', /engine stopped unexpectedly/);
    assert.ok(output.getText().length > 0);
    const lenses = await lensesOf(output.uri);
    assert.ok(lenses.some(lens => /engine stopped/.test(lens.command?.title ?? '')));
    assert.ok(lenses.some(lens => lens.command?.command === 'headlight.runAgain'));
    await openAndSelectAll(english);
    await textBecomes(await translate(), api.lastOutput()?.result.target ?? '');
  });

  it('stops when it is cancelled, keeps what was written and leaves the engine running', async () => {
    const { running, output } = await startLong();
    const processId = api.engineProcessId();
    await run('cancelRun', output.uri.toString());
    await running;
    const kept = await textOnFileSystem(output.uri);
    assert.ok(kept.length > 0);
    await openAndSelectAll(english);
    await translate();
    assert.equal(api.engineProcessId(), processId);
    await textBecomes(output, kept);
    assert.equal(await textOnFileSystem(output.uri), kept, 'a cancelled run writes no more');
  });

  it('stops the run when its document is closed', async () => {
    const { running } = await startLong();
    await vscode.commands.executeCommand('workbench.action.closeEditorsInOtherGroups');
    await running;
    assert.notEqual(api.lastOutput()?.result.source, longSource);
  });

  it('ends open requests when the engine is restarted, and works again', async () => {
    const { running } = await startLong();
    const processId = api.engineProcessId();
    await run('restartEngine');
    await running;
    assert.match(api.lastSentence() ?? '', /ended before it answered/);
    await openAndSelectAll(english);
    await translate();
    assert.notEqual(api.engineProcessId(), processId);
  });

  it('takes a megabyte, streams it and can be cancelled, with nothing heavy loaded into the extension host', async () => {
    const text = longText(1_000_000);
    const delay = monitorEventLoopDelay({ resolution: 10 });
    const editor = await openText(text);
    delay.enable();
    const running = run<string>('translateSelection');
    const output = await eventually('text', () => outputDocuments().find(document => document.getText().length > 50));
    await run('cancelRun', output.uri.toString());
    await running;
    delay.disable();
    console.log(`      longest block of the event loop: ${(delay.max / 1e6).toFixed(0)} ms`);
    assert.equal(editor.document.getText(), text);
    const heavy = Object.keys(require.cache).filter(file =>
      /onnxruntime|tokenizers|[\\/]eld[\\/]|engine\.js/.test(file),
    );
    assert.deepEqual(heavy, []);
    if (process.platform === 'linux') assert.ok(!readFileSync('/proc/self/maps', 'utf8').includes('libonnxruntime'));
  });

  it('names a model folder that does not exist, and works again once the setting is right', async () => {
    await withSetting('translationModel', '/nowhere/model', async () => {
      await openAndSelectAll(english);
      await run('translateSelection');
      assert.match(api.lastSentence() ?? '', /"\/nowhere\/model" does not exist/);
    });
    await openAndSelectAll(english);
    await textBecomes(await translate(), api.lastOutput()?.result.target ?? '');
  });

  it('says of a relative path what is allowed', async () => {
    await withSetting('translationModel', 'models/mine', async () => {
      await openAndSelectAll(english);
      await run('translateSelection');
      assert.match(api.lastSentence() ?? '', /must be absolute/);
    });
  });

  it('checks a model folder as soon as it is set', async () => {
    await withSetting('summaryModel', '/nowhere/summaries', () =>
      eventually('the message', () => /"\/nowhere\/summaries" does not exist/.test(api.lastSentence() ?? '')),
    );
  });

  it('tells of a setting with a value that it cannot have, and works with the default', async () => {
    await withSetting('device', 'gpu', async () => {
      await eventually('the message', () => /"headlight\.device" cannot be "gpu".*cpu/.test(api.lastSentence() ?? ''));
      await openAndSelectAll(english);
      await textBecomes(await translate(), api.lastOutput()?.result.target ?? '');
      assert.equal(api.lastOutput()?.result.device, 'cpu');
    });
  });

  it('says of a file that it is no model folder', () =>
    expectSentence(__filename, /cannot be used: a folder is expected, found: a file/));

  it('names the file that is missing or cut short in a model folder', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'headlight-model-'));
    try {
      cpSync(shippedModel, folder, { recursive: true });
      rmSync(path.join(folder, 'tokenizer.json'));
      await expectSentence(folder, /tokenizer\.json/);
      cpSync(path.join(shippedModel, 'tokenizer.json'), path.join(folder, 'tokenizer.json'));
      truncateSync(path.join(folder, 'onnx/encoder_model_quantized.onnx'), 100_000);
      await expectSentence(folder, /encoder_model_quantized\.onnx/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('ends the engine after the idle time, also when that is changed while it waits', async () => {
    await openAndSelectAll(english);
    await translate();
    assert.ok(api.engineProcessId());
    await withSetting('unloadAfterMinutes', 0.005, () =>
      eventually('the end', () => api.engineProcessId() === undefined),
    );
    await openAndSelectAll(english);
    await textBecomes(await translate(), api.lastOutput()?.result.target ?? '');
  });

  it('refuses a target language that the model lacks', async () => {
    await withSetting('targetLanguage', 'ja', async () => {
      await openAndSelectAll(english);
      await run('translateSelection');
      assert.match(api.lastSentence() ?? '', /does not translate to "ja"; it translates to /);
    });
  });

  async function expectSentence(folder: string, sentence: RegExp): Promise<void> {
    await withSetting('translationModel', folder, async () => {
      await openAndSelectAll(english);
      await run('translateSelection');
      assert.match(api.lastSentence() ?? '', sentence);
    });
  }
});

/** Its translation takes so long that it is not over before a slow window shows its first words. */
const longSource = longText(200_000);

/** Begins a long translation and waits for its first words. */
async function startLong() {
  const before = new Set(outputDocuments());
  await openText(longSource);
  const running = run<string>('translateSelection');
  const output = await eventually('the first words', () =>
    outputDocuments().find(document => !before.has(document) && document.getText().length > 100),
  );
  return { running, output };
}
