import assert from 'node:assert/strict';
import { clipBlock } from '../../../src/model/text/clipBlock';
import { markdownBlocks } from '../../../src/model/text/formats/markdown';
import { poBlocks } from '../../../src/model/text/formats/po';
import type { CharacterRange } from '../../../src/model/types';
import { translatedBy } from './formats/support';

const document = 'Some **bold text** of a paragraph\nthat goes on with `code here` and\nends.\n\n```\nnot this\n```\n';

function clipped(range: CharacterRange) {
  return [...markdownBlocks(document)].flatMap(block => clipBlock(document, block, range) ?? []);
}

describe('a selection in a document', () => {
  it('has the parts of its blocks, with offsets of its own', () => {
    const start = document.indexOf('text**');
    const end = document.indexOf(' here`');
    const selection = document.slice(start, end);
    const [block, ...others] = clipped([start, end]);
    assert.deepEqual(others, []);
    assert.deepEqual(
      block.pieces.map(range => selection.slice(...range)),
      ['text** of a paragraph', 'that goes on with `code'],
    );
    assert.deepEqual(
      block.protected.map(range => selection.slice(...range)),
      ['**', '`code'],
    );
    assert.equal(block.wrap?.column, start);
  });

  it('has no blocks in code, nor between paragraphs', () => {
    assert.deepEqual(clipped([document.indexOf('not'), document.length]), []);
    assert.deepEqual(clipped([document.indexOf('\n\n'), document.indexOf('```')]), []);
  });

  it('comes back with everything but its prose', async () => {
    for (let start = 0; start < document.length; start += 3)
      for (let end = start + 1; end <= document.length; end += 7) {
        const selection = document.slice(start, end);
        if (selection.trim() === '') continue;
        const blocks = clipped([start, end]);
        assert.equal(await translatedBy('identity', selection, blocks), selection);
        const target = await translatedBy('pseudo', selection, blocks);
        for (const { protected: ranges } of blocks)
          for (const range of ranges) assert.ok(target.includes(selection.slice(...range)));
      }
  });

  it('has a missing translation only with the source of it', () => {
    const text = 'msgid "Open it"\nmsgstr ""\n';
    const [block] = poBlocks(text);
    assert.equal(clipBlock(text, block, [0, text.length])?.into?.range[0], text.length - 2);
    assert.equal(clipBlock(text, block, [text.indexOf('msgstr'), text.length]), undefined);
  });
});
