// Gives the `Precompiled` normalisers of a library tokenizer the table they were made with. Runs anywhere.

import { type Normalizer, PrecompiledNormalizer, SequenceNormalizer } from '@huggingface/tokenizers';
import { HeadlightError } from '../errors';
import { PrecompiledCharsmap } from './precompiledCharsmap';

/**
 * Changes `normalizer` in place. A table in base64 is one of a tokenizer.json and works as in the Rust library, one in bytes is that
 * of a SentencePiece model and works as there: the two differ for characters with marks. Errors: `model-file-corrupt`.
 */
export function exactCharsmaps(normalizer: Normalizer | null, file: string): void {
  if (normalizer instanceof SequenceNormalizer) for (const part of normalizer.normalizers) exactCharsmaps(part, file);
  if (!(normalizer instanceof PrecompiledNormalizer)) return;
  const table: unknown = normalizer.charsmap;
  if (table instanceof Uint8Array) {
    const charsmap = PrecompiledCharsmap.parse(table, file);
    normalizer.normalize = text => charsmap.normalize(text);
  } else if (typeof table === 'string' && table !== '') {
    const charsmap = PrecompiledCharsmap.parse(fromBase64(table, file), file);
    normalizer.normalize = text => charsmap.normalizeGraphemes(text);
  } else {
    normalizer.normalize = text => text;
  }
}

function fromBase64(text: string, file: string): Uint8Array {
  let characters: string;
  try {
    characters = atob(text);
  } catch (error) {
    const rule = 'precompiled_charsmap is base64';
    throw new HeadlightError(
      'model-file-corrupt',
      `${file}: expected that ${rule}, found other characters`,
      { file, rule, found: 'other characters' },
      error,
    );
  }
  return Uint8Array.from(characters, character => character.charCodeAt(0));
}
