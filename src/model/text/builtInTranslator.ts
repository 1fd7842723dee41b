// The translators without a model, `identity` and `pseudo`, through all that a model's translations go through. Pure.

import { carrySpans } from './carrySpans';
import type { ProseSentence } from './proseSentences';
import { type BuiltInModel, builtInTranslation } from './pseudo';
import type { SentenceListener, SentenceTranslation, SentenceTranslator } from './sentenceTranslator';

export class BuiltInTranslator implements SentenceTranslator {
  constructor(private readonly model: BuiltInModel) {}

  async translate(sentences: readonly ProseSentence[], _isLong: boolean, listener: SentenceListener): Promise<void> {
    for (const [index, sentence] of sentences.entries()) listener.onFinished(index, this.translation(sentence));
  }

  private translation(sentence: ProseSentence): SentenceTranslation {
    const { text, links } = builtInTranslation(this.model, sentence.text);
    const carried = carrySpans(sentence, text, links);
    const isSame = text === sentence.text && sentence.anchors.every(anchor => isUnchanged(sentence, anchor));
    const hasSpans = sentence.anchors.length + sentence.marks.length > 0;
    return {
      fate: carried ? 'translated' : 'left',
      parts: isSame ? undefined : carried?.parts,
      outcome: carried && hasSpans ? carried.outcome : undefined,
      moved: carried?.moved ?? (offset => offset),
      trace: undefined,
      cached: false,
    };
  }
}

/** False for a term of the glossary: even the translator that changes nothing puts its translation in. */
function isUnchanged({ text }: ProseSentence, { range, required }: ProseSentence['anchors'][number]): boolean {
  return text.slice(...range) === required;
}
