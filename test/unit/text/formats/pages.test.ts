import assert from 'node:assert/strict';
import { asciidocBlocks } from '../../../../src/model/text/formats/asciidoc';
import { csvBlocks } from '../../../../src/model/text/formats/csv';
import { htmlBlocks } from '../../../../src/model/text/formats/html';
import { notebookBlocks } from '../../../../src/model/text/formats/notebook';
import { proseOf, protectedOf, translatedAs, translatedBy } from './support';

describe('texts of a page', () => {
  const text = `<!DOCTYPE html>
<html lang="en">
<head>
  <title>The title</title>
  <style>/* not touched */</style>
  <script>say("not touched");</script>
</head>
<body>
  <!-- The main part -->
  <!--[if IE]>not touched<![endif]-->
  <h1>Welcome, {{ user.name }}</h1>
  <p title="not touched">Read the <a href="a.html">guide</a> first.
     It is <b>short</b> &amp; clear.</p>
  <pre>not touched</pre>
  {% if user %}<td>One</td><td>Two</td>{% endif %}
</body>
</html>
`;

  it('stand between the tags that end one, and in comments', () => {
    assert.deepEqual(proseOf(text, htmlBlocks(text)), [
      'The title',
      'The main part',
      'Welcome, {{ user.name }}',
      'Read the <a href="a.html">guide</a> first. ⏎ It is <b>short</b> &amp; clear.',
      'One',
      'Two',
    ]);
    assert.deepEqual(protectedOf(text, htmlBlocks(text)), [
      '{{ user.name }}',
      '<a href="a.html">',
      '</a>',
      '<b>',
      '</b>',
    ]);
  });

  it('are wrapped again, each line where the second one began', async () => {
    const source = '<p>One two three four\n   five six.</p>\n';
    const { target } = await translatedAs(
      { 'One two three four five six.': 'Uno dos tres cuatro cinco seis siete.' },
      source,
      htmlBlocks(source),
    );
    assert.equal(target, '<p>Uno dos tres\n   cuatro cinco seis\n   siete.</p>\n');
  });
});

describe('prose of AsciiDoc', () => {
  it('is in paragraphs, titles and items; listings, attributes, macros and tables stay', () => {
    const text = `= The guide
Jane Doe <jane@example.org>
:toc:

The server reads the *file* when it starts.footnote:[not touched]

== First section

.A title
* First item
** Nested item
+
A paragraph of the item.

NOTE: Stop it first, see <<first,the section>> or https://a.example/b[the page], not link:c[d,window=e].

[source,java]
----
// not touched
----

[source]
not touched either

|===
|not touched |at all
|===

image::a.png[not touched]

term:: what it means
`;
    assert.deepEqual(proseOf(text, asciidocBlocks(text)), [
      'The guide',
      'The server reads the *file* when it starts.footnote:[not touched]',
      'First section',
      'A title',
      'First item',
      'Nested item',
      'A paragraph of the item.',
      'Stop it first, see <<first,the section>> or https://a.example/b[the page], not link:c[d,window=e].',
      'what it means',
    ]);
    assert.deepEqual(protectedOf(text, asciidocBlocks(text)), [
      '*',
      '*',
      'footnote:[not touched]',
      '<<first,',
      '>>',
      'https://a.example/b[',
      ']',
      'link:c[d,window=e]',
    ]);
  });
});

describe('links of AsciiDoc', () => {
  it('stand around the words that they stood around', async () => {
    const text = 'See <<first,the section>> or https://a.example/b[the page].\n';
    assert.equal(
      await translatedBy('pseudo', text, asciidocBlocks(text)),
      'Śéé <<first,t́h́é śéćt́íóń>> óŕ https://a.example/b[t́h́é ṕáǵé].\n',
    );
  });
});

describe('values of a table with commas', () => {
  const text = `id,name,description
1,Lamp,"A lamp for ""the"" desk, with a switch
and a cable"
2,Chair,A chair that folds
3,,
`;

  it('are those of columns with more than one word, without the titles', () => {
    assert.deepEqual(proseOf(text, csvBlocks(text)), [
      'A lamp for ""the"" desk, with a switch',
      'and a cable',
      'A chair that folds',
    ]);
    assert.deepEqual(protectedOf(text, csvBlocks(text)), ['""', '""']);
  });

  it('may be parted by semicolons, and hold what parts them only between quotes', async () => {
    const source = 'id;text\n1;Open the file\n2;"Close the file"\n';
    const translations = { 'Open the file': 'Abre; el archivo', 'Close the file': 'Cierra; el archivo' };
    const { target } = await translatedAs(translations, source, csvBlocks(source));
    assert.equal(target, 'id;text\n1;Open the file\n2;"Cierra; el archivo"\n');
  });
});

describe('cells of a notebook', () => {
  const notebook = (cells: readonly object[]) => JSON.stringify({ cells, nbformat: 4 }, undefined, 1);

  it('are read where they are Markdown, whatever their keys stand after', () => {
    const text = notebook([
      { cell_type: 'markdown', source: ['# Some title\n', '\n', 'The "name" of it\n', 'and `more`.'] },
      { cell_type: 'code', source: ['# not touched'], outputs: [{ text: ['not touched'] }] },
      { source: 'One string.\n\n- And an item', cell_type: 'markdown' },
    ]);
    assert.deepEqual(proseOf(text, notebookBlocks(text)), [
      'Some title',
      'The \\"name\\" of it ⏎ and `more`.',
      'One string.',
      'And an item',
    ]);
  });

  it('are wrapped again with a string for each line', async () => {
    const text = notebook([{ cell_type: 'markdown', source: ['> One two three\n', '> four five.\n'] }]);
    const { target } = await translatedAs(
      { 'One two three four five.': 'Uno "dos" tres cuatro cinco seis siete.' },
      text,
      notebookBlocks(text),
    );
    assert.deepEqual(JSON.parse(target).cells[0].source, [
      '> Uno "dos"\n',
      '> tres cuatro\n',
      '> cinco seis\n',
      '> siete.\n',
    ]);
  });

  it('need a notebook around them', () => {
    for (const text of ['"a text"', '[{"cell_type": "markdown", "source": "Some text"}]', '{"cells": "Some text"}'])
      assert.deepEqual([...notebookBlocks(text)], []);
  });
});
