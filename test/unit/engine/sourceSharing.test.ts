import assert from 'node:assert/strict';
import path from 'node:path';
import { openModelFolder } from '../../../src/model/engine/modelFolder';
import { type Feeds, Seq2SeqModel } from '../../../src/model/engine/seq2seqModel';
import { evenSources, sharingHolds } from '../../../src/model/engine/sourceSharing';
import { sharedSourceNames } from '../../../src/model/onnx/sharedSource';
import { defaultModel, root } from '../../support/paths';

const fixture = (name: string) => path.join(root, 'test', 'fixtures', 'models', name);

async function loaded<T>(folder: string, use: (model: Seq2SeqModel) => Promise<T>): Promise<T> {
  const model = await Seq2SeqModel.load(await openModelFolder(folder), 'cpu');
  try {
    return await use(model);
  } finally {
    await model.release();
  }
}

describe('evenSources', () => {
  it('are the sources of rows that stand in groups of one size', () => {
    assert.deepEqual(evenSources([4, 4, 1, 1, 7, 7]), [4, 1, 7]);
    assert.deepEqual(evenSources([2, 0]), [2, 0]);
    assert.deepEqual(evenSources([3, 3, 3]), [3]);
  });

  it('are none where a source has fewer rows, or not side by side', () => {
    for (const rows of [
      [0, 0, 1],
      [0, 1, 1, 2],
      [0, 1, 0, 1],
      [0, 0, 1, 1, 1, 2],
    ])
      assert.equal(evenSources(rows), undefined);
  });
});

describe('sharing a source', () => {
  for (const folder of [
    defaultModel,
    ...[
      'marianSplit',
      'marianMerged',
      'bartSplit',
      'bartQuantized',
      'mbartHalf',
      'm2m100Dynamo',
      'nllbMerged',
      'mt5Merged',
      'pegasusExternal',
    ].map(fixture),
  ])
    it(`holds in a trial: ${path.basename(folder)}`, async () => {
      assert.equal(await loaded(folder, model => model.sharesSources()), true);
    });

  for (const name of ['t5Split', 'bartBmm', 'bartFused', 'opusMtDynamo', 't5Uncached'])
    it(`is not tried where the graph has another form: ${name}`, async () => {
      assert.equal(await loaded(fixture(name), model => model.sharesSources()), false);
    });

  it('does not hold where a run with fewer sources than rows fails or gives something else', async () => {
    const { architecture } = (await openModelFolder(fixture('marianSplit'))).folder;
    const isShared = (feeds: Feeds) => Number((feeds[sharedSourceNames.queryShape].data as BigInt64Array)[1]) > 1;
    const holds = (shared: () => Float32Array) =>
      sharingHolds(
        async feeds => (isShared(feeds) ? shared() : Float32Array.of(1, 2, 3)),
        architecture,
        'float32',
        false,
      );
    assert.equal(await holds(() => Float32Array.of(1, 2, 3.001)), true);
    assert.equal(await holds(() => Float32Array.of(1, 2.2, 3)), false);
    assert.equal(await holds(() => Float32Array.of(1, 2, 3, 4)), false);
    assert.equal(await holds(() => Float32Array.of(1, Number.NaN, 3)), false);
    const failing = () => {
      throw new Error('dimensions differ');
    };
    assert.equal(await holds(failing), false);
  });
});
