import assert from 'node:assert/strict';
import { findProtectedSpans } from '../../../src/model/text/protectedSpans';

const spansOf = (text: string) => findProtectedSpans(text).map(({ range }) => text.slice(...range));

describe('findProtectedSpans', () => {
  const cases: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
    ['code', 'Call `a b` or ``c ` d``.', ['`a b`', '``c ` d``']],
    [
      'code between quotes of GNU',
      "Type `make && make install', the 'usual' way, not `a(' ')` or `b'.",
      ["`make && make install'", "`a(' ')`", "`b'"],
    ],
    [
      'addresses',
      'See https://a.example/b?c=d#e. Or (http://b.example).',
      ['https://a.example/b?c=d#e', 'http://b.example'],
    ],
    ['mail', 'Write to a.b+c@d.example.', ['a.b+c@d.example']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: placeholders are what is looked for
    ['placeholders', 'Of {0}, %s, %1$d, ${x}, $1 and {{name}}.', ['{0}', '%s', '%1$d', '${x}', '$1', '{{name}}']],
    ['named parameters', 'The value of :name is bound.', [':name']],
    ['tags and entities', 'A <b class="x">word</b> &amp; more.', ['<b class="x">', '</b>', '&amp;']],
    [
      'paths and files',
      'In ./src/a.ts, /usr/bin/env and package.json.',
      ['./src/a.ts', '/usr/bin/env', 'package.json'],
    ],
    [
      'names',
      'Of std::vector::size, config.build.dir, do_it and getName().',
      ['std::vector::size', 'config.build.dir', 'do_it', 'getName()'],
    ],
    ['camel case', 'The userId of it.', ['userId']],
    ['options', 'Give --no-cache or -rf.', ['--no-cache', '-rf']],
    ['versions and hashes', 'In 1.2.3-beta.4 at 3f2a9bc81d.', ['1.2.3-beta.4', '3f2a9bc81d']],
    ['numbers with units', 'Wait 30 ms for 12 GB.', ['30 ms', '12 GB']],
    ['no prose', 'This and/or that, e.g. a well-known word. Its end: it is 5 of 7.', []],
  ];
  for (const [name, text, expected] of cases) it(`finds ${name}`, () => assert.deepEqual(spansOf(text), expected));

  it('takes the time of its length on hostile text', () => {
    for (const part of ['`', '<a ', '{', 'a.', '/a', '%(', '&', '-a', '::', 'aB', '1.'])
      assert.ok(findProtectedSpans(part.repeat(20_000)).length >= 0);
  });
});
