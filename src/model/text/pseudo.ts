// Two translators without a model, for tests of all that surrounds one. Pure.

import type { AlignmentLink } from './carrySpans';

/** Names that stand for them where a model folder is expected. */
export type BuiltInModel = 'identity' | 'pseudo';

export const builtInModels: readonly BuiltInModel[] = ['identity', 'pseudo'];

export function isBuiltInModel(name: string): name is BuiltInModel {
  return builtInModels.includes(name as BuiltInModel);
}

/** Every letter with an acute accent: `a` -> `á`. Everything else stays. */
export function pseudoText(text: string): string {
  return text.replace(/\p{L}\p{M}*/gu, letter => `${letter}\u0301`.normalize('NFC'));
}

/** What a built-in model makes of a sentence, with the links that a model's attention would give: runs of letters, single others. */
export function builtInTranslation(
  model: BuiltInModel,
  text: string,
): { readonly text: string; readonly links: readonly AlignmentLink[] } {
  const links: AlignmentLink[] = [];
  let target = '';
  for (const { 0: run, index } of text.matchAll(/[\p{L}\p{M}]+|[^\p{L}\p{M}]/gu)) {
    const start = target.length;
    target += model === 'pseudo' ? pseudoText(run) : run;
    links.push({ source: [index, index + run.length], target: [start, target.length] });
  }
  return { text: target, links };
}
