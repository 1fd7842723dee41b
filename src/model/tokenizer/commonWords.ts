// Which tokens are the words that every text is full of: the, of, de, que. Pure; knows no language.

/** So many: most function words of the languages of a vocabulary, few of its other words. */
const commonWordCount = 500;

const wordToken = /^[▁Ġ]\p{L}+$/u;

/**
 * Ids of the first tokens of a vocabulary that can be words of their own. Vocabularies stand in order of frequency: byte-pair encoding
 * learns its most frequent merges first (Sennrich et al. 2016), SentencePiece sorts a unigram model by probability (Kudo 2018).
 */
export function commonWordIds(tokens: Iterable<readonly [token: string, id: number]>): ReadonlySet<number> {
  const ids: number[] = [];
  for (const [token, id] of tokens) if (wordToken.test(token)) ids.push(id);
  return new Set(ids.sort((first, second) => first - second).slice(0, commonWordCount));
}
