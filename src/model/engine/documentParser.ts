// The blocks of a document, in parts, so that whoever reads them can stop at any time. Runs in the engine process.

import path from 'node:path';
import type { DocumentParams } from '../../protocol/engine';
import { HeadlightError, throwIfAborted } from '../errors';
import { clipBlock } from '../text/clipBlock';
import type { ProseBlock } from '../text/document';
import { looksLikeCode } from '../text/formats/docLines';
import type { GrammarSource } from '../text/formats/grammarSource';
import { lineBlocks } from '../text/lineBlocks';
import type { CharacterRange } from '../types';
import { ParserThread } from './parserThread';

/** Blocks in one part. */
const partSize = 64;

export class DocumentParser {
  private readonly thread: ParserThread;

  /** @param workerPath Default: beside the bundled engine. */
  constructor(workerPath = path.join(__dirname, 'parser.js')) {
    this.thread = new ParserThread(workerPath);
  }

  /** Grammars of installed extensions, which go before the bundled ones. */
  useGrammars(installed: readonly GrammarSource[]): void {
    this.thread.useGrammars(installed);
  }

  /**
   * A text that is no document is cut into lines. Errors: `source-empty` for a piece that is code alone, `grammar-missing`, those of the
   * parsers, the abort reason.
   */
  blocks(
    text: string,
    document: DocumentParams | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly ProseBlock[]> {
    if (!document) return linesInParts(text, signal);
    const { format, languageId, fileName, isFragment, within } = document;
    const parts = this.thread.blocks(within?.text ?? text, { format, languageId, fileName }, signal);
    if (!isFragment) return parts;
    return orLines(
      within ? clipped(parts, within.text, [within.start, within.start + text.length]) : parts,
      text,
      signal,
    );
  }
}

/** What a piece of a document has of its blocks. */
async function* clipped(
  parts: AsyncIterable<readonly ProseBlock[]>,
  document: string,
  range: CharacterRange,
): AsyncGenerator<readonly ProseBlock[]> {
  for await (const part of parts) {
    yield part.flatMap(block => clipBlock(document, block, range) ?? []);
    const last = part.at(-1);
    if (last && last.pieces[0][0] >= range[1]) return;
  }
}

/** The words of a comment without its marks are prose all the same, and so are those of a string; lines of code are not. */
async function* orLines(
  parts: AsyncIterable<readonly ProseBlock[]>,
  text: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly ProseBlock[]> {
  let isEmpty = true;
  try {
    for await (const part of parts) {
      isEmpty &&= part.length === 0;
      yield part;
    }
  } catch (error) {
    if (!(error instanceof HeadlightError) || error.code !== 'grammar-missing') throw error;
  }
  if (!isEmpty) return;
  const isProse = ({ pieces: [range] }: ProseBlock) => !looksLikeCode(text.slice(...range));
  for await (const part of linesInParts(text, signal)) {
    const prose = part.filter(isProse);
    isEmpty &&= prose.length === 0;
    yield prose;
  }
  if (isEmpty && text.trim() !== '')
    throw new HeadlightError('source-empty', 'the selection is code without a comment', { found: 'code' });
}

async function* linesInParts(text: string, signal: AbortSignal | undefined): AsyncGenerator<readonly ProseBlock[]> {
  let part: ProseBlock[] = [];
  for (const block of lineBlocks(text)) {
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
