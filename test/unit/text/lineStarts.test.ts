import assert from 'node:assert/strict';
import { mayBeginLine } from '../../../src/model/text/lineStarts';

describe('mayBeginLine', () => {
  it('refuses what a line means something with', () => {
    const words = [
      '-',
      '+',
      '*',
      '>',
      '#',
      '1.',
      '12)',
      '|',
      '```js',
      '<div>',
      '@param',
      '\\brief',
      ':param',
      '..',
      ':::note',
      ':',
    ];
    for (const word of words) assert.equal(mayBeginLine(word), false, word);
  });

  it('takes words, code, links and emphasis', () => {
    for (const word of ['word', '`code`', '[link](x)', '*em*', '**strong**', '1.5', '-x', '#1', '(see', '…'])
      assert.equal(mayBeginLine(word), true, word);
  });
});
