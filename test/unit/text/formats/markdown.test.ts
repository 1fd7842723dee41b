import assert from 'node:assert/strict';
import type { RootContent } from 'mdast';
import { markdownBlocks, parseMarkdown } from '../../../../src/model/text/formats/markdown';
import { markdownWindows } from '../../../../src/model/text/formats/markdownWindows';
import { proseOf, protectedOf } from './support';

function prose(text: string): string[] {
  return proseOf(text, markdownBlocks(text));
}

function markup(text: string): string[] {
  return protectedOf(text, markdownBlocks(text));
}

describe('prose of Markdown', () => {
  it('leaves out front matter, code and definitions', () => {
    const text = `---
title: Not touched
---

# A heading #

\`\`\`js
// not touched
\`\`\`

    indented code

[label]: https://example.org "not touched"

Some text.
`;
    assert.deepEqual(prose(text), ['A heading', 'Some text.']);
  });

  it('leaves the JavaScript of MDX, and the attributes of its elements', () => {
    const text = `import { Card } from '../card';
export const meta = { title: 'Hello' };

<Card title="The title" icon={<Icon name="x" />}>
  The text of the card.
</Card>

The number is {count > 1 ? 'many files' : 'one file'} here.

{items.map(item => <li>The item is {item}</li>)}

<Note
  style={{ color: 'red' }}
>
  The text of the note.
</Note>

export default function Layout() {
  const text = 'the text';

  return <div>The layout</div>;
}

Export the data, or import the data of another one.

{name} is a name.
`;
    assert.deepEqual(prose(text), [
      'The text of the card.',
      "The number is {count > 1 ? 'many files' : 'one file'} here.",
      'The text of the note.',
      'Export the data, or import the data of another one.',
      '{name} is a name.',
    ]);
    assert.deepEqual(markup(text), ["{count > 1 ? 'many files' : 'one file'}"]);
  });

  it('goes on after the JavaScript of MDX, whatever braces come later', () => {
    const text = `import Tabs from '@theme/Tabs';
import { Item } from '@theme/Tabs';

The first text.

export const brace = '{';

The second text.

\`\`\`js
function open() {
}
\`\`\`

The third text.
`;
    assert.deepEqual(prose(text), ['The first text.', 'The second text.', 'The third text.']);
  });

  it('is divided at <br>, before definitions, and where each line is a sentence', () => {
    const text = `One line<br>another <br/>
and more

Term
: What it means
  in two lines.

A sentence on its line.
A much longer sentence, which is on a line of its own.
It is *short*.

This paragraph was wrapped by hand. Its
lines end where there was no room more.
It ends.

| a | b |
|---|---|
| The first line<br>the second | x \\| y or so |
`;
    assert.deepEqual(prose(text), [
      'One line',
      'another',
      'and more',
      'Term',
      'What it means ⏎ in two lines.',
      'A sentence on its line.',
      'A much longer sentence, which is on a line of its own.',
      'It is *short*.',
      'This paragraph was wrapped by hand. Its ⏎ lines end where there was no room more. ⏎ It ends.',
      'The first line',
      'the second',
      'x \\| y or so',
    ]);
  });

  it('finds the text of HTML blocks between their tags', () => {
    const text = `<details open>
<summary>How it <b>works</b></summary>
<!-- not touched -->
<p align="center">
  The <code>open()</code> call reads
  the file.<br>It gives <a
  href="x.md">a list</a> back.
</p>
<pre>not touched</pre> {not_touched}
\`\`\`ts
not touched
\`\`\`
An \`Array<T>\` of it.
</details>

> <div>
> In a quote
> it goes on.
> </div>

Text after.
`;
    assert.deepEqual(prose(text), [
      'How it <b>works</b>',
      'The <code>open()</code> call reads ⏎ the file.',
      'It gives <a\n  href="x.md">a list</a> back.',
      'An `Array<T>` of it.',
      'In a quote ⏎ it goes on.',
      'Text after.',
    ]);
    assert.deepEqual(markup(text), ['<b>', '</b>', '<code>open()</code>', '<a\n  href="x.md">', '</a>', '`Array<T>`']);
  });

  it('knows a tag by its end, whatever its values hold', () => {
    const text = `<div>
<img alt="Source -> target" src="a.png"> A picture.
<Button onClick={() => go({ a: '>' })}>Click here</Button>
<a title='1 > 0' href=x>One</a> is more. <p title=it's>It isn't > "less".</p>
</div>
`;
    assert.deepEqual(prose(text), [
      '<img alt="Source -> target" src="a.png"> A picture.',
      'Click here',
      `<a title='1 > 0' href=x>One</a> is more.`,
      `It isn't > "less".`,
    ]);
  });

  it('ends code with the tag of its own name', () => {
    assert.deepEqual(markup('Set <var>a<variable>b</variable>c</var> now.\n'), ['<var>a<variable>b</variable>c</var>']);
  });

  it('protects code, emphasis marks, destinations and tags', () => {
    const text = 'See **the [guide](guide.md "Title")** and `code` or <kbd>Ctrl</kbd>: https://example.org.\n';
    assert.deepEqual(markup(text), [
      '**',
      '[',
      '](guide.md "Title")',
      '**',
      '`code`',
      '<kbd>Ctrl</kbd>',
      'https://example.org',
    ]);
  });

  it('protects escapes, entities, formulas, attributes and shortcodes', () => {
    const text = 'A snake\\_case name &copy; with $x^2$ and {#id} or {{ page.title }} :tada: here.\n';
    assert.deepEqual(markup(text), ['snake\\_case', '&copy;', '$x^2$', '{#id}', '{{ page.title }}', ':tada:']);
  });

  it('knows references whose definitions come megabytes later', () => {
    const filler = 'Another paragraph of plain text.\n\n'.repeat(1000);
    const text = `See [the guide][guide] and a note[^note] or [guide].\n\n${filler}[guide]: x.md\n[^note]: The note.\n`;
    assert.deepEqual(markup(text).slice(0, 4), ['[', '][guide]', '[^note]', '[guide]']);
    assert.equal(prose(text).at(-1), 'The note.');
  });

  it('takes table cells one by one and keeps their bars', () => {
    const text = '| Name | What it does |\n|:--|--:|\n| `a` | Reads a line |\n';
    const blocks = [...markdownBlocks(text)];
    assert.deepEqual(proseOf(text, blocks), ['Name', 'What it does', 'Reads a line']);
    assert.ok(blocks.every(({ kind, forbidden, wrap }) => kind === 'tableCell' && forbidden?.includes('|') && !wrap));
  });

  it('joins the lines of a paragraph and knows what stands before each', () => {
    const text = '> - Some text that\n>   goes on.\n>\n> > [!NOTE]\n> > More text\n> > of a note.\n';
    const blocks = [...markdownBlocks(text)];
    assert.deepEqual(proseOf(text, blocks), ['Some text that ⏎ goes on.', 'More text ⏎ of a note.']);
    assert.deepEqual(
      blocks.map(({ wrap }) => wrap?.continuation),
      ['\n>   ', '\n> > '],
    );
    assert.equal(blocks[0].wrap?.width, 18);
  });

  it('keeps hard line breaks', () => {
    const text = 'First line.  \nSecond line\\\nthird **line  \nis** bold.\n';
    assert.deepEqual(prose(text), ['First line.', 'Second line', 'third **line', 'is** bold.']);
  });

  it('keeps code over two lines together', () => {
    const text = 'Call `read(\nfile)` to read\nit.\n';
    const blocks = [...markdownBlocks(text)];
    assert.deepEqual(proseOf(text, blocks), ['Call `read(\nfile)` to read ⏎ it.']);
    assert.deepEqual(protectedOf(text, blocks), ['`read(\nfile)`']);
  });

  it('leaves a title that stands alone over its paragraph on a line of its own', () => {
    const quote = '> **Note**\n> This does not work\n> yet.\n';
    assert.deepEqual(prose(quote), ['**Note**', 'This does not work ⏎ yet.']);
    assert.deepEqual(prose('- __Be careful:__\n  It is hot.\n'), ['__Be careful:__', 'It is hot.']);
    assert.deepEqual(prose('**One**:\nText **of**\n**one** sentence.\n'), [
      '**One**:',
      'Text **of** ⏎ **one** sentence.',
    ]);
    assert.deepEqual(prose('**One** and **two**\nof them.\n'), ['**One** and **two** ⏎ of them.']);
  });

  it('leaves out the marks of admonitions', () => {
    assert.deepEqual(prose(':::note Title\n\nThe text.\n\n:::\n\n!!! warning "Title"\n'), ['The text.']);
    assert.deepEqual(prose('> [!TIP]\n> The text.\n'), ['The text.']);
  });

  it('gives the description of a picture that stands alone, not of a badge', () => {
    assert.deepEqual(prose('![A picture of the panel](a.png)\n\n[![build status](b.svg)](c)\n'), [
      'A picture of the panel',
    ]);
  });

  it('has nothing in a text without words', () => {
    assert.deepEqual(prose('***\n\n1. `x`\n2. 42\n\n![](a.png)\n'), []);
  });
});

describe('windows of a Markdown document', () => {
  const paragraph = 'A paragraph with *emphasis* and a [link](x.md).\n\n';
  const document = [
    '---\ntitle: x\n---\n',
    paragraph.repeat(300),
    '```\nfenced\n\n'.concat('code\n\n'.repeat(4000), '```\n\n'),
    '- item one\n\n  more of it\n'.repeat(3000),
    '\n<!-- a comment\n\nover blank lines -->\n\n',
    '| a | b |\n|---|---|\n| c d | e f |\n\n'.repeat(100),
  ].join('');

  it('give the blocks of the whole document', () => {
    const windows = [...markdownWindows(document, parseMarkdown)];
    assert.ok(windows.length > 3);
    const found = windows.flatMap(({ nodes, shift }) => nodes.flatMap(node => startsOf(node, shift)));
    const whole = parseMarkdown(document).children.flatMap(node => startsOf(node, 0));
    const frontMatterLength = 17;
    assert.deepEqual(
      found,
      whole.filter(([, start]) => start >= frontMatterLength),
    );
  });
});

/** Of a list the starts of its items: a long list may come in parts. */
function startsOf(node: RootContent, shift: number): (readonly [type: string, start: number])[] {
  const nodes = node.type === 'list' ? node.children : [node];
  return nodes.map(({ type, position }) => [type, position!.start.offset! + shift]);
}
