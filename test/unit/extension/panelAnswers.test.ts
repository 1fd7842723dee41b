import assert from 'node:assert/strict';
import { fileContent } from '../../../src/extension/attentionFile';
import { PanelAnswers } from '../../../src/extension/panelAnswers';
import { documentJson } from '../../../src/model/attention/documentJson';
import { isUnavailable, type Unavailable } from '../../../src/model/attention/methods';
import { readDocument } from '../../../src/model/attention/readDocument';
import { madeUpSource } from '../../ui/harness/madeUpSource';
import { mapsOf, type OutputName, outputs } from '../../ui/harness/panelFixtures';

const forever = new AbortController().signal;
const first = { revision: 1, segmentIndex: 0, variantIndex: 0 };
const rawCross = { ...first, method: 'raw', kind: 'cross', layerIndex: 1, limit: 512 } as const;

function answersFor(name: OutputName = 'sentence'): PanelAnswers {
  const content = outputs[name]();
  return new PanelAnswers(content, madeUpSource(content));
}

function there<Value extends object>(value: Value | Unavailable): Value {
  assert.ok(!isUnavailable(value));
  return value as Value;
}

describe('PanelAnswers', () => {
  it('gives a head as the engine computed it, in an array of exactly its size', async () => {
    const answers = answersFor();
    const { rowCount, columnCount, data } = there(await answers.matrix({ ...rawCross, head: 3 }, forever));
    const map = mapsOf(answers.content, 0).cross;
    const start = (1 * 8 + 3) * rowCount * columnCount;
    assert.deepEqual(data, map.data.slice(start, start + rowCount * columnCount));
    assert.equal(data.buffer.byteLength, data.byteLength);
  });

  it('pools a head that is longer than the page wants it', async () => {
    const { rowCount, columnCount, rowPool, data } = there(
      await answersFor().matrix({ ...rawCross, head: 'mean', limit: 8 }, forever),
    );
    assert.deepEqual([rowCount, columnCount, rowPool], [8, 6, 2]);
    const sum = data.subarray(0, columnCount).reduce((total, weight) => total + weight, 0);
    assert.ok(Math.abs(sum - 1) < 1e-5);
  });

  it('gives thumbnails of every head with its statistics, then of mean and maximum', async () => {
    const tiles = there(await answersFor().tiles(rawCross, forever));
    assert.equal(tiles.pictureCount, 10);
    assert.equal(tiles.statistics.length, 8);
    assert.equal(tiles.levels.length, 10 * tiles.rowCount * tiles.columnCount);
    assert.ok(tiles.statistics[0].sharpness > tiles.statistics[7].sharpness);
  });

  it('answers with the one map of a method that has no layers, whichever is asked for', async () => {
    const matrix = await answersFor().matrix({ ...rawCross, method: 'rollout', layerIndex: 1, head: 5 }, forever);
    assert.ok(!isUnavailable(matrix));
  });

  it('hands on why a method says nothing, and never another method', async () => {
    const answer = await answersFor().matrix(
      { ...rawCross, method: 'occlusion', kind: 'encoder', head: 'mean' },
      forever,
    );
    assert.ok(isUnavailable(answer) && answer.reason === 'not-defined');
  });

  it('rejects a head and an output that are not there', async () => {
    const answers = answersFor();
    await assert.rejects(answers.matrix({ ...rawCross, head: 8 }, forever), { code: 'invalid-request' });
    assert.throws(() => answers.segment({ ...first, variantIndex: 1 }), { code: 'invalid-request' });
  });

  it('explains a cell of the mean by the head that reads it most', async () => {
    const place = { ...first, kind: 'cross', layerIndex: 0, row: 3, column: 5 } as const;
    const explanation = there(await answersFor().explain({ ...place, headIndex: undefined }, forever));
    const map = mapsOf(outputs.sentence(), 0).cross;
    const at = (head: number) => map.data[(head * map.shape[2] + 3) * map.shape[3] + 5];
    for (let head = 0; head < 8; head++) assert.ok(at(explanation.headIndex) >= at(head));
  });

  it('adds an edited output once, and shows it beside the one that was written', async () => {
    const answers = answersFor();
    const request = { kind: 'edited', target: 'El servidor espera' } as const;
    assert.equal(await answers.addVariant(first, request, forever), 1);
    assert.equal(await answers.addVariant(first, request, forever), 1);
    const edited = answers.segment({ ...first, variantIndex: 1 });
    assert.equal(edited.target, 'El servidor espera');
    assert.deepEqual(
      edited.variants.map(({ kind }) => kind),
      ['original', 'edited'],
    );
    const { rowCount } = there(await answers.matrix({ ...rawCross, variantIndex: 1, head: 'mean' }, forever));
    assert.equal(rowCount, edited.targetTokens.length);
  });

  it('continues from another token, and keeps what came before it', async () => {
    const answers = answersFor();
    const { alternatives } = await answers.steps(first, forever);
    const { tokenId } = alternatives[2][1];
    const added = await answers.addVariant(first, { kind: 'continued', step: 2, tokenId }, forever);
    const ids = answers.segment({ ...first, variantIndex: added }).targetTokens.map(token => token.id);
    const written = answers.segment(first).targetTokens.map(token => token.id);
    assert.deepEqual(ids.slice(0, 3), [...written.slice(0, 2), tokenId]);
  });

  it('finds the best of the n-best list among the outputs when it is the one that was written', async () => {
    const answers = answersFor();
    const list = await answers.hypotheses(0, forever);
    assert.equal(list.length, 4);
    assert.equal(await answers.addVariant(first, { kind: 'hypothesis', rank: 0 }, forever), 0);
    assert.equal(await answers.addVariant(first, { kind: 'hypothesis', rank: 1 }, forever), 1);
  });

  it('keeps added outputs over a reload', async () => {
    const answers = answersFor();
    await answers.addVariant(first, { kind: 'edited', target: 'El servidor espera' }, forever);
    const kept = JSON.parse(JSON.stringify(answers.addedVariants));
    const { content } = answers;
    const restored = new PanelAnswers(content, madeUpSource(content), kept);
    assert.equal(restored.segment({ ...first, variantIndex: 1 }).target, 'El servidor espera');
  });

  for (const method of ['raw', 'rollout', 'alignment'] as const) {
    it(`writes ${method} into a file that shows the same without a model`, async () => {
      const answers = answersFor();
      const document = await answers.document(first, method, forever);
      const { content, source } = fileContent(readDocument(JSON.stringify(documentJson(document)), 'attention.json'));
      const opened = new PanelAnswers(content, source);
      assert.deepEqual(opened.segment(first).target, answers.segment(first).target);
      if (method === 'alignment') {
        const [there1, there2] = [await opened.alignment(first, forever), await answers.alignment(first, forever)];
        assert.deepEqual(there(there1).weights.data, there(there2).weights.data);
        return;
      }
      const params = { ...rawCross, method, head: 'mean' } as const;
      const [shown, computed] = [await opened.matrix(params, forever), await answers.matrix(params, forever)];
      assert.deepEqual(there(shown).data, there(computed).data);
      await assert.rejects(opened.steps(first, forever), { code: 'invalid-request' });
    });
  }

  it('writes the output that is shown, when it is not the one that was written', async () => {
    const answers = answersFor();
    const variantIndex = await answers.addVariant(first, { kind: 'edited', target: 'El servidor espera' }, forever);
    const { target, segments } = await answers.document({ ...first, variantIndex }, 'raw', forever);
    assert.equal(target, 'El servidor espera');
    assert.equal(segments.length, 1);
  });
});
