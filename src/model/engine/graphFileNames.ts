// Which files of a model folder are its graphs. Runs in the engine process.

import { stat } from 'node:fs/promises';
import path from 'node:path';
import { missingFile } from './fileErrors';

/** The suffix of the files of one precision; '' is fp32. */
export type Precision = '_quantized' | '_int8' | '' | '_fp16';

/** Relative to the model folder. */
export interface OnnxFileNames {
  readonly encoder: string;
  readonly decoder:
    | { readonly layout: 'merged'; readonly merged: string }
    | { readonly layout: 'split'; readonly first: string; readonly withPast: string }
    | { readonly layout: 'uncached'; readonly first: string };
}

/**
 * Encoder and decoder of the same precision, the first of `precisions` that is there, under `onnx/` or at the top; a merged
 * decoder before a split one, and only when there is neither in any precision, a decoder that takes no past.
 */
export async function findOnnxFiles(folder: string, precisions: readonly Precision[]): Promise<OnnxFileNames> {
  const exists = async (name: string) =>
    (await stat(path.join(folder, name)).catch(() => undefined))?.isFile() ?? false;
  let uncached: OnnxFileNames | undefined;
  let firstIncomplete: { have: string; lack: string } | undefined;
  for (const directory of ['onnx/', ''])
    for (const suffix of precisions) {
      const encoder = `${directory}encoder_model${suffix}.onnx`;
      const merged = `${directory}decoder_model_merged${suffix}.onnx`;
      const first = `${directory}decoder_model${suffix}.onnx`;
      const withPast = `${directory}decoder_with_past_model${suffix}.onnx`;
      const have = {
        encoder: await exists(encoder),
        merged: await exists(merged),
        first: await exists(first),
        withPast: await exists(withPast),
      };
      if (have.encoder && have.merged) return { encoder, decoder: { layout: 'merged', merged } };
      if (have.encoder && have.first && have.withPast)
        return { encoder, decoder: { layout: 'split', first, withPast } };
      if (have.encoder && have.first) uncached ??= { encoder, decoder: { layout: 'uncached', first } };
      else if (have.encoder) firstIncomplete ??= { have: encoder, lack: have.withPast ? first : merged };
      else if (have.merged || have.first) firstIncomplete ??= { have: have.merged ? merged : first, lack: encoder };
    }
  if (uncached) return uncached;
  if (firstIncomplete) throw missingFile(folder, firstIncomplete.lack, `it belongs to ${firstIncomplete.have}`);
  throw missingFile(
    folder,
    'onnx/encoder_model.onnx',
    'a model folder holds encoder_model*.onnx and decoder_model*.onnx, at the top or under onnx/, with the suffix _quantized, _int8, _fp16 or none',
  );
}
