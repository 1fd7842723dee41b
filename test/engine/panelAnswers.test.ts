// What the attention panel asks for, answered by the real engine and the shipped model.

import assert from 'node:assert/strict';
import { type AttentionSource, PanelAnswers } from '../../src/extension/panelAnswers';
import { isUnavailable, type Unavailable } from '../../src/model/attention/methods';
import { startEngine, type TestEngine, translation } from '../support/engine';

const text =
  'The server reads the file. Then it stops. The command deletes the old folder. The user opened a window yesterday. ' +
  'This button saves the settings. The password protects the account. The printer needs new paper.';
const forever = new AbortController().signal;
const first = { revision: 1, segmentIndex: 0, variantIndex: 0 };

function there<Value extends object>(value: Value | Unavailable): Value {
  assert.ok(!isUnavailable(value), JSON.stringify(value));
  return value as Value;
}

function sourceOf({ engine }: TestEngine): AttentionSource {
  return {
    attention: (params, signal) => engine.call('attention', params, { signal }),
    methodMaps: (params, signal) => engine.call('methodMaps', params, { signal }),
    align: (params, signal) => engine.call('align', params, { signal }),
    explainCell: (params, signal) => engine.call('explainCell', params, { signal }),
    force: (params, signal) => engine.call('force', params, { signal }),
    search: (params, signal) => engine.call('run', params, { signal }),
  };
}

describe('the attention panel over the real engine', () => {
  let test: TestEngine;
  let answers: PanelAnswers;

  before(async () => {
    test = startEngine();
    const params = translation(text);
    const result = await test.engine.call('run', params);
    const description = await test.engine.call('describe', { folder: params.folder });
    answers = new PanelAnswers(
      { result, target: { folder: params.folder, device: 'cpu' }, description },
      sourceOf(test),
    );
  });

  after(() => test?.engine.dispose());

  it('aligns words, and each row of weights sums to 1 or says nothing', async () => {
    const { weights, targetWords } = there(await answers.alignment({ ...first, segmentIndex: 1 }, forever));
    assert.ok(targetWords.length > 1);
    for (let row = 0; row < weights.rowCount; row++) {
      const own = weights.data.subarray(row * weights.columnCount, (row + 1) * weights.columnCount);
      const sum = own.reduce((total, weight) => total + weight, 0);
      assert.ok(sum === 0 || Math.abs(sum - 1) < 1e-3);
    }
  });

  it('doubts a source word whose translation was taken away, and an output word that was put in', async () => {
    const doubtsIn = async (segmentIndex: number, target: string) => {
      const own = { ...first, segmentIndex };
      const variantIndex = await answers.addVariant(own, { kind: 'edited', target }, forever);
      return there(await answers.alignment({ ...own, variantIndex }, forever));
    };
    let omittedCount = 0;
    let inventedCount = 0;
    const segmentIndexes = [0, 2, 3, 4, 5, 6];
    for (const segmentIndex of segmentIndexes) {
      const own = { ...first, segmentIndex };
      const { source, target } = answers.segment(own);
      const { links, sourceWords, targetWords, doubts } = there(await answers.alignment(own, forever));
      const sourceText = (word: number) => source.slice(...sourceWords[word].range);
      // The longest word of the source, which is no little one, and what the model made of it.
      const [word, made] = links.reduce((best, link) =>
        sourceText(link[0]).length > sourceText(best[0]).length ? link : best,
      );
      const [start, end] = targetWords[made].range;
      const isOmitted = (found: typeof doubts) => found.some(doubt => doubt.kind === 'omitted' && doubt.word === word);
      const taken = await doubtsIn(segmentIndex, `${target.slice(0, start)}${target.slice(end).trimStart()}`);
      if (isOmitted(taken.doubts) && !isOmitted(doubts)) omittedCount++;
      const put = await doubtsIn(segmentIndex, target.replace(/\.?$/, ' ayer.'));
      const last = put.targetWords.length - 1;
      if (put.doubts.some(doubt => doubt.kind === 'invented' && doubt.word >= last - 1)) inventedCount++;
    }
    // The shipped model finds three in four.
    const least = segmentIndexes.length / 3;
    assert.ok(omittedCount >= least, `${omittedCount} of ${segmentIndexes.length} omissions`);
    assert.ok(inventedCount >= least, `${inventedCount} of ${segmentIndexes.length} inventions`);
  });

  for (const method of ['raw', 'norm', 'rollout', 'occlusion'] as const) {
    it(`draws ${method} with rows that sum to 1`, async () => {
      const params = { ...first, method, kind: 'cross', layerIndex: 0, head: 'mean', limit: 512 } as const;
      const { rowCount, columnCount, data } = there(await answers.matrix(params, forever));
      assert.equal(rowCount, answers.segment(first).targetTokens.length);
      for (let row = 0; row < rowCount; row++) {
        const sum = data
          .subarray(row * columnCount, (row + 1) * columnCount)
          .reduce((total, weight) => total + weight, 0);
        assert.ok(sum === 0 || Math.abs(sum - 1) < 1e-3, `row ${row}: ${sum}`);
      }
    });
  }

  it('takes a cell apart into numbers that give its weight', async () => {
    const place = { ...first, kind: 'cross', layerIndex: 0, headIndex: 0, row: 1, column: 2 } as const;
    const { query, key, scale, bias, scores, weights } = there(await answers.explain(place, forever));
    const product = query.reduce((sum, number, dimension) => sum + number * key[dimension], 0);
    assert.ok(Math.abs(product * scale + bias - scores[2]) < 1e-2);
    const { columnCount, data } = there(
      await answers.matrix({ ...first, method: 'raw', kind: 'cross', layerIndex: 0, head: 0, limit: 512 }, forever),
    );
    assert.ok(Math.abs(weights[2] - data[columnCount + 2]) < 1e-3);
  });

  it('offers alternatives, continues from one, and keeps what came before it', async () => {
    const { alternatives } = await answers.steps(first, forever);
    assert.equal(alternatives.length, answers.segment(first).targetTokens.length);
    const { tokenId } = alternatives[1].find(({ tokenId }) => tokenId !== answers.segment(first).targetTokens[1].id)!;
    const variantIndex = await answers.addVariant(first, { kind: 'continued', step: 1, tokenId }, forever);
    const { targetTokens } = answers.segment({ ...first, variantIndex });
    assert.deepEqual(
      targetTokens.slice(0, 2).map(token => token.id),
      [answers.segment(first).targetTokens[0].id, tokenId],
    );
  });

  it('finds the n-best list and shows one of it', async () => {
    const list = await answers.hypotheses(0, forever);
    assert.equal(list.length, 4);
    const variantIndex = await answers.addVariant(first, { kind: 'hypothesis', rank: 1 }, forever);
    assert.equal(answers.segment({ ...first, variantIndex }).target, list[1].text);
  });

  it('forces an edited output and gives it attention of its own', async () => {
    const target = 'El servidor abre el archivo.';
    const variantIndex = await answers.addVariant(first, { kind: 'edited', target }, forever);
    const edited = answers.segment({ ...first, variantIndex });
    assert.equal(edited.target, target);
    assert.equal(edited.targetTokens.at(-1)!.special, true, 'the end mark stays');
    there(await answers.alignment({ ...first, variantIndex }, forever));
  });
});
