// Attention through taps against the Python reference, straight on onnxruntime: no engine in between.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { AttentionKind } from '../../src/model/attention/maps';
import { type AttentionTap, findAttentionTaps, tapOutputName } from '../../src/model/onnx/attentionTaps';
import { addTapOutputs } from '../../src/model/onnx/graphEditor';
import { readOnnxModel } from '../../src/model/onnx/graphReader';
import { type GoldenForcedTarget, marianMerged, marianSplit, readMarianGolden } from './marianGolden';

const decoderStartId = 1;
const { forced } = readMarianGolden();

interface TappedSession {
  readonly session: InferenceSession;
  readonly taps: readonly AttentionTap[];
}

async function openTapped(file: string, role: 'encoder' | 'decoder'): Promise<TappedSession> {
  const bytes = readFileSync(file);
  const model = readOnnxModel(bytes, path.basename(file));
  const taps = findAttentionTaps(model, role, path.basename(file));
  const session = await InferenceSession.create(addTapOutputs(bytes, model, taps), { intraOpNumThreads: 1 });
  return { session, taps };
}

const idTensor = (ids: readonly number[]) => new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);

/** What a merged decoder wants besides, to run the branch without past. */
function noPast(session: InferenceSession): Record<string, Tensor> {
  const names = session.inputNames.filter(name => name.startsWith('past_key_values.'));
  const feeds = names.map(name => [name, new Tensor('float32', new Float32Array(0), [1, 4, 0, 8])] as const);
  if (feeds.length === 0) return {};
  return { ...Object.fromEntries(feeds), use_cache_branch: new Tensor('bool', [false], [1]) };
}

function assertTaps(
  outputs: InferenceSession.ReturnType,
  kind: AttentionKind,
  taps: readonly AttentionTap[],
  golden: GoldenForcedTarget,
) {
  const { shape, data } = golden.attention[kind];
  const own = taps.filter(tap => tap.kind === kind);
  assert.deepEqual(
    own.map(({ layerIndex }) => layerIndex),
    Array.from({ length: shape[0] }, (_, layerIndex) => layerIndex),
  );
  for (const tap of own) {
    const output = outputs[tapOutputName(tap)];
    assert.deepEqual([...output.dims], [1, ...shape.slice(1)]);
    const weights = output.data as Float32Array;
    const expected = data.subarray(tap.layerIndex * weights.length, (tap.layerIndex + 1) * weights.length);
    const worst = weights.reduce((most, weight, index) => Math.max(most, Math.abs(weight - expected[index])), 0);
    assert.ok(worst < 1e-4, `${tapOutputName(tap)} is off by ${worst} for target ${golden.targetIds}`);
  }
}

for (const [layout, encoderFile, decoderFile] of [
  ['a split decoder', path.join(marianSplit, 'encoder_model.onnx'), path.join(marianSplit, 'decoder_model.onnx')],
  [
    'a merged decoder',
    path.join(marianMerged, 'onnx', 'encoder_model.onnx'),
    path.join(marianMerged, 'onnx', 'decoder_model_merged.onnx'),
  ],
]) {
  describe(`Marian attention through taps, ${layout}`, () => {
    let encoder: TappedSession;
    let decoder: TappedSession;

    before(async () => {
      encoder = await openTapped(encoderFile, 'encoder');
      decoder = await openTapped(decoderFile, 'decoder');
    });

    after(async () => {
      await encoder.session.release();
      await decoder.session.release();
    });

    it('equals that of transformers within 1e-4 for every forced target, kind, layer and head', async () => {
      assert.ok(forced.length >= 10);
      for (const golden of forced) {
        const attentionMask = idTensor(golden.sourceIds.map(() => 1));
        const encoded = await encoder.session.run({
          input_ids: idTensor(golden.sourceIds),
          attention_mask: attentionMask,
        });
        assertTaps(encoded, 'encoder', encoder.taps, golden);
        const decoded = await decoder.session.run({
          input_ids: idTensor([decoderStartId, ...golden.targetIds.slice(0, -1)]),
          encoder_hidden_states: encoded.last_hidden_state,
          encoder_attention_mask: attentionMask,
          ...noPast(decoder.session),
        });
        assertTaps(decoded, 'decoder', decoder.taps, golden);
        assertTaps(decoded, 'cross', decoder.taps, golden);
      }
    });
  });
}

describe('Marian attention while decoding with past', () => {
  it('is one row of the forced map in each step', async () => {
    const golden = forced.reduce((longest, candidate) =>
      candidate.targetIds.length > longest.targetIds.length ? candidate : longest,
    );
    const encoder = await openTapped(path.join(marianSplit, 'encoder_model.onnx'), 'encoder');
    const { session, taps } = await openTapped(path.join(marianMerged, 'onnx', 'decoder_model_merged.onnx'), 'decoder');
    const attentionMask = idTensor(golden.sourceIds.map(() => 1));
    const encoded = await encoder.session.run({ input_ids: idTensor(golden.sourceIds), attention_mask: attentionMask });
    let past = noPast(session);
    for (const [row, id] of [decoderStartId, ...golden.targetIds.slice(0, -1)].entries()) {
      const outputs = await session.run({
        input_ids: idTensor([id]),
        encoder_hidden_states: encoded.last_hidden_state,
        encoder_attention_mask: attentionMask,
        ...past,
      });
      for (const tap of taps) assertRow(outputs[tapOutputName(tap)], tap, row, golden);
      // The branch with past gives out the keys and values over the source empty: those of the first step go on.
      const present = Object.entries(outputs).filter(
        ([name]) => name.startsWith('present.') && (row === 0 || !name.includes('.encoder.')),
      );
      past = {
        ...past,
        ...Object.fromEntries(
          present.map(([name, tensor]) => [name.replace('present', 'past_key_values'), tensor as Tensor]),
        ),
        use_cache_branch: new Tensor('bool', [true], [1]),
      };
    }
    await session.release();
    await encoder.session.release();
  });
});

function assertRow(output: Tensor, { kind, layerIndex }: AttentionTap, row: number, golden: GoldenForcedTarget) {
  const { shape, data } = golden.attention[kind];
  const [, headCount, rowCount, columnCount] = shape;
  const visible = kind === 'decoder' ? row + 1 : columnCount;
  assert.deepEqual([...output.dims], [1, headCount, 1, visible]);
  const weights = output.data as Float32Array;
  for (let headIndex = 0; headIndex < headCount; headIndex++)
    for (let column = 0; column < visible; column++) {
      const expected = data[((layerIndex * headCount + headIndex) * rowCount + row) * columnCount + column];
      assert.ok(Math.abs(weights[headIndex * visible + column] - expected) < 1e-4, `${kind} ${layerIndex}, row ${row}`);
    }
}
