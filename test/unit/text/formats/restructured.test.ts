import assert from 'node:assert/strict';
import { restructuredBlocks } from '../../../../src/model/text/formats/restructured';
import { commentsOf, proseOf, protectedOf, translatedAs, translatedBy } from './support';

const prose = (text: string) => proseOf(text, restructuredBlocks(text));
const written = async (text: string, translations: Readonly<Record<string, string>>) =>
  (await translatedAs(translations, text, restructuredBlocks(text))).target;

describe('prose of reStructuredText', () => {
  it('is in paragraphs, lists, quotes, definitions, fields and line blocks', () => {
    const text = `A paragraph that goes
on here.

- An item that
  goes on

  and has two paragraphs
#. A numbered one

   (a) An inner one

term here
    What it means.

    A quote.

:Summary: What it is
   about
:Author: Some Body

-v, --verbose  Says more
               of it
-q             Says less

| A line of verse
| and another
`;
    assert.deepEqual(prose(text), [
      'A paragraph that goes ⏎ on here.',
      'An item that ⏎ goes on',
      'and has two paragraphs',
      'A numbered one',
      'An inner one',
      'term here',
      'What it means.',
      'A quote.',
      'What it is ⏎ about',
      'Says more ⏎ of it',
      'Says less',
      'A line of verse',
      'and another',
    ]);
  });

  it('is not in code, comments, targets, sessions and directives of data', () => {
    const text = `Code follows::

    not this

    nor this

Next:

::

  not this

Quoted::

> not this
> nor this

.. code-block:: python
   :caption: not this

   import this

.. a comment
   over lines

.. _target: https://example.org/not
.. |name| replace:: not this
.. unknown-directive:: not this

   nor this

>>> not(this)
nor this

..

   After an empty comment.
`;
    assert.deepEqual(prose(text), ['Code follows', 'Next:', 'Quoted', 'After an empty comment.']);
  });

  it('is in directives that hold text, without what they are given', () => {
    const text = `.. note:: Behind the name
   and under it.

.. warning::
   :class: not-this

   Under it.

.. versionadded:: 2.0
   Since then.

.. deprecated:: 2.1 Use the other one.

.. admonition:: A title of it
   :name: not-this

   The text of it.

.. function:: open(name)
              open(name, mode)
   :module: not.this

   Opens it.

   :param str name: the name of it
   :rtype: not this

.. figure:: not-this.png
   :alt: not this

   The caption of it.

.. list-table:: The title of the list
   :header-rows: 1

   * - First cell
     - Second cell

.. py:class:: Reader

   Reads it.

.. [1] A note
   of two lines.
`;
    assert.deepEqual(prose(text), [
      'Behind the name ⏎ and under it.',
      'Under it.',
      'Since then.',
      'Use the other one.',
      'A title of it',
      'The text of it.',
      'Opens it.',
      'the name of it',
      'The caption of it.',
      'The title of the list',
      'First cell',
      'Second cell',
      'Reads it.',
      'A note ⏎ of two lines.',
    ]);
  });

  it('keeps roles, code, addresses, references and substitutions, and not the text of a link', () => {
    const text = `See :class:\`Reader\`, \`\`read()\`\`, \`the manual
<https://example.org>\`_ and :doc:\`the guide </guide>\` or name_, \`a name\`_, |project|,
[1]_ and [#note]_: *not* **here**, \\*so\\*.
`;
    assert.deepEqual(protectedOf(text, restructuredBlocks(text)), [
      ':class:`Reader`',
      '``read()``',
      '`',
      '\n<https://example.org>`_',
      ':doc:`',
      ' </guide>`',
      'name_',
      '`a name`_',
      '|project|',
      '[1]_',
      '[#note]_',
      '*',
      '*',
      '**',
      '**',
      '\\*',
      '\\*',
    ]);
  });

  it('keeps an address behind the words of its link', async () => {
    const text = 'See `the manual <https://example.org>`_ now.\n';
    assert.equal(
      (await translatedBy('pseudo', text, restructuredBlocks(text))).normalize('NFD').replace(/\u0301/g, ''),
      text,
    );
  });

  it('has rules as long as its titles', async () => {
    const text = `=======
 Title
=======

Part
----

A part with a long rule
~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
`;
    const target = await written(text, {
      Title: 'Un título',
      Part: 'Parte',
      'A part with a long rule': 'Una parte',
    });
    assert.equal(
      target,
      `===========
 Un título
===========

Parte
-----

Una parte
~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
`,
    );
  });

  it('keeps its tables whole', async () => {
    const simple = `=====  =======
Name   Purpose
=====  =======
one    It is the
       first
Other  Two
=====  =======

`;
    assert.equal(
      await written(simple, { Name: 'Denominación', 'It is the first': 'Es el primero' }),
      `============  =======
Denominación  Purpose
============  =======
one           Es el
              primero
Other         Two
============  =======

`,
    );
    const grid = `+------+---------+
| Name | Purpose |
+======+=========+
| one  | A text  |
|      | of two  |
+------+---------+
| Two  | Short   |
+------+---------+
`;
    assert.equal(
      await written(grid, { Name: 'Nombre', Short: 'Más bien corto' }),
      `+--------+----------------+
| Nombre | Purpose        |
+========+================+
| one    | A text         |
|        | of two         |
+--------+----------------+
| Two    | Más bien corto |
+--------+----------------+
`,
    );
  });
});

describe('reStructuredText in a docstring', () => {
  it('keeps code of directives, and gives what others hold', async () => {
    const text = `def f():
    """Reads it.

    .. code-block:: python

        not_this = 1

    .. note::
        Mind the gap.

    .. versionchanged:: 2.0 Reads more.

    =====  =============
    Name   What it means
    =====  =============
    one    the first one
    =====  =============
    """
`;
    assert.deepEqual(proseOf(text, await commentsOf(text, 'python')), [
      'Reads it.',
      'Mind the gap.',
      'Reads more.',
      'Name ⏎ What it means ⏎ the first one',
    ]);
  });
});
