import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ParserThread } from '../../../src/model/engine/parserThread';
import type { ProseBlock } from '../../../src/model/text/document';
import { markdownBlocks } from '../../../src/model/text/formats/markdown';
import { root } from '../../support/paths';
import { commentsOf, proseOf } from '../text/formats/support';

async function collect(parts: AsyncIterable<readonly ProseBlock[]>): Promise<ProseBlock[]> {
  const blocks: ProseBlock[] = [];
  for await (const part of parts) blocks.push(...part);
  return blocks;
}

describe('the parser thread', () => {
  let thread: ParserThread;
  const markdown = '# A heading\n\nSome text of a paragraph\nthat goes on.\n\n'.repeat(400);
  const source = '/** Reads a line of text. */\nexport const read = 1; // not yet done\n'.repeat(400);

  beforeEach(() => {
    thread = new ParserThread(path.join(root, 'dist', 'parser.js'));
  });
  afterEach(() => thread.dispose());

  it('gives what the parsers give', async () => {
    assert.deepEqual(await collect(thread.blocks(markdown, { format: 'markdown' })), [...markdownBlocks(markdown)]);
    const comments = await collect(thread.blocks(source, { format: 'auto', fileName: 'read.ts' }));
    assert.deepEqual(comments, await commentsOf(source, 'typescript'));
  });

  it('reads several documents at a time', async () => {
    const first = thread.blocks(markdown, { format: 'markdown' });
    const second = thread.blocks(source, { format: 'comments', languageId: 'typescript' });
    assert.ok((await first.next()).value!.length > 0);
    assert.ok((await second.next()).value!.length > 0);
    await first.return(undefined);
    assert.equal((await collect(second)).length > 0, true);
  });

  it('stops when it is told to, and reads on for others', async () => {
    const controller = new AbortController();
    const parts = thread.blocks(markdown.repeat(20), { format: 'markdown' }, controller.signal);
    await parts.next();
    controller.abort();
    await assert.rejects(parts.next(), { code: 'cancelled' });
    assert.equal((await collect(thread.blocks('Some text.', { format: 'text' }))).length, 1);
  });

  it('is ended when one block keeps it busy that nobody waits for, and the other documents go on', async () => {
    const controller = new AbortController();
    const other = thread.blocks(source, { format: 'comments', languageId: 'typescript' });
    const begin = (await other.next()).value as readonly ProseBlock[];
    const slow = thread.blocks('*a **b [c '.repeat(40_000), { format: 'markdown' }, controller.signal);
    const stuck = slow.next();
    setTimeout(() => controller.abort(), 50);
    await assert.rejects(stuck, { code: 'cancelled' });
    const rest = await collect(other);
    assert.deepEqual([...begin, ...rest], await commentsOf(source, 'typescript'));
  });

  it('says when a language has no grammar', async () => {
    const reading = thread.blocks('a', { format: 'auto', languageId: 'fantasy' });
    await assert.rejects(reading.next(), {
      code: 'grammar-missing',
      details: { languageId: 'fantasy', fileName: null },
    });
  });

  it('prefers the grammars of installed extensions', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'headlight-'));
    try {
      const file = path.join(folder, 'fantasy.json');
      const patterns = [{ name: 'comment.line.fantasy', match: '#.*$' }];
      writeFileSync(file, JSON.stringify({ scopeName: 'source.fantasy', patterns }));
      const fantasy = { languageIds: ['fantasy'], extensions: ['.fan'], fileNames: [] };
      thread.useGrammars([{ scopeName: 'source.fantasy', path: file, ...fantasy }]);
      const text = 'call it # Some words here\n';
      const blocks = await collect(thread.blocks(text, { format: 'auto', fileName: 'a.fan' }));
      assert.deepEqual(proseOf(text, blocks), ['Some words here']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
