// The blocks of a document, in parts, so that whoever reads them can stop at any time. Runs in the engine process.

import type { DocumentParams } from '../../protocol/engine';
import { throwIfAborted } from '../errors';
import type { ProseBlock } from '../text/document';
import { markdownBlocks } from '../text/formats/markdown';
import { lineBlocks } from '../text/lineBlocks';

/** Blocks in one part. */
const partSize = 64;

export class DocumentParser {
  /** Errors: those of the parsers; the abort reason. */
  async *blocks(
    text: string,
    document: DocumentParams | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly ProseBlock[]> {
    let part: ProseBlock[] = [];
    for (const block of parserOf(document)(text)) {
      part.push(block);
      if (part.length < partSize) continue;
      yield part;
      part = [];
      // Others have their turn between two parts.
      await new Promise(resolve => setImmediate(resolve));
      throwIfAborted(signal);
    }
    if (part.length > 0) yield part;
  }
}

function parserOf(document: DocumentParams | undefined): (text: string) => Generator<ProseBlock> {
  const isMarkdown = document?.format === 'markdown' || /\.(?:md|markdown)$/i.test(document?.fileName ?? '');
  return isMarkdown ? markdownBlocks : lineBlocks;
}
