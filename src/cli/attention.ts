// What the terminal's `attention` prints: one document in one format.

import { pngOf } from '../client/png';
import type { AttentionDocument, AttentionPicture, DocumentSegment } from '../model/attention/attentionDocument';
import { documentJson } from '../model/attention/documentJson';
import { drawPictures } from '../model/attention/drawing';
import { csvOf, pharaohOf } from '../model/attention/exportText';
import { attentionKinds } from '../model/attention/maps';
import { isUnavailable, type Unavailable } from '../model/attention/methods';
import { pictureOf } from '../model/attention/picture';
import { pixelsOf } from '../model/attention/pixels';
import { svgOf } from '../model/attention/svg';
import { HeadlightError } from '../model/errors';
import type { AttentionOptions } from './attentionUsage';

/** The bytes of a file in the chosen format. Errors: `attention-unavailable` when the method gives nothing of what is asked for. */
export function formatDocument(document: AttentionDocument, options: AttentionOptions): string | Uint8Array {
  switch (options.format) {
    case 'json':
      requireSomething(document);
      return `${JSON.stringify(documentJson(document))}\n`;
    case 'pharaoh':
      return pharaohOf(document.segments.map(alignmentOf));
    case 'csv':
      return csvOf(picturesOf(document, options));
    case 'svg':
      return svgOf(drawPictures(picturesOf(document, options)));
    case 'png':
      return pngOf(pixelsOf(drawPictures(picturesOf(document, options))));
  }
}

function picturesOf(document: AttentionDocument, options: AttentionOptions): AttentionPicture[] {
  return document.segments.map((_, index) => {
    const picture = pictureOf(document, index, options);
    if (isUnavailable(picture)) throw unavailableError(document, picture);
    return picture;
  });
}

function alignmentOf(segment: DocumentSegment) {
  const { attention } = segment;
  // The command line asks for alignments when the format is Pharaoh.
  if (attention.kind !== 'alignment') throw new HeadlightError('internal', 'Pharaoh links are of method alignment');
  if (isUnavailable(attention.alignment)) throw unavailableError({ method: 'alignment' }, attention.alignment);
  return attention.alignment;
}

function requireSomething(document: AttentionDocument): void {
  for (const { attention } of document.segments) {
    if (attention.kind === 'alignment' && isUnavailable(attention.alignment))
      throw unavailableError(document, attention.alignment);
    if (attention.kind === 'maps' && attentionKinds.every(kind => !attention.maps[kind]))
      throw unavailableError(document, attention.unavailable.cross!);
  }
}

function unavailableError({ method }: Pick<AttentionDocument, 'method'>, { rule, found }: Unavailable): HeadlightError {
  return new HeadlightError('attention-unavailable', `${method} is unavailable, because ${rule}; found ${found}`, {
    file: method,
    rule,
    found,
  });
}
