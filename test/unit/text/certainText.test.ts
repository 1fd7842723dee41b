import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CertainText } from '../../../src/model/text/certainText';
import { findProtectedSpans } from '../../../src/model/text/protectedSpans';
import { propertyRuns } from './support';

const pieces = [
  ...[
    'Abra',
    'el ',
    ' archivo',
    '. ',
    ' ',
    'www',
    '.a',
    '.b',
    'http',
    's',
    '://',
    'x',
    '@',
    '`',
    ' a b',
    '{',
    '0',
    '}',
  ],
  ...['本', 'カ', '。'],
  ...['%', 's', '$', '1', ':', 'name', '<', 'b', '>', '&', 'amp', ';', '(', '#', '\n', 'é', '日'],
];

describe('text that is shown while it is written', () => {
  it('comes by whole words, and stops before a word that may begin an invented span', () => {
    const certain = new CertainText();
    const shown = ['Ab', 'ra el', ' archivo `', 'x` y', ' cierre', '.'].map(part => certain.push(part));
    assert.deepEqual(shown, ['', 'Abra', ' el archivo', '', '', '']);
    assert.equal(certain.shownLength, 'Abra el archivo'.length);
  });

  it('comes by characters where a script has no spaces, as lines may end between them', () => {
    const certain = new CertainText();
    const shown = ['開い', 'て、ファ', 'イル', '`x` を', '読む', '。'].map(part => certain.push(part));
    assert.deepEqual(shown, ['開', 'いて、フ', 'ァイ', '', '', '']);
  });

  it('is the beginning of the text and holds no strict span nor the beginning of one, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), parts => {
        const certain = new CertainText();
        const shown = parts.map(part => certain.push(part)).join('');
        const text = parts.join('');
        assert.ok(text.startsWith(shown));
        assert.equal(certain.shownLength, shown.length);
        for (const { range, strict } of findProtectedSpans(text)) assert.ok(!strict || range[0] >= shown.length);
      }),
      { numRuns: propertyRuns },
    );
  });
});
