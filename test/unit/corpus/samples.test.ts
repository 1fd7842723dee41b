// The checks of the text corpus on the few files of it that are in the checkout, and on faults planted in them.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { detectFormat } from '../../../src/model/text/formats/detectFormat';
import { blocksOf, type CheckedText, checkTranslation } from '../../corpus/checkTranslation';
import { root } from '../../support/paths';
import { grammars, translatedBy } from '../text/formats/support';

const folder = path.join(root, 'test', 'fixtures', 'text');
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile())
  .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));

async function translated(file: string, model: 'identity' | 'pseudo'): Promise<CheckedText> {
  const source = readFileSync(path.join(folder, file), 'utf8');
  const format = detectFormat(source, { fileName: file });
  const grammar = format === 'comments' ? await grammars.grammarFor(undefined, file) : undefined;
  const target = await translatedBy(model, source, blocksOf(source, format, grammar));
  return { format, grammar, source, target };
}

describe('the samples of the text corpus', () => {
  for (const file of files) {
    it(`${file} comes back with its prose changed and nothing else`, async () => {
      const { faults, blockCount } = checkTranslation(await translated(file, 'pseudo'));
      assert.deepEqual(faults, []);
      assert.ok(blockCount > 0);
    });

    it(`${file} comes back byte for byte when nothing is changed`, async () => {
      const { source, target } = await translated(file, 'identity');
      assert.equal(target, source);
    });
  }
});

describe('the checks of the text corpus', () => {
  /** What goes wrong, in which file, and how. The first part is taken from the translation, the second put in its place. */
  const faults: readonly (readonly [what: string, file: string, from: string | RegExp, to: string])[] = [
    ['a changed name in code', 'own/guide.go', 'os.ReadFile', 'os.ReadFiles'],
    ['changed indentation', 'own/counter.ex', '  def next', '    def next'],
    ['a changed string', 'own/orders.sql', "'-- not a comment'", "'-- no comment'"],
    ['a comment that is not closed', 'own/Shape.cs', /\*\/\n/, '\n'],
    ['a comment that became code', 'own/queue.rs', /\/\/ Ń/, 'Ń'],
    ['a lost line of code', 'own/list.php', /^function.*\n/m, ''],
    ['a docstring that ends early', 'httpx/_compat.py', /"""\n/, '""" """\n'],
    ['a changed tag in a comment', 'own/Shape.cs', '<param name="width">', '<param name="ẃidth">'],
    ['a lost tag in a comment', 'own/Shape.cs', '</summary>', ''],
    ['a heading of another level', 'nan/scopes.md', /^#/m, '##'],
    ['a changed address', 'nan/scopes.md', /\]\(https:/, '](http:'],
    ['a lost span of code', 'nan/scopes.md', /`[^`\n]+`/, ''],
    ['a span of code that comes twice', 'nan/scopes.md', /(`v8::[^`\n]+`)/, '$1 $1'],
    ['a changed block of code', 'nan/scopes.md', /```c\+\+\n/, '```c++\n\n'],
    [
      'changed front matter',
      'typescript-eslint/no-unnecessary-template-expression.mdx',
      'description:',
      'Description:',
    ],
    ['a changed tag of an HTML block', 'own/page.md', '<summary>', '<śummary>'],
    ['a lost tag of an HTML block', 'own/page.md', '</strong>', ''],
    ['changed code in an HTML block', 'own/page.md', '<code>open()', '<code>ópen()'],
    ['changed code of a listing', 'own/guide.adoc', 'open a', 'ópen a'],
    ['a changed attribute', 'own/guide.adoc', ':toc:', ':tóc:'],
    ['a changed reference', 'own/guide.adoc', '<<first', '<<f́irst'],
    ['a changed tag of a page', 'own/page.html', '<p title', '<div title'],
    ['a changed title of a column', 'own/parts.csv', 'stock', 'śtock'],
    ['a lost quote of a value', 'own/parts.csv', ',"', ','],
    ['a changed cell of code', 'own/lines.ipynb', 'rows = ', 'ŕows = '],
    ['a lost mark in a cell of text', 'own/lines.ipynb', '**', ''],
    ['a changed id of a missing translation', 'own/messages.po', 'msgid "Save', 'msgid "Śave'],
    ['a lost placeholder of a missing translation', 'own/messages.po', /(msgstr ".*)%s/, '$1'],
    ['a lost tag of a missing target', 'own/messages.xlf', /<x id="3"\/>(?=[^<]*<\/target>)/, ''],
    ['changed code of a directive', 'own/guide.rst', 'import reader', 'ímport reader'],
    ['changed code after two colons', 'own/guide.rst', 'print(line)', 'print(líne)'],
    ['a changed option of a directive', 'own/guide.rst', ':maxdepth: 2', ':maxdepth: 3'],
    ['a changed name of a directive', 'own/guide.rst', '.. note::', '.. nóte::'],
    ['a changed target', 'own/guide.rst', '.. _errors:', '.. _érrors:'],
    ['a rule shorter than its title', 'own/guide.rst', /^-{11}$/m, '-----'],
    ['a lost role', 'own/guide.rst', ':class:`Reader`', 'Reader'],
    [
      'a changed address of reStructuredText',
      'own/guide.rst',
      'https://example.org/manual',
      'https://example.org/mánual',
    ],
    ['a row between the columns of its table', 'own/guide.rst', /^quiet {6}/m, 'quiet     x'],
    ['a list item of another level', 'own/guide.rst', /^1\. /m, '  1. '],
    ['a changed session', 'own/guide.rst', '<Reader>', '<Réader>'],
    ['a renamed field', 'own/guide.rst', ':raises OSError:', ':raises ÓSError:'],
    ['a changed comment', 'own/guide.rst', 'nobody reads', 'nobody writes'],
    ['a renamed key', 'own/locales/en.json', '"saved"', '"sáved"'],
    ['a changed value that is no prose', 'own/locales/en.json', '"not-touched"', '"not-touched", "a": 1'],
    ['a lost placeholder', 'own/locales/en.json', '{{name}}', '{{namé}}'],
    ['a renamed key of YAML', 'own/locales/en.yml', 'count:', 'cóunt:'],
    ['a lost placeholder in YAML', 'own/locales/en.yml', '%{name}', '%{ńame}'],
    ['a changed message id', 'mkdocs/messages.po', /msgid "S/, 'msgid "Ś'],
    ['a lost inline tag', 'own/messages.xlf', '</g>', ''],
    ['a changed source of XLIFF', 'own/messages.xlf', 'Open the file', 'Ópen the file'],
    ['a changed key of properties', 'own/messages.properties', 'reader.saved', 'reader.sáved'],
    ['a line more in a patch', 'own/change.patch', '\n+', '\n+\n+'],
    ['a changed line of context', 'own/change.patch', 'Context', 'Ćontext'],
    ['a changed trailer', 'own/COMMIT_EDITMSG', 'Somebody', 'Śomebody'],
    ['a lost line of a log', 'own/server.log', /\tat .*\n/, ''],
  ];
  for (const [what, file, from, to] of faults)
    it(`find ${what}`, async () => {
      const checked = await translated(file, 'pseudo');
      const target = checked.target.replace(from, to);
      assert.notEqual(target, checked.target, 'the fault was planted');
      assert.notDeepEqual(checkTranslation({ ...checked, target }).faults, []);
    });

  it('find that nothing has changed', async () => {
    const checked = await translated('own/guide.go', 'identity');
    assert.deepEqual(checkTranslation(checked).faults, ['no prose has changed']);
  });
});
