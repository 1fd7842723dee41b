// The files of a decoder, in each layout that exports have. Runs in the engine process.

import type { OnnxFileNames } from './graphFileNames';
import { type OnnxFile, readOnnxFile } from './onnxFile';

/**
 * A merged decoder has both ways in one graph; a split one has a file for the first step and one for the others. An uncached one
 * takes no past: each step goes through the whole target again.
 */
export type DecoderFiles =
  | { readonly layout: 'merged'; readonly merged: OnnxFile }
  | { readonly layout: 'split'; readonly first: OnnxFile; readonly withPast: OnnxFile }
  | { readonly layout: 'uncached'; readonly first: OnnxFile };

export function onnxFilesOf(decoder: DecoderFiles): readonly OnnxFile[] {
  switch (decoder.layout) {
    case 'merged':
      return [decoder.merged];
    case 'split':
      return [decoder.first, decoder.withPast];
    case 'uncached':
      return [decoder.first];
  }
}

/** Errors: those of `readOnnxFile`. */
export async function readDecoder(folder: string, names: OnnxFileNames['decoder']): Promise<DecoderFiles> {
  const { layout } = names;
  if (layout === 'merged') return { layout, merged: await readOnnxFile(folder, names.merged) };
  const first = await readOnnxFile(folder, names.first);
  return layout === 'uncached'
    ? { layout, first }
    : { layout, first, withPast: await readOnnxFile(folder, names.withPast) };
}
