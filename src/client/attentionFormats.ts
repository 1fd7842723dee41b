// An attention document and its pictures as the bytes of a file: one way for the terminal and the panel.

import type {
  AttentionDocument,
  AttentionPicture,
  DocumentSegment,
  ExportFormat,
} from '../model/attention/attentionDocument';
import { documentJson } from '../model/attention/documentJson';
import { drawPictures } from '../model/attention/drawing';
import { csvOf, pharaohOf } from '../model/attention/exportText';
import { attentionKinds } from '../model/attention/maps';
import { isUnavailable, type Unavailable, type WordAlignment } from '../model/attention/methods';
import { pixelsOf } from '../model/attention/pixels';
import { svgOf } from '../model/attention/svg';
import { HeadlightError } from '../model/errors';
import { pngOf } from './png';

/** What has to be there for a file of each format. */
export interface AttentionContents {
  /** A whole output, for `json` by the method it was asked for, for `pharaoh` by `alignment`. */
  readonly document: (format: 'json' | 'pharaoh') => Promise<AttentionDocument>;
  /** Single maps, one below the other, for `csv`, `svg` and `png`. */
  readonly pictures: () => Promise<readonly AttentionPicture[]>;
}

/** Errors: `attention-unavailable` when the method gives nothing of what is asked for; those of `contents`. */
export async function attentionFile(format: ExportFormat, contents: AttentionContents): Promise<string | Uint8Array> {
  switch (format) {
    case 'json': {
      const document = await contents.document(format);
      requireSomething(document);
      return `${JSON.stringify(documentJson(document))}\n`;
    }
    case 'pharaoh':
      return pharaohOf((await contents.document(format)).segments.map(alignmentOf));
    case 'csv':
      return csvOf(await contents.pictures());
    case 'svg':
      return svgOf(drawPictures(await contents.pictures()));
    case 'png':
      return pngOf(pixelsOf(drawPictures(await contents.pictures())));
  }
}

/** Why a method gives nothing, as an error. */
export function unavailableError(method: string, { rule, found }: Unavailable): HeadlightError {
  const details = { file: method, rule, found };
  return new HeadlightError(
    'attention-unavailable',
    `${method} is unavailable, because ${rule}; found ${found}`,
    details,
  );
}

function alignmentOf({ attention }: DocumentSegment): WordAlignment {
  // The command line and the panel ask for alignments when the format is Pharaoh.
  if (attention.kind !== 'alignment') throw new HeadlightError('internal', 'Pharaoh links are of method alignment');
  if (isUnavailable(attention.alignment)) throw unavailableError('alignment', attention.alignment);
  return attention.alignment;
}

function requireSomething({ method, segments }: AttentionDocument): void {
  for (const { attention } of segments) {
    if (attention.kind === 'alignment' && isUnavailable(attention.alignment))
      throw unavailableError(method, attention.alignment);
    if (attention.kind === 'maps' && attentionKinds.every(kind => !attention.maps[kind]))
      throw unavailableError(method, attention.unavailable.cross!);
  }
}
