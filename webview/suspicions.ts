// Marks for what may be wrong with a translation, each with its reason. Pure: no DOM.

import { type Doubt, isUnavailable, type Unavailable, type WordAlignment } from '../src/model/attention/methods';
import type { PanelOutput, PanelSegment } from '../src/protocol/webview';
import * as l10n from './l10n';
import { percent } from './words';

/** Undefined: nobody has asked for it yet. */
export type KnownAlignment = WordAlignment | Unavailable | undefined;

export type Suspicion = Doubt['kind'] | 'improbable';

export const suspicions: readonly Suspicion[] = ['omitted', 'invented', 'improbable'];

export interface Mark {
  readonly suspicion: Suspicion;
  readonly side: 'source' | 'target';
  readonly tokens: readonly number[];
  /** A sentence for people. */
  readonly reason: string;
}

/** One token in a hundred of the default model's own output is less probable. */
export const improbableBelow = 0.1;

export const suspicionNames: Readonly<Record<Suspicion, string>> = {
  omitted: l10n.t('maybe omitted'),
  invented: l10n.t('maybe invented'),
  improbable: l10n.t('improbable'),
};

/**
 * What is looked for: without word alignments probabilities only, and what a summary leaves out is what it is for. `alignments`: of the
 * sentences that are shown, as far as they are known.
 */
export function judgedIn(
  { methods, task }: Pick<PanelOutput, 'methods' | 'task'>,
  alignments: readonly KnownAlignment[],
): readonly Suspicion[] {
  const isAligned = methods.includes('alignment') && !alignments.some(known => known && isUnavailable(known));
  if (!isAligned) return ['improbable'];
  return task.kind === 'summarize' ? ['invented', 'improbable'] : suspicions;
}

/** `alignment` undefined: it is not known, and only probabilities are judged. */
export function suspicionsOf(segment: PanelSegment, alignment: WordAlignment | undefined): Mark[] {
  const doubts = alignment?.doubts.map(doubt => markOf(doubt, segment, alignment)) ?? [];
  const invented = new Set(doubts.flatMap(({ side, tokens }) => (side === 'target' ? tokens : [])));
  return [...doubts, ...improbable(segment).filter(({ tokens }) => !invented.has(tokens[0]))];
}

function markOf({ kind, word, value }: Doubt, segment: PanelSegment, alignment: WordAlignment): Mark {
  const [side, words] =
    kind === 'omitted' ? (['source', alignment.sourceWords] as const) : (['target', alignment.targetWords] as const);
  const { range, tokens } = words[word];
  const name = segment[side].slice(...range);
  const reason =
    kind === 'omitted'
      ? l10n.t(
          'Maybe omitted: no output word gives “{0}” more than {1} of its attention, and without it the output is as probable',
          name,
          percent(value),
        )
      : l10n.t(
          'Maybe invented: the model gave “{0}” {1}, and hardly less without seeing the source',
          name,
          percent(value),
        );
  return { suspicion: kind, side, tokens, reason };
}

function improbable({ targetTokens }: PanelSegment): Mark[] {
  return targetTokens.flatMap(({ probability, special }, token) => {
    if (special || probability === undefined || probability >= improbableBelow) return [];
    const reason = l10n.t('Improbable: the model gave it {0}', percent(probability));
    return [{ suspicion: 'improbable', side: 'target', tokens: [token], reason } as const];
  });
}
