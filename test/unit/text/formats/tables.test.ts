// Columns, boxes and wide spaces: what stood under each other still does when the words have other lengths.

import assert from 'node:assert/strict';
import { clipBlock } from '../../../../src/model/text/clipBlock';
import { textBlocks } from '../../../../src/model/text/formats/plainText';
import { commentsOf, proseOf, translatedAs, translatedBy } from './support';

const texts = (text: string) => proseOf(text, textBlocks(text));
const written = async (text: string, translations: Readonly<Record<string, string>>) =>
  (await translatedAs(translations, text, textBlocks(text))).target;

describe('columns of plain text', () => {
  it('keep options apart from what they do, which is wrapped in its column', async () => {
    const text = `Options:
  -v, --verbose        Print more output
  -o, --output FILE    Write the result to a file
                       that is made for it
`;
    assert.deepEqual(texts(text), [
      'Options:',
      'Print more output',
      'Write the result to a file ⏎ that is made for it',
    ]);
    const target = await written(text, {
      'Print more output': 'Imprime más',
      'Write the result to a file that is made for it': 'Escribe el resultado en un archivo que se hace para eso',
    });
    assert.equal(
      target,
      `Options:
  -v, --verbose        Imprime más
  -o, --output FILE    Escribe el resultado en un
                       archivo que se hace para
                       eso
`,
    );
  });

  it('wrap what grows where others were wrapped, and take one space where an option reaches to the column', async () => {
    const text = `  --                   Ends the options
  -o, --output=FILE    Write the result to a file
                       that is made for it
  --exclude-everything leave all of it out
  --long-option-that-needs-its-own-line
                       says more
  -T                   -T reads names
`;
    assert.deepEqual(texts(text), [
      'Ends the options',
      'Write the result to a file ⏎ that is made for it',
      'leave all of it out',
      'says more',
      '-T reads names',
    ]);
    assert.match(
      await written(text, { 'leave all of it out': 'deja fuera todo lo que hay en ello' }),
      /^ {2}--exclude-everything deja fuera todo lo que hay\n {23}en ello$/m,
    );
  });

  it('are not in the way of how a command is called', () => {
    const text = 'usage: git rebase [-i] [options] [--exec <cmd>]\n   or: git rebase --continue | --abort\n';
    assert.deepEqual(texts(text), ['usage', 'or']);
    assert.deepEqual(texts('Note: the file [see below] is read.\n'), ['Note: the file [see below] is read.']);
  });

  it('are texts of their own in each row, but for names and numbers', () => {
    const text = `Name        Size    Description
config      12 KB   The settings of the program
cache       3 MB    The answers
`;
    assert.deepEqual(texts(text), ['Name ⏎ Size ⏎ Description ⏎ The settings of the program ⏎ The answers']);
    const lower = '  offset   size   field\n  0        4      magic number\n  4        2      version\n';
    assert.deepEqual(texts(lower), ['offset ⏎ size ⏎ field ⏎ magic number ⏎ version']);
  });

  it('stay where they are when a text is shorter, and move in every row when one has no room', async () => {
    const text = `Name    State    Text
first   Ready    One thing
second  Waiting  Another
`;
    assert.equal(
      await written(text, {
        State: 'Estado',
        Ready: 'Listo',
        Waiting: 'A la espera',
        Name: 'Id',
        Another: 'Otra cosa',
      }),
      `Id      Estado       Text
first   Listo        One thing
second  A la espera  Otra cosa
`,
    );
  });

  it('make the rules under them longer', async () => {
    const text = 'Open    Does\n------  ----------\nClose   Ends all\n';
    assert.equal(
      await written(text, { Open: 'Abrir ahora', Does: 'Hace', 'Ends all': 'Lo cierra a' }),
      'Abrir ahora  Hace\n-----------  -----------\nClose        Lo cierra a\n',
    );
  });

  it('stand behind words with a colon', async () => {
    const text = 'Name:       Some one\nComments:   Please call before\n';
    assert.equal(
      await written(text, { 'Name:': 'Nombre:', 'Comments:': 'Comentarios:', 'Please call before': 'Llame antes' }),
      'Nombre:       Some one\nComentarios:  Llame antes\n',
    );
  });

  it('keep their tabs', async () => {
    const text = 'Name\tText here\nb\tMore of it\n';
    assert.equal(
      await written(text, { Name: 'Denominación', 'More of it': 'Más' }),
      'Denominación\tText here\nb\tMás\n',
    );
  });

  it('end at the number of a page', async () => {
    const text = '1.  Introduction  . . . . . .  4\n2.  Terms . . . . . . . . . .  5\n';
    assert.equal(
      await written(text, { Introduction: 'Introducción a todo', Terms: 'Términos' }),
      '1.  Introducción a todo . . .  4\n2.  Términos  . . . . . . . .  5\n',
    );
  });

  it('are none in a text with wide spaces', () => {
    assert.deepEqual(texts('The client sends   a request.\n'), ['The client sends   a request.']);
    assert.deepEqual(texts('One sentence ends.  Another begins here\nand goes on.  It ends.\n'), [
      'One sentence ends.  Another begins here',
      'and goes on.  It ends.',
    ]);
    const options = 'lines of it are output, and when the\n--invert-match  option is used, it ends.\n';
    assert.deepEqual(texts(options), [options.trimEnd().replace('\n', ' ⏎ ')]);
    const man =
      'of the line or followed by  a  non-word  constituent  character.\nWord-constituent   characters   are  letters,  digits,  and  the\nunderscore.\n';
    assert.deepEqual(texts(man), [man.trimEnd().replaceAll('\n', ' ⏎ ')]);
    const justified =
      'The  client  sends  a request to the server\nand then  waits for the  answer,  which may\ntake  a  while.\n';
    assert.deepEqual(texts(justified), [justified.trimEnd().replaceAll('\n', ' ⏎ ')]);
  });

  it('count a letter with its accents once and an ideograph twice', async () => {
    const text = 'Title   Text of it\n第一项  First of all\nThird   Third of all\n';
    assert.equal(
      await written(text, { Title: 'e\u0301te\u0301', 'Text of it': '文' }),
      'e\u0301te\u0301     文\n第一项  First of all\nThird   Third of all\n',
    );
  });

  it('are cut with a selection', async () => {
    const text = 'Name    Text here\nTerm    More of it\n';
    const range = [5, text.length] as const;
    const selection = text.slice(...range);
    const blocks = [...textBlocks(text)].flatMap(block => clipBlock(text, block, range) ?? []);
    assert.deepEqual(proseOf(selection, blocks), ['Text here ⏎ Term ⏎ More of it']);
    assert.equal(await translatedBy('identity', selection, blocks), selection);
    const { target } = await translatedAs({ Term: 'Denominación' }, selection, blocks);
    assert.equal(target, '         Text here\nDenominación  More of it\n');
  });

  it('have a segment for each cell, at its place', async () => {
    const text = 'Name    Text here\nTerm    More of it\n';
    const { target, segments } = await translatedAs({ Name: 'Denominación', Term: 'Otra' }, text, textBlocks(text));
    assert.deepEqual(
      segments.map(({ source, target: range }) => [text.slice(...source), target.slice(...range)]),
      [
        ['Name', 'Denominación'],
        ['Text here', 'Text here'],
        ['Term', 'Otra'],
        ['More of it', 'More of it'],
      ],
    );
  });
});

describe('wide spaces', () => {
  it('stay between the words of a line', async () => {
    const text = 'The client sends   a request.  Then it waits.\n';
    const target = await translatedBy('pseudo', text, textBlocks(text));
    assert.deepEqual(target.match(/ {2,}/g), ['   ', '  ']);
  });

  it('after a sentence stay when its paragraph is wrapped again', async () => {
    const text = `This paragraph was wrapped by hand.  It is some more
words long than a line can be.
`;
    const target = await written(text, { 'This paragraph was wrapped by hand.': 'Corta.' });
    assert.equal(target, 'Corta.  It is some more words long than a line can\nbe.\n');
  });
});

describe('a drawing', () => {
  const text = `  +--------+      +--------+
  | client | ---> |  host  |
  +--------+      +--------+
`;

  it('holds the texts that fit between its borders', async () => {
    assert.deepEqual(texts(text), ['client ⏎ host']);
    assert.equal(
      await written(text, { client: 'amigo', host: 'punto' }),
      text.replace('client', 'amigo ').replace(' host ', ' punto'),
    );
  });

  it('of the bits of a message holds the names of its fields', async () => {
    const bits = `       0                   1
       0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
      +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
      |    Version    |     Type      |
      +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
`;
    assert.deepEqual(texts(bits), ['Version ⏎ Type']);
    const target = await written(bits, { Version: 'Versión de él', Type: 'Tipo' });
    assert.equal(target, bits, 'no room for one of them');
    assert.equal(await written(bits, { Type: 'Tipo' }), bits.replace('Type', 'Tipo'));
  });

  it('stays as it is where one does not', async () => {
    const blocks = [...textBlocks(text)];
    const { target, counts, segments } = await translatedAs({ client: 'cliente', host: 'sede' }, text, blocks);
    assert.equal(target, text);
    assert.equal(counts.left, 2);
    assert.deepEqual(
      segments.map(({ fate }) => fate),
      ['left', 'left'],
    );
  });
});

describe('a title', () => {
  it('in a plain text has a rule as long as it is', async () => {
    const text = 'Installation\n------------\n\nNot a rule of it\n--------------------------\n';
    assert.equal(
      await written(text, { Installation: 'Cómo se instala' }),
      'Cómo se instala\n---------------\n\nNot a rule of it\n--------------------------\n',
    );
  });
});

describe('columns of a comment', () => {
  it('are rows of cells', async () => {
    const text = `/*
 *   offset   size   field
 *   0        4      magic number of the file
 *   4        2      version
 *
 * Not a table   at all.
 */
`;
    const blocks = await commentsOf(text, 'c');
    assert.deepEqual(proseOf(text, blocks), [
      'offset ⏎ size ⏎ field ⏎ magic number of the file ⏎ version',
      'Not a table   at all.',
    ]);
    const { target } = await translatedAs({ size: 'tamaño de', version: 'versión' }, text, blocks);
    assert.equal(
      target,
      `/*
 *   offset   tamaño de  field
 *   0        4          magic number of the file
 *   4        2          versión
 *
 * Not a table   at all.
 */
`,
    );
  });

  it('keep closing marks and borders under each other', async () => {
    const text = `int count; /* number of items    */
int size;  /* size of one item   */
/*******************
 *  Helpers        *
 *******************/
// ---- Helpers --------
`;
    const blocks = await commentsOf(text, 'c');
    const { target } = await translatedAs(
      { 'number of items': 'cuántos', 'size of one item': 'el tamaño de cada uno', Helpers: 'Ayudas' },
      text,
      blocks,
    );
    assert.equal(
      target,
      `int count; /* cuántos            */
int size;  /* el tamaño de cada uno */
/*******************
 *  Ayudas         *
 *******************/
// ---- Ayudas ---------
`,
    );
  });

  it('between borders as in Markdown keep them under each other where they were', async () => {
    const text = `/// | Name   | Meaning of it      |
/// |--------|--------------------|
/// | \`open\` | The file is open   |
/// | closed | The file is closed |
///
/// | Name | Meaning of it |
/// | --- | --- |
/// | open | The file is open |
`;
    const blocks = await commentsOf(text, 'rust');
    const { target } = await translatedAs(
      { Name: 'Nombre', 'Meaning of it': 'Lo que significa eso', 'The file is open': 'El archivo está abierto' },
      text,
      blocks,
    );
    assert.equal(
      target,
      `/// | Nombre | Lo que significa eso    |
/// |--------|-------------------------|
/// | \`open\` | El archivo está abierto |
/// | closed | The file is closed      |
///
/// | Nombre | Lo que significa eso |
/// | --- | --- |
/// | open | El archivo está abierto |
`,
    );
  });

  it('are no columns where tags or code stand', async () => {
    const text = `/**
 * @param  {String}   name    The name
 * @param  {Function} done    What follows
 *
 *     int a;    // the first
 *     int bc;   // the second
 */
`;
    assert.deepEqual(proseOf(text, await commentsOf(text, 'javascript')), ['The name', 'What follows']);
  });
});

describe('blanks around the texts of a table', () => {
  it('belong to none of them: tabs in a box, and the space before leading dots', () => {
    assert.deepEqual(texts('+----+----+\n| \tSome words\t|\n+----+----+\n'), ['Some words']);
    assert.deepEqual(texts('-v  Some words1.  . . . . \n'), ['Some words1.']);
  });
});
