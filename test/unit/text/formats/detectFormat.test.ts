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
      '.env': 'comments',
      'web/.env.local': 'comments',
      '.bashrc': 'comments',
      'strings.resx': 'comments',
      'guide.adoc': 'asciidoc',
      'page.html': 'html',
      'parts.csv': 'csv',
      'lines.ipynb': 'notebook',
    };
    const found = Object.keys(names).map(fileName => [fileName, detectFormat('', { fileName })]);
    assert.deepEqual(Object.fromEntries(found), names);
  });

  it('is a patch where git wrote it, whatever the name of the file', () => {
    const log = 'commit 1f7bf43a1b2c3d4e5f60718293a4b5c6d7e8f901\nAuthor: A <a@example.org>\n\n    Reads the file\n';
    assert.equal(detectFormat(log, { fileName: 'git.log' }), 'diff');
    assert.equal(detectFormat(log, { fileName: 'history.txt' }), 'diff');
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
      ['markdown', 'Some words.\n\n## A heading\nMore.'],
      ['markdown', 'See [the guide](./guide.md).'],
      ['text', '# Reads the file\nrun --all\n\n# Closes it\nstop\n'],
      ['html', '<!DOCTYPE html>\n<html lang="en">'],
      ['diff', 'commit 1f7bf43a1b2c3d4e5f60718293a4b5c6d7e8f901 (HEAD -> main)\nAuthor: A <a@example.org>\n'],
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
