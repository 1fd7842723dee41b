import assert from 'node:assert/strict';
import type { TextFormat } from '../../../../src/model/text/document';
import { detectFormat } from '../../../../src/model/text/formats/detectFormat';

describe('the format of a document', () => {
  it('follows its name', () => {
    const names: Readonly<Record<string, TextFormat>> = {
      'README.md': 'markdown',
      'src/reader.ts': 'comments',
      Dockerfile: 'comments',
      'locales/en.json': 'json',
      'config/locales/en.yml': 'yaml',
      '.github/workflows/ci.yml': 'comments',
      'tsconfig.json': 'comments',
      'de.po': 'po',
      'messages.xlf': 'xliff',
      'messages_en.properties': 'properties',
      '0001-fix.patch': 'diff',
      '.git/COMMIT_EDITMSG': 'commit',
      'server.log': 'log',
      'notes.txt': 'text',
      'CMakeLists.txt': 'comments',
    };
    const found = Object.keys(names).map(fileName => [fileName, detectFormat('', { fileName })]);
    assert.deepEqual(Object.fromEntries(found), names);
  });

  it('follows its language where the editor knows it', () => {
    assert.equal(detectFormat('', { languageId: 'markdown', fileName: 'a.txt' }), 'markdown');
    assert.equal(detectFormat('', { languageId: 'python' }), 'comments');
    assert.equal(detectFormat('', { languageId: 'fantasy', fileName: 'a.fan' }), 'comments');
    assert.equal(detectFormat('', { languageId: 'git-commit' }), 'commit');
    assert.equal(detectFormat('', { languageId: 'constructor', fileName: 'toString' }), 'comments');
  });

  it('follows its beginning where nothing else is known', () => {
    const texts: readonly (readonly [TextFormat, string])[] = [
      ['text', 'Some words without any sign.'],
      ['markdown', '# A heading\n\nSome words.'],
      ['markdown', 'See [the guide](./guide.md).'],
      ['json', '{"a": "Some words"}'],
      ['text', '{a set, as a book writes it}'],
      ['diff', 'diff --git a/x b/x\n'],
      ['po', 'msgid "a"\nmsgstr "b"\n'],
      ['xliff', '<?xml version="1.0"?>\n<xliff version="1.2">'],
      ['log', '2024-05-01 12:00:00 a b\n2024-05-01 12:00:01 c d\n2024-05-01 12:00:02 e f\n'],
    ];
    for (const [format, text] of texts) assert.equal(detectFormat(text, {}), format, text);
  });
});
