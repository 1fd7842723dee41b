// What the terminal's `attention` prints: one document in one format.

import { attentionFile, unavailableError } from '../client/attentionFormats';
import type { AttentionDocument } from '../model/attention/attentionDocument';
import { isUnavailable } from '../model/attention/methods';
import { pictureOf } from '../model/attention/picture';
import type { AttentionOptions } from './attentionUsage';

/** The bytes of a file in the chosen format. Errors: `attention-unavailable` when the method gives nothing of what is asked for. */
export function formatDocument(document: AttentionDocument, options: AttentionOptions): Promise<string | Uint8Array> {
  return attentionFile(options.format, {
    document: async () => document, // `attentionOptions` asks for alignments when the format is Pharaoh
    pictures: async () =>
      document.segments.map((_, index) => {
        const picture = pictureOf(document, index, options);
        if (isUnavailable(picture)) throw unavailableError(document.method, picture);
        return picture;
      }),
  });
}
