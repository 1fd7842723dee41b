// Entry of the parser thread: reads documents block by block, so that no document holds up the engine. Never loads onnxruntime.

import { parentPort, workerData } from 'node:worker_threads';
import { Channel } from '../../protocol/channel';
import { HeadlightError } from '../errors';
import type { ProseBlock, TextFormat } from '../text/document';
import { commentSteps } from '../text/formats/comments';
import { detectFormat } from '../text/formats/detectFormat';
import { parsers } from '../text/formats/documentBlocks';
import { GrammarStore } from './grammarStore';
import type { BlockPart, DocumentKind, ParserMethods, ParserThreadData } from './parserMethods';

const largestPart = 256;
/** So long a request of another document waits at most, but for a block that takes longer by itself. */
const partLimitMs = 20;

type Reading = Iterator<ProseBlock | undefined>;

const grammars = new GrammarStore(workerData as ParserThreadData);
const open = new Map<number, Reading>();

async function read(
  text: string,
  kind: DocumentKind,
): Promise<readonly [TextFormat, Iterable<ProseBlock | undefined>]> {
  const isSource = grammars.knows(kind.languageId, kind.fileName);
  const format = kind.format === 'auto' ? detectFormat(text, kind, isSource) : kind.format;
  if (format !== 'comments') return [format, parsers[format](text)];
  const grammar = await grammars.grammarFor(kind.languageId, kind.fileName);
  if (grammar) return [format, commentSteps(text, grammar)];
  const { languageId, fileName } = kind;
  throw new HeadlightError(
    'grammar-missing',
    `no grammar for ${languageId ?? fileName ?? 'a document without a name'} tells its comments from its code`,
    {
      languageId: languageId ?? null,
      fileName: fileName ?? null,
    },
  );
}

function nextPart(reading: Reading): BlockPart {
  const blocks: ProseBlock[] = [];
  const limit = performance.now() + partLimitMs;
  while (blocks.length < largestPart && performance.now() < limit) {
    const { value, done } = reading.next();
    if (done) return { blocks, isLast: true };
    if (value) blocks.push(value);
  }
  return { blocks, isLast: false };
}

function* without(blocks: Iterable<ProseBlock | undefined>, skip: number): Generator<ProseBlock | undefined> {
  let left = skip;
  for (const block of blocks) {
    if (block && left > 0) left--;
    else yield block;
  }
}

const port = parentPort!;

new Channel<Record<never, never>, ParserMethods>(
  {
    post: message => port.postMessage(message),
    listen: onMessage => {
      port.on('message', onMessage);
      return () => port.off('message', onMessage);
    },
  },
  {
    open: async ({ id, text, kind, skip }) => {
      const [format, blocks] = await read(text, kind);
      open.set(id, without(blocks, skip)[Symbol.iterator]());
      return format;
    },
    next: ({ id }) => {
      const reading = open.get(id);
      if (!reading)
        throw new HeadlightError('invalid-request', 'the document is not open', { rule: 'open', found: id });
      return nextPart(reading);
    },
    close: ({ id }) => {
      open.delete(id);
      return undefined;
    },
  },
);
