// The peer: the shortest greedy loop over bare onnxruntime-node, one sentence at a time, with the same files and settings. What
// Headlight adds (search, streaming, ranges, another process) is the difference to it.

import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { openModelFolder } from '../src/model/engine/modelFolder';
import { sentences } from '../src/model/text/sentences';

export interface BareLoop {
  /** Tokens generated for all sentences of `text`. */
  run(text: string, prefix: string): Promise<number>;
}

/** For a folder with a merged decoder. */
export async function bareLoop(folder: string): Promise<BareLoop> {
  const { folder: model, graphs } = await openModelFolder(folder);
  if (graphs.decoder.layout !== 'merged') throw new Error(`${folder}: the peer runs merged decoders`);
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: 2,
    interOpNumThreads: 1,
    // Threads wait as in the engine (src/model/engine/device.ts).
    extra: { session: { intra_op: { allow_spinning: '1', spin_duration_us: '20' }, force_spinning_stop: '1' } },
  };
  const encoder = await InferenceSession.create(path.join(folder, graphs.encoder.name), options);
  const decoder = await InferenceSession.create(path.join(folder, graphs.decoder.merged.name), options);
  const { architecture, generation, tokenizer } = model;
  const headSize = architecture.modelDimension / architecture.decoderHeadCount;
  const cacheNames = decoder.inputNames.filter(name => name.startsWith('past_key_values.'));
  const int64 = (ids: readonly number[]) => new Tensor('int64', BigInt64Array.from(ids.map(BigInt)), [1, ids.length]);

  const translate = async (sourceIds: readonly number[]): Promise<number> => {
    const mask = int64(sourceIds.map(() => 1));
    const { last_hidden_state: hidden } = await encoder.run({ input_ids: int64(sourceIds), attention_mask: mask });
    let past: Record<string, Tensor> = Object.fromEntries(
      cacheNames.map(name => [
        name,
        new Tensor('float32', new Float32Array(0), [1, architecture.decoderHeadCount, 0, headSize]),
      ]),
    );
    let id = generation.decoderStartTokenId;
    for (let step = 0; step < generation.maxLength - 1; step++) {
      const outputs = (await decoder.run({
        input_ids: int64([id]),
        encoder_attention_mask: mask,
        encoder_hidden_states: hidden,
        use_cache_branch: new Tensor('bool', [step > 0], [1]),
        ...past,
      })) as Record<string, Tensor>;
      const logits = outputs.logits.data as Float32Array;
      logits[generation.padTokenId] = Number.NEGATIVE_INFINITY;
      id = logits.reduce((best, value, index) => (value > logits[best] ? index : best), 0);
      if (generation.eosTokenIds.includes(id)) return step + 1;
      // The keys and values over the source come with the first step only.
      past = Object.fromEntries(
        cacheNames.map(name => [
          name,
          step > 0 && name.includes('.encoder.') ? past[name] : outputs[name.replace('past_key_values', 'present')],
        ]),
      );
    }
    return generation.maxLength - 1;
  };

  return {
    run: async (text, prefix) => {
      let tokenCount = 0;
      for (const [start, end] of sentences(text))
        tokenCount += await translate(tokenizer.encode(text.slice(start, end), prefix).map(token => token.id));
      return tokenCount;
    },
  };
}
