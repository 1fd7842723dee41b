// What holds for every parser and any text: where its blocks may be, and that no text keeps it busy for ever.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { IGrammar } from 'vscode-textmate';
import type { ProseBlock } from '../../../../src/model/text/document';
import { commentBlocks } from '../../../../src/model/text/formats/comments';
import { detectFormat } from '../../../../src/model/text/formats/detectFormat';
import { parsers } from '../../../../src/model/text/formats/documentBlocks';
import { propertyRuns } from '../support';
import { grammars, translatedBy } from './support';

type Parser = (text: string) => Iterable<ProseBlock>;

/** What the formats are made of, so that random texts come near their rules. */
const scraps: Readonly<Record<string, readonly string[]>> = {
  text: [
    '- ',
    '1. ',
    '> ',
    '    ',
    '   ',
    '\n  -v  ',
    '\n====  ====\n',
    '\n+----+----+\n',
    '| ',
    ' |',
    ' . . . . ',
    '\n  File "a", line 1\n',
    'a.bError: ',
    '0123abc ',
    '\n--> a:1',
  ],
  markdown: [
    '# ',
    '- ',
    '> ',
    '```',
    '`',
    '**',
    '*',
    '_',
    '[',
    '](',
    ')',
    '](x "y")',
    '![',
    '<b>',
    '</b>',
    '| ',
    '|---|',
    '\\',
    '&amp;',
    '---\n',
    '[a]: x',
    '[^1]',
    '    ',
    '  \n',
    '<!--',
    '-->',
    '$x$',
    ':::',
    '{{',
    '}}',
    '\t',
    '<br>',
    '\n: ',
    '\nexport const a = {',
    '\n<A b={',
    '}',
    '/>',
  ],
  asciidoc: [
    '= ',
    '== ',
    '.A',
    '* ',
    '** ',
    '. ',
    '\n----\n',
    '\n....\n',
    '\n|===\n',
    '\n====\n',
    '[source]\n',
    ':a: ',
    'a::b[c]',
    'a:b[',
    ']',
    '<<a,',
    '>>',
    '*',
    '_',
    '+',
    'NOTE: ',
    'a:: ',
    '//',
  ],
  html: [
    '<p>',
    '</p>',
    '<td a="b>c">',
    '<b>',
    '</b>',
    '<br>',
    '<code>',
    '</code>',
    '<pre>',
    '</pre>',
    '<script>',
    '<!-- ',
    ' -->',
    '<!a>',
    '&amp;',
    '{{a}}',
    '{% a %}',
    '`a`',
    '<',
  ],
  rst: [
    '.. note:: ',
    '.. code:: a\n   ',
    '.. list-table:: ',
    '.. _a: ',
    '.. [1] ',
    '..\n',
    '::\n\n',
    '   ',
    '- ',
    '1. ',
    ':a: ',
    '-v  ',
    '| ',
    '\n====\n',
    '\n----\n',
    '\n==  ==\n',
    '\n\n==  ==\na   b\n==  ==\n\n',
    '\n+---+\n',
    '|a |',
    '>>> ',
    '`',
    '``',
    '`a <b>`_',
    ':ref:`',
    '*',
    '**',
    '|a|',
    '[1]_',
    'a_',
    '\\',
  ],
  commit: ['fix: ', 'Fixes #1', '# ', 'Signed-off-by: a', '    ', '- '],
  json: [
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\"',
    '\\n',
    '\\u00e9',
    '{n, plural, one {',
    '}}',
    '{{a}}',
    '//',
    '/*',
    '*/',
  ],
  yaml: ['a: ', '- ', '"', "'", '|\n', '>-\n', '  ', '# ', '&a ', '{', '}', '[', ']', '---\n', '? ', '!t '],
  po: [
    'msgid "some text"\n',
    'msgstr[1] ""\n',
    'msgid_plural "texts of it"\n',
    'msgid "',
    'msgstr "',
    'msgstr ""\n',
    'msgid ""\n',
    '"',
    '\\n"\n',
    '#, fuzzy\n',
    'msgstr[1] "',
    '\\"',
    '%s',
  ],
  xliff: [
    '<trans-unit>',
    '</trans-unit>',
    '<source>a text',
    '</source>',
    '<target>',
    '</target>',
    '<target/>',
    '<g id="1">',
    '</g>',
    '<ph>',
    '</ph>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '&amp;',
    '<source>',
  ],
  properties: ['a=', 'b = ', 'c:', '# ', '! ', '\\\n', '\\', '\\u00e9', '{0}', "''", '  '],
  diff: [
    'diff --git a/x b/x.md\n',
    '+++ b/x.md\n',
    '--- a/x.c\n',
    '@@ -1,2 +1,3 @@\n',
    '+',
    '-',
    ' ',
    '+// ',
    '-# ',
    '+ * ',
    'commit 0123456789\n',
    '    ',
    'Subject: [PATCH] ',
  ],
  csv: [',', ';', '"', '""', ',"', '",', 'id,name\n', '\n1,'],
  notebook: [
    '{"cells": [{"cell_type": "markdown", "source": ["',
    '"cell_type": "markdown", ',
    '"source": "',
    '\\n", "',
    '\\n",\n    "',
    '"]}, {',
    '"}',
    '> ',
    '- ',
    '**',
    '`',
    '\\"',
    '\\u00e9',
    '\\n\\n',
  ],
  log: ['2024-05-01 12:00:00 ', '[INFO] ', 'ERROR: ', '[main] ', 'a.b.C - ', '\tat a.b(c)', 'key=value ', '"', '{"'],
  python: [
    '# ',
    '"""',
    "'''",
    '    ',
    'def f():\n',
    ':param x: ',
    'Args:\n',
    '    x (int): ',
    '>>> ',
    '::\n',
    '.. note:: ',
    '----\n',
    'r"',
    '\\',
  ],
  typescript: [
    '/*',
    '*/',
    '/** ',
    ' * ',
    '// ',
    '@param ',
    '{',
    '}',
    '[',
    '`',
    '${',
    '"',
    "'",
    '/',
    '<a>',
    '@example\n',
    'eslint-disable ',
    'x = 1;',
    '<p>',
    '<td>',
    '</td>',
    '<br>',
    '<pre>',
    '</pre>',
    '{@code\n',
  ],
  c: ['/*', '*/', '//', '\\\n', '#if 0\n', '#endif\n', '"', "'", ' * ', '\\param x '],
};
const words = [
  'Some words',
  'of prose',
  'here.',
  'Über',
  'данные',
  '文字',
  '😀',
  'e\u0301',
  'a',
  '1',
  ' ',
  '  ',
  '\t',
  '\n',
  '\n\n',
  '\r\n',
  '\r',
  '\u2028',
  '\u00a0',
  '\0',
  '\ud800',
];

function textOf(kind: string): fc.Arbitrary<string> {
  const part = fc.oneof(
    fc.constantFrom(...scraps[kind]),
    fc.constantFrom(...words),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  return fc.array(part, { maxLength: 60, size: 'medium' }).map(parts => parts.join(''));
}

/** Every block in order, none over another, every piece with something in it, what is protected inside pieces. */
function checkBlocks(text: string, blocks: Iterable<ProseBlock>): void {
  let done = 0;
  let written = 0;
  for (const { pieces, protected: ranges, wrap, into, table } of blocks) {
    assert.ok(pieces.length > 0, 'a block has a piece');
    const cells = table?.rows.flat().flatMap(({ lines }) => lines) ?? pieces;
    const [start, end] = into?.range ?? [cells[0][0], cells[cells.length - 1][1]];
    assert.ok(written <= start && start <= end && end <= text.length, `written to ${start}-${end} after ${written}`);
    written = end;
    // Two plural forms that are missing have one source.
    if (into) done = 0;
    for (const [start, end] of pieces) {
      assert.ok(done <= start && start < end && end <= text.length, `piece ${start}-${end} after ${done}`);
      assert.doesNotMatch(text.slice(start, end), /^[ \t]|[ \t]$/, 'a piece has no spaces at its ends');
      assert.ok(!isInsidePair(text, start) && !isInsidePair(text, end), 'a piece cuts no character in two');
      done = end;
    }
    for (const [from, to] of pieces)
      assert.ok(
        cells.some(cell => cell[0] === from && cell[1] === to),
        'a piece is a line of a cell',
      );
    let inside = pieces[0][0];
    for (const [start, end] of ranges) {
      assert.ok(inside <= start && start < end, `protected ${start}-${end} after ${inside}`);
      assert.ok(
        pieces.some(piece => piece[0] <= start && end <= piece[1]),
        `protected ${start}-${end} in a piece`,
      );
      inside = end;
    }
    if (wrap) {
      assert.match(wrap.continuation, /[\n\r]/);
      assert.ok(wrap.width > 0);
    }
  }
}

function isInsidePair(text: string, offset: number): boolean {
  return /[\ud800-\udbff]/.test(text.charAt(offset - 1)) && /[\udc00-\udfff]/.test(text.charAt(offset));
}

/** A hostile text of each kind: much of what opens something, and nothing that closes it. */
function* hostileTexts(kind: string, length: number): Generator<string> {
  for (const scrap of [...scraps[kind], ' ', '\t', 'a', 'a ', '\n', '{', '<a', '%(', ':a', 'Word ']) {
    yield scrap.repeat(Math.ceil(length / scrap.length));
    yield `${scrap}a `.repeat(Math.ceil(length / (scrap.length + 2)));
  }
}

describe('the blocks of any text', () => {
  const all: Record<string, Parser> = { ...parsers };

  before(async () => {
    for (const languageId of ['python', 'typescript', 'c']) {
      const grammar: IGrammar | undefined = await grammars.grammarFor(languageId, undefined);
      assert.ok(grammar);
      all[languageId] = text => commentBlocks(text, grammar);
    }
  });

  for (const kind of Object.keys(scraps)) {
    it(`are in order, in the text and apart, read as ${kind}`, () => {
      fc.assert(
        fc.property(textOf(kind), text => checkBlocks(text, all[kind](text))),
        { numRuns: propertyRuns },
      );
    });

    it(`give the text back byte for byte when nothing is changed, read as ${kind}`, async () => {
      await fc.assert(
        fc.asyncProperty(textOf(kind), async text => {
          fc.pre(text.trim() !== '');
          assert.equal(await translatedBy('identity', text, all[kind](text)), text);
        }),
        { numRuns: propertyRuns / 10 },
      );
    });

    it(`come to an end for a hostile text read as ${kind}`, () => {
      for (const text of hostileTexts(kind, 2000)) checkBlocks(text, all[kind](text));
    });
  }

  it('have a format, whatever the text begins with', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(scraps)).chain(textOf), text => {
        assert.ok(detectFormat(text, {}) in parsers);
      }),
      { numRuns: propertyRuns },
    );
  });
});
