import assert from 'node:assert/strict';
import { commentsOf, proseOf, protectedOf, translatedAs, translatedBy } from './support';

async function prose(text: string, languageId: string): Promise<string[]> {
  return proseOf(text, await commentsOf(text, languageId));
}

describe('comments of a source file', () => {
  it('are found beside strings and regular expressions that look like them', async () => {
    const text = `const url = 'https://example.org'; // The address of the server
const pattern = /\\/\\/ no comment/; const template = \`// none \${/* an inner one */ 1}\`;`;
    assert.deepEqual(await prose(text, 'typescript'), ['The address of the server', 'an inner one']);
  });

  it('are joined when they stand under each other, and parted by empty lines', async () => {
    const text = '// Reads the file and\n// gives its lines.\n//\n// Closes it.\n\n// Another one.\n';
    assert.deepEqual(await prose(text, 'go'), ['Reads the file and ⏎ gives its lines.', 'Closes it.', 'Another one.']);
  });

  it('keep markers and indentation on new lines, and the width of their own lines', async () => {
    const text = 'fn f() {\n    /// Reads the first line\n    /// of a file.\n}\n';
    const [block] = await commentsOf(text, 'rust');
    assert.deepEqual(block.wrap, { width: 28, continuation: '\n    /// ' });
  });

  it('keep the line breaks of Windows', async () => {
    const text = '/**\r\n * Reads a line\r\n * of a file.\r\n */\r\n';
    const [block] = await commentsOf(text, 'java');
    assert.equal(block.wrap?.continuation, '\r\n * ');
    assert.deepEqual(proseOf(text, [block]), ['Reads a line ⏎ of a file.']);
  });

  it('keep code that stands further in, in all its lines', async () => {
    const text = `// Open a file like this:
//
//\tf, err := Open("name")
//\tif err != nil {
//\t\treturn err // the file is not there
//\t}
//
// Then read it.
`;
    assert.deepEqual(await prose(text, 'go'), ['Open a file like this:', 'Then read it.']);
  });

  it('begin anew at an item of HTML, and at an entry under another', async () => {
    const text = `/**
 * <ul>
 *   <li>The first point
 *   <li>The second point, which goes
 *       on here.
 * </ul>
 *
 * bit 0: the file is open
 * bit 1: the file is locked
 */
`;
    assert.deepEqual(await prose(text, 'java'), [
      'The first point',
      'The second point, which goes ⏎ on here.',
      'bit 0: the file is open',
      'bit 1: the file is locked',
    ]);
  });

  it('have cells, items and paragraphs of HTML as texts of their own, and keep what is preformatted', async () => {
    const text = `/**
 * A pool. <p>Each connection
 * is checked.<p>
 * It wraps the text in a <p> element, or in \`<div />\` or "<td>".
 * <table border="1">
 *   <tr><th>State</th> <th>What it means</th></tr>
 *   <tr><td>{@code IDLE}</td><td>timeout</td></tr>
 *   <tr>
 *     <td>The connection is in use, and
 *         nobody else can take it.</td>
 *   </tr>
 * </table>
 * <ul><li>{@code size} - the number of lines<li>Two<br>three of them</ul>
 * <pre>
 * Open the file.
 *
 * Close the file.
 * </pre> Then <pre>one line of code</pre> it ends.
 * {@snippet :
 *   // open the file
 *   run();
 * }
 * @throws Closed if it is closed<br>or was
 *     never opened
 */
`;
    assert.deepEqual(await prose(text, 'java'), [
      'A pool.',
      'Each connection ⏎ is checked.',
      'It wraps the text in a <p> element, or in `<div />` or "<td>".',
      'State',
      'What it means',
      'The connection is in use, and ⏎ nobody else can take it.',
      '{@code size} - the number of lines',
      'Two',
      'three of them',
      'Then',
      'it ends.',
      'if it is closed',
      'or was ⏎ never opened',
    ]);
    assert.equal(await translatedBy('identity', text, await commentsOf(text, 'java')), text);
  });

  it('of C# are divided by its elements, and hold names', async () => {
    const text = `/// <summary>
/// Reads the size; see <see cref="Size"/> for more.
/// </summary>
/// <param name="path">The path
/// of the file.</param>
/// <returns>The size.</returns>
/// <exception cref="Error">Never, with a <value> of its own.</exception>
/// <example>
/// Call it like this:
/// <code>
/// // read the size
/// </code>
/// </example>
`;
    const blocks = await commentsOf(text, 'csharp');
    assert.deepEqual(proseOf(text, blocks), [
      'Reads the size; see <see cref="Size"/> for more.',
      'The path ⏎ of the file.',
      'The size.',
      'Never, with a <value> of its own.',
      'Call it like this:',
    ]);
    const pseudo = await translatedBy('pseudo', text, blocks);
    assert.match(pseudo, / <see cref="Size"\/> /);
  });

  it('keep the word that Go knows what is outdated by', async () => {
    assert.deepEqual(await prose('// Deprecated: use the other one.\n', 'go'), ['use the other one.']);
  });

  it('of one line go on under it when they grow past the usual width', async () => {
    const text = '// Reads the first line of a file.\n';
    const long = `Lee la primera línea ${'de un archivo '.repeat(4)}.`;
    const { target } = await translatedAs(
      { 'Reads the first line of a file.': long },
      text,
      await commentsOf(text, 'go'),
    );
    assert.equal(target, `// Lee la primera línea ${'de un archivo '.repeat(3)}de un archivo\n// .\n`);
  });

  it('repeat no code and no opening mark when they grow', async () => {
    const blocks = await commentsOf('type a =\n| First (* The first one.\n\n   Another one. *)\n', 'ocaml');
    assert.deepEqual(
      blocks.map(({ wrap }) => wrap?.continuation),
      [undefined, '\n   '],
    );
  });

  it('stay on one line after code and between two marks', async () => {
    const blocks = await commentsOf('int a; /* the first */\nint b; // the second\n', 'c');
    assert.deepEqual(
      blocks.map(({ wrap }) => wrap),
      [undefined, undefined],
    );
    assert.deepEqual(blocks[0].forbidden, ['*/', '/*']);
  });

  it('keep documentation tags, types and names', async () => {
    const text = `/**
 * Sends a message.
 * @param {string|{id: number}} target - Where it goes.
 *   More about it.
 * @param [options.retry=3] how often
 * @returns {Promise<void>} when it arrived
 * @throws {SendError} if nobody answers
 * @see Channel
 * @example
 * // not touched
 * send('here', 1);
 * @deprecated use another one instead
 */`;
    assert.deepEqual(await prose(text, 'javascript'), [
      'Sends a message.',
      'Where it goes. ⏎ More about it.',
      'how often',
      'when it arrived',
      'if nobody answers',
      'use another one instead',
    ]);
  });

  it('keep types before and after names, as PHP, Java and Lua write them', async () => {
    const php = '<?php\n/**\n * @param string|null $name the name\n * @return bool whether it is there\n */\n';
    assert.deepEqual(await prose(php, 'php'), ['the name', 'whether it is there']);
    const java =
      '/**\n * @param name the name\n * @return The value that was found\n * @throws IOException when the disk is full\n */\n';
    assert.deepEqual(await prose(java, 'java'), ['the name', 'The value that was found', 'when the disk is full']);
    assert.deepEqual(await prose('---@param name string the name\n', 'lua'), ['the name']);
  });

  it('leave out directives, licences, code and separators', async () => {
    const text = `#!/usr/bin/env node
// Copyright (c) 2024 Somebody. All rights reserved.

/* eslint-disable no-console */
// @ts-expect-error wrong on purpose
// prettier-ignore
// scss-docs-start table-variant
// snippet-start: reading
// const old = compute(1, 2);
// if (old) return;
// ---------------------------------
//#region helpers
// Real prose here.
`;
    assert.deepEqual(await prose(text, 'javascript'), ['Real prose here.']);
    const python =
      '# -*- coding: utf-8 -*-\n# pylint: disable=all\nx = 1  # noqa: E501\ny = 2  # type: ignore\nz = 3  # the third\n';
    assert.deepEqual(await prose(python, 'python'), ['the third']);
  });

  it('keep the names of tasks and list marks', async () => {
    const text =
      '// TODO(anna): Remove this later.\n// - first point\n// - second point\n//   goes on here\n// 1. a number\n';
    const blocks = await commentsOf(text, 'typescript');
    assert.deepEqual(proseOf(text, blocks), [
      'Remove this later.',
      'first point',
      'second point ⏎ goes on here',
      'a number',
    ]);
    assert.equal(blocks[1].wrap?.continuation, '\n//   ');
  });

  it('keep links, roles and tags inside', async () => {
    const text = '# See :class:`Reader` and ``read()`` for <b>more</b> of it.\n';
    assert.deepEqual(protectedOf(text, await commentsOf(text, 'python')), [
      ':class:`Reader`',
      '``read()``',
      '<b>',
      '</b>',
    ]);
  });

  it('are no comments in code that the preprocessor leaves out', async () => {
    assert.deepEqual(await prose('#if 0\nint not_a_comment(void);\n#endif\n// A comment.\n', 'c'), ['A comment.']);
  });

  it('are not looked for in lines of more than 20,000 characters', async () => {
    const text = `x = "${'a'.repeat(20_000)}"; // not read\n// read this\n`;
    assert.deepEqual(await prose(text, 'javascript'), ['read this']);
  });
});

describe('docstrings of NumPy', () => {
  it('keep names, types and what else to see', async () => {
    const text = `def mean(x):
    """
    Compute the mean.

    Parameters
    ----------
    x : array_like
        The numbers of it.

    See Also
    --------
    average : Weighted average
    std, var, numpy.nanmean
    """
`;
    assert.deepEqual(await prose(text, 'python'), ['Compute the mean.', 'The numbers of it.', 'Weighted average']);
  });
});

describe('docstrings of Python', () => {
  const text = `def send(target, retry=3):
    """Send a message
    to a target.

    Args:
        target (str): Where it goes,
            and how.
        retry: How often.

    Returns:
        bool: Whether it arrived.

    Example:
        >>> send('here')
        True

    Use it so::

        send('there', retry=1)

    .. note:: It is slow.

    :param int count: how many
    :type count: int
    """
    return "not a docstring"
`;

  it('give their paragraphs, entries and fields without names, types and code', async () => {
    assert.deepEqual(await prose(text, 'python'), [
      'Send a message ⏎ to a target.',
      'Where it goes, ⏎ and how.',
      'How often.',
      'Whether it arrived.',
      'Use it so',
      'It is slow.',
      'how many',
    ]);
  });

  it('may not hold what would end them or be read as an escape', async () => {
    const [block] = await commentsOf(text, 'python');
    assert.equal(block.kind, 'docstring');
    assert.ok(block.forbidden?.includes('"') && block.forbidden.includes('\\'));
  });

  it('in the style of NumPy keep headings and names', async () => {
    const numpy = `def f(x):
    """
    Compute the thing.

    Parameters
    ----------
    x : array_like
        The input values.

    Returns
    -------
    out : ndarray
        The output values.
    """
`;
    assert.deepEqual(await prose(numpy, 'python'), ['Compute the thing.', 'The input values.', 'The output values.']);
  });
});

describe('comments of many languages', () => {
  const samples: readonly (readonly [languageId: string, text: string])[] = [
    ['c', '/* Reads a line. */'],
    ['cpp', '// Reads a line.'],
    ['csharp', '/// <summary>Reads a line.</summary>'],
    ['css', 'a { color: red; /* Reads a line. */ }'],
    ['scss', '// Reads a line.'],
    ['less', '// Reads a line.'],
    ['dart', '/// Reads a line.'],
    ['dockerfile', '# Reads a line.\nFROM node'],
    ['elixir', '@doc """\nReads a line.\n"""\ndef f, do: 1'],
    ['erlang', '%% Reads a line.'],
    ['clojure', ';; Reads a line.'],
    ['coffeescript', '### Reads a line. ###'],
    ['cmake', '# Reads a line.'],
    ['fsharp', '(* Reads a line. *)'],
    ['go', '// Reads a line.'],
    ['graphql', '# Reads a line.'],
    ['groovy', '/* Reads a line. */'],
    ['haskell', '{- | Reads a line. -}'],
    ['html', '<p>text</p><!-- Reads a line. -->'],
    ['ini', '; Reads a line.'],
    ['java', '/** Reads a line. */'],
    ['javascript', '/** Reads a line. */'],
    ['javascriptreact', '<div>{/* Reads a line. */}</div>'],
    ['jsonc', '{ // Reads a line.\n}'],
    ['julia', '#= Reads a line. =#'],
    ['kotlin', '/** Reads a line. */'],
    ['latex', '% Reads a line.'],
    ['lua', '--[[ Reads a line. ]]'],
    ['makefile', '# Reads a line.'],
    ['objective-c', '// Reads a line.'],
    ['ocaml', '(** Reads a line. *)'],
    ['perl', '=head1 Reads a line.\n\n=cut\n'],
    ['php', '<?php // Reads a line.'],
    ['powershell', '<# Reads a line. #>'],
    ['proto3', '// Reads a line.'],
    ['python', '# Reads a line.'],
    ['r', "#' Reads a line."],
    ['ruby', '=begin\nReads a line.\n=end'],
    ['rust', '//! Reads a line.'],
    ['scala', '/* Reads a line. */'],
    ['shellscript', '# Reads a line.'],
    ['solidity', '/// Reads a line.'],
    ['sql', '-- Reads a line.'],
    ['svelte', '<!-- Reads a line. -->'],
    ['swift', '/// Reads a line.'],
    ['toml', 'a = "# none" # Reads a line.'],
    ['typescript', '/* Reads a line. */'],
    ['typescriptreact', 'const a = <div>{/* Reads a line. */}</div>;'],
    ['vb', "' Reads a line."],
    ['vue', '<template><!-- Reads a line. --></template>'],
    ['xml', '<a><!-- Reads a line. --></a>'],
    ['yaml', 'a: |\n  # none\nb: "# none" # Reads a line.'],
    ['zig', '/// Reads a line.'],
  ];
  for (const [languageId, text] of samples)
    it(`are found in ${languageId}`, async () => {
      const found = (await prose(text, languageId)).map(line => line.replace(/<\/?summary>/g, ''));
      assert.deepEqual(found, ['Reads a line.']);
    });
});
