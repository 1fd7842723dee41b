import assert from 'node:assert/strict';
import { describeSegments } from '../../../../src/model/text/describeSegments';
import { jsonBlocks } from '../../../../src/model/text/formats/json';
import { poBlocks } from '../../../../src/model/text/formats/po';
import { propertiesBlocks } from '../../../../src/model/text/formats/properties';
import { xliffBlocks } from '../../../../src/model/text/formats/xliff';
import { yamlBlocks } from '../../../../src/model/text/formats/yaml';
import { pseudoText } from '../../../../src/model/text/pseudo';
import { proseOf, protectedOf, translatedAs, translatedBy } from './support';

describe('values of JSON', () => {
  const prose = (text: string) => proseOf(text, jsonBlocks(text));

  it('are messages and labels, never keys or what programs read', () => {
    const text = `{
  // a comment
  "name": "some-package", "version": "1.2.3", "type": "module",
  "description": "Reads a line of a file and gives it back",
  "scripts": { "test": "node run all the tests now" },
  "Save the file": "Save",
  "list": ["Open the file", "https://example.org/a-b", "snake_case", 42, true,],
  "path": "src/some file.ts"
}`;
    assert.deepEqual(prose(text), ['Reads a line of a file and gives it back', 'Save', 'Open the file']);
  });

  it('are parted at escaped line breaks and keep placeholders', () => {
    const text = '{"a": "First line of {{name}}.\\nSecond \\"line\\" of %(count)d.", "b": "Say \\\\nothing here"}';
    assert.deepEqual(prose(text), [
      'First line of {{name}}.',
      'Second \\"line\\" of %(count)d.',
      'Say \\\\nothing here',
    ]);
    assert.deepEqual(protectedOf(text, jsonBlocks(text)), ['{{name}}', '%(count)d']);
  });

  it('give the branches of ICU messages', () => {
    const text = '{"a": "You have {count, plural, =0 {no files} one {# file by {name}} other {# files}} to read"}';
    assert.deepEqual(prose(text), ['You have', 'no files', '# file by {name}', '# files', 'to read']);
  });

  it('are read over what is no JSON', () => {
    assert.deepEqual(prose('}]{"a": "A text without an end'), []);
    assert.deepEqual(prose(''), []);
  });
});

describe('values of YAML', () => {
  const prose = (text: string) => proseOf(text, yamlBlocks(text));

  it('are scalars of every kind', () => {
    const text = `# a comment stays
en:
  save: "Save the \\"file\\""
  open: 'Open it, don''t wait' # stays
  plain: Some words without quotes
  list:
    - First item of it
    - { inner: A flow value here }
  run: npm run build the thing
  id: some-id
  no: "No"
  empty:
`;
    assert.deepEqual(prose(text), [
      'Save the \\"file\\"',
      "Open it, don''t wait",
      'Some words without quotes',
      'First item of it',
      'A flow value here',
      'No',
    ]);
  });

  it('may not become another kind of scalar', () => {
    const [block] = yamlBlocks('a: Some words here\n');
    assert.ok(block.forbidden?.includes(': ') && block.forbidden.includes(' #'));
  });

  it('keep the lines of literal blocks and fold folded ones', () => {
    const text =
      'a: |\n  First line of it.\n  Second line.\nb: >-\n  A paragraph that\n  goes on.\n\n  Another one here.\nc: |\n  #!/bin/sh\n  echo not a text\n';
    const blocks = [...yamlBlocks(text)];
    assert.deepEqual(proseOf(text, blocks), [
      'First line of it.',
      'Second line.',
      'A paragraph that ⏎ goes on.',
      'Another one here.',
    ]);
    assert.deepEqual(blocks[2].wrap, { width: 18, continuation: '\n  ' });
  });
});

describe('values of gettext files', () => {
  const text = `# Translators
msgid ""
msgstr ""
"Project-Id-Version: some project name\\n"
"Language: en\\n"

#: src/main.c:12
#, c-format
msgid "Read %s"
msgstr "Read the file %s"

msgid "long"
msgstr ""
"A long text that goes on "
"over two lines.\\n"
"Another line of it."

msgid "file"
msgid_plural "files"
msgstr[0] "one \\"file\\""
msgstr[1] "%d files of it"
`;

  it('are the translations, not the ids, the comments or the header', () => {
    assert.deepEqual(proseOf(text, poBlocks(text)), [
      'Read the file %s',
      'A long text that goes on ⏎ over two lines.',
      'Another line of it.',
      'one \\"file\\"',
      '%d files of it',
    ]);
  });

  it('are joined over strings that go on', () => {
    const joined = 'msgid "a"\nmsgstr ""\n"A long text that goes on "\n"over two lines."\n';
    const blocks = [...poBlocks(joined)];
    assert.deepEqual(proseOf(joined, blocks), ['A long text that goes on ⏎ over two lines.']);
    assert.equal(blocks[0].wrap?.continuation, ' "\n"');
  });
});

describe('columns of gettext files', () => {
  it('keep options', () => {
    const text = 'msgid "a"\nmsgstr "  -v, --verbose    print more of it\\n"\n';
    assert.deepEqual(proseOf(text, poBlocks(text)), ['print more of it']);
  });

  it('are those of the id where a translation is missing', async () => {
    const text = `msgid ""
"Options:\\n"
"  -v, --verbose    print more output\\n"
"  -o FILE          write the result to a file\\n"
"                   of that name\\n"
"\\n"
"Report bugs to <%s>.\\n"
msgstr ""
`;
    const { target } = await translatedAs(
      {
        'print more output': 'imprime más',
        'write the result to a file of that name': 'escribe el resultado en un archivo así',
        'Report bugs to <%s>.': 'Informe a <%s>.',
      },
      text,
      poBlocks(text),
    );
    assert.equal(
      target,
      `${text.slice(0, -1)}
"Options:\\n"
"  -v, --verbose    imprime más\\n"
"  -o FILE          escribe el resultado en\\n"
"                   un archivo así\\n"
"\\n"
"Informe a <%s>.\\n"
`,
    );
    const goesOn = text.replace('print more output\\n', 'print more ');
    assert.deepEqual([...poBlocks(goesOn)], []);
  });
});

describe('missing translations', () => {
  it('of gettext are made from their ids, plural forms and line breaks included', async () => {
    const text = `msgid ""
msgstr ""
"Language: es\\n"

msgctxt "menu"
msgid "Open %s"
msgstr ""

msgid ""
"A text that goes on "
"over two lines.\\n"
"  Another line of it.\\n"
msgstr ""

msgid "one file"
msgid_plural "%d files"
msgstr[0] ""
msgstr[1] ""
msgstr[2] "3 files"

msgid "%d"
msgstr ""
`;
    const more = `${pseudoText('A text that goes on over two lines.')}\\n"\n"  ${pseudoText('Another line of it.')}\\n`;
    const expected = text
      .replace('%s"\nmsgstr "', `%s"\nmsgstr "${pseudoText('Open')} %s`)
      .replace('it.\\n"\nmsgstr "', `it.\\n"\nmsgstr ""\n"${more}`)
      .replace('[0] "', `[0] "${pseudoText('one file')}`)
      .replace('[1] "', `[1] "%d ${pseudoText('files')}`)
      .replace('3 files', pseudoText('3 files'));
    assert.equal(await translatedBy('pseudo', text, poBlocks(text)), expected);
  });

  it('of XLIFF are made from their sources, with a target of their own', async () => {
    const text = `<file><trans-unit id="a">
  <source>Open <g id="1">the file</g></source>
</trans-unit><trans-unit id="b"><source>Save</source><target state="new"/></trans-unit>
<trans-unit id="c"><source>Close</source><target></target><alt-trans><source>x y</source></alt-trans></trans-unit>
<trans-unit id="d" translate="no"><source>Kept as it is</source></trans-unit>
<unit><segment><source>Read it</source></segment><ignorable><source>a word</source></ignorable></unit></file>`;
    const expected = text
      .replace(
        '</source>\n',
        `</source>\n  <target>${pseudoText('Open')} <g id="1">${pseudoText('the file')}</g></target>\n`,
      )
      .replace('"new"/>', `"new">${pseudoText('Save')}</target>`)
      .replace('<target></target>', `<target>${pseudoText('Close')}</target>`)
      .replace('it</source>', `it</source><target>${pseudoText('Read it')}</target>`);
    assert.equal(await translatedBy('pseudo', text, xliffBlocks(text)), expected);
  });

  it('of XLIFF stand behind a source and its segments, and keep what their file, group or unit wants kept', async () => {
    const text = `<file><trans-unit id="a"><source>Open it. Now.</source>
<seg-source><mrk mtype="seg" mid="1">Open it.</mrk> <mrk mtype="seg" mid="2">Now.</mrk></seg-source></trans-unit>
<group translate="no"><group><trans-unit id="b"><source>Kept words</source></trans-unit></group>
<unit translate="yes"><segment><source>Close</source></segment></unit></group><unit id="c"/>
<trans-unit id="d"><source>Read</source><seg-source/><note>a note</note></trans-unit></file>
<file translate="no"><trans-unit><source>Also kept</source><target/></trans-unit></file>`;
    const target = (words: string) => `<target>${pseudoText(words)}</target>`;
    const expected = text
      .replace('</seg-source></trans-unit>', `</seg-source>${target('Open it. Now.')}</trans-unit>`)
      .replace('Close</source>', `Close</source>${target('Close')}`)
      .replace('<seg-source/>', `<seg-source/>${target('Read')}`);
    assert.equal(await translatedBy('pseudo', text, xliffBlocks(text)), expected);
  });

  it('stay missing where nothing is changed, and are named with the place that they are read from', async () => {
    const text = 'msgid "Open it"\nmsgstr ""\n';
    const blocks = [...poBlocks(text)];
    assert.equal(await translatedBy('identity', text, blocks), text);
    const described = [...describeSegments(text, blocks)];
    assert.equal(described.map(({ source }) => text.slice(...source)).join(''), text);
    const missing = described.find(({ kind }) => kind === 'value');
    assert.deepEqual([missing?.text, missing?.readFrom, missing?.source], ['Open it', [7, 14], [24, 24]]);
  });
});

describe('values of XLIFF', () => {
  it('are targets with their tags kept', () => {
    const text = `<xliff version="1.2"><file><body>
<trans-unit id="a"><source>Not touched</source><target>Open <g id="1">the &amp; file</g><x id="2"/> now</target></trans-unit>
<trans-unit id="b"><source>Not touched</source><target/></trans-unit>
<!-- <target>not this one</target> -->
<unit><segment><source>x</source><target state="new">
  Call <ph id="1">code here</ph> to read
  it.
</target></segment></unit>
</body></file></xliff>`;
    assert.deepEqual(proseOf(text, xliffBlocks(text)), [
      'Open <g id="1">the &amp; file</g><x id="2"/> now',
      'Not touched',
      'Call <ph id="1">code here</ph> to read ⏎ it.',
    ]);
    assert.deepEqual(protectedOf(text, xliffBlocks(text)), [
      '<g id="1">',
      '</g>',
      '<x id="2"/>',
      '<ph id="1">code here</ph>',
    ]);
  });
});

describe('values of properties', () => {
  it('are what follows the key, over continued lines', () => {
    const text = `# A comment stays here
! so does this one
save = Save the file
open:Open it, don''t wait {0}
long = A text that goes on \\
    over two lines
path = /usr/lib/some thing
empty =
odd\\ key\\:x value of an odd key
`;
    const blocks = [...propertiesBlocks(text)];
    assert.deepEqual(proseOf(text, blocks), [
      'Save the file',
      "Open it, don''t wait {0}",
      'A text that goes on ⏎ over two lines',
      'value of an odd key',
    ]);
    assert.equal(blocks[2].wrap?.continuation, ' \\\n    ');
  });
});
