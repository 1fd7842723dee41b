// Keeps the normalisers of a hostile tokenizer from filling the memory: each doubles the text, and there are forty. Runs anywhere.

import { type Normalizer, SequenceNormalizer } from '@huggingface/tokenizers';
import { HeadlightError } from '../errors';

/** A ligature becomes 18 characters, most texts stay as long as they are. */
const mostGrowth = 32;

/** Changes `normalizer` in place: a text that grows beyond reason, in all stages together, is a `model-file-corrupt`. */
export function boundGrowth(normalizer: Normalizer | null, file: string): void {
  if (normalizer === null) return;
  let textLength = 0;
  const check = (normalized: string): string => {
    if (normalized.length <= mostGrowth * (textLength + 1024)) return normalized;
    const rule = `a normaliser makes at most ${mostGrowth} characters of one`;
    const found = `${normalized.length} of ${textLength}`;
    const message = `${file}: expected that ${rule}, found ${found}`;
    throw new HeadlightError('model-file-corrupt', message, { file, rule, found });
  };
  for (const stage of stagesOf(normalizer)) {
    const normalize = stage.normalize.bind(stage);
    stage.normalize = text => check(normalize(text));
  }
  const whole = normalizer.normalize.bind(normalizer);
  normalizer.normalize = text => {
    textLength = text.length;
    return whole(text);
  };
}

function stagesOf(normalizer: Normalizer): Normalizer[] {
  if (!(normalizer instanceof SequenceNormalizer)) return [normalizer];
  return normalizer.normalizers.flatMap(part => (part === null ? [] : stagesOf(part)));
}
