// What a tokenizer must be good for when its files were read: every text in, sensible tokens out.

import type { Tokenizer } from '../../src/model/tokenizer/tokenizer';

const texts = [
  '',
  'the red cat',
  '  mañana él abre (la ﬁle).\n',
  'cat 🙂 漢字 \ud800 <unk></s>',
  'AAAA ½ … \u0000 \u200b 1,000',
];

/** Throws a plain Error for a result that makes no sense, and whatever the tokenizer throws. */
export function checkTokenizer(tokenizer: Tokenizer): void {
  if (!Number.isSafeInteger(tokenizer.vocabularySize)) throw new Error('the vocabulary has no size');
  for (const text of texts)
    for (const tokens of [tokenizer.encode(text), tokenizer.encodeRaw(text)]) {
      let end = 0;
      for (const { id, range } of tokens) {
        if (!Number.isSafeInteger(id) || id < 0) throw new Error(`token id ${id} of ${JSON.stringify(text)}`);
        if (!(range[0] >= 0 && range[0] <= range[1] && range[1] <= text.length))
          throw new Error(`range ${range} of ${JSON.stringify(text)}`);
        if (range[0] < range[1] && range[1] < end)
          throw new Error(`range ${range} of ${JSON.stringify(text)} goes back`);
        end = Math.max(end, range[1]);
      }
      const ids = tokens.map(({ id }) => id);
      if (typeof tokenizer.decode(ids) !== 'string') throw new Error(`${ids} decode to no text`);
      tokenizer.describeOutput(ids);
    }
}
