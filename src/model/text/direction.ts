// Which way a text goes: from which language into which, and with which prefix. Runs anywhere.

import type { Manifest, TaskPrefix } from '../config/manifest';
import { HeadlightError } from '../errors';
import type { SummarizeTask, TranslateTask } from '../types';
import type { DetectedLanguage } from './language';
import { findLanguage } from './languageTag';

export interface Direction {
  /** Undefined when the model declares no languages and the caller named none. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** First tokens of every source segment. */
  readonly prefix: string;
}

/** `among`: languages to choose from when the text gives no sure answer. */
export type Detect = (among: readonly string[]) => DetectedLanguage;

/**
 * The direction of a translation. A text that is already in the wanted language goes to `task.alternateTo`, never back to
 * itself; without that, and when its language is uncertain, it is run as the wanted language's usual source.
 * Errors: `unsupported-task` when the model has no such direction.
 */
export function planTranslation(manifest: Manifest | undefined, asked: TranslateTask, detect: Detect): Direction {
  const targets = manifest?.translate;
  // An export without headlight.json translates in its one direction, whatever that is.
  if (!targets) {
    if (manifest?.summarize) throw unsupportedTranslation({}, asked.from, asked.to);
    return { from: asked.from, to: asked.to, prefix: '' };
  }
  const sources = Object.values(targets).flatMap(target => target.sources);
  const languages = [...new Set([...Object.keys(targets), ...sources])];
  const task = { ...asked, ...meantLanguages(asked, languages) };
  // Among the targets alone, a text in another language would be taken for one of them.
  const detectSource = () => (sources.length === 0 ? { language: undefined, reliable: false } : detect(languages));
  const detected = task.from === undefined ? detectSource() : { language: task.from, reliable: true };
  const to = wantedTarget(targets, task, detected);
  const target = targetOf(targets, to);
  if (!target) throw unsupportedTranslation(targets, detected.language, to);
  const { language, reliable } = detected;
  if (language !== undefined && takes(target, to, language)) return { from: language, to, prefix: target.prefix };
  const isSure = reliable && language !== undefined && language !== to;
  if (task.from !== undefined || isSure) throw unsupportedTranslation(targets, language, to);
  return { from: target.sources[0], to, prefix: target.prefix };
}

/** A model that names no sources, such as an opus-mt from a group of languages, takes any. */
function takes({ sources }: TaskPrefix, to: string, language: string): boolean {
  return sources.length === 0 ? language !== to : sources.includes(language);
}

/** The target before the check that the model has it: the wanted one, or the other one for a text that is already in it. */
function wantedTarget(
  targets: Readonly<Record<string, TaskPrefix>>,
  task: TranslateTask,
  { language }: DetectedLanguage,
): string {
  const taking = (other: string) => {
    const target = targetOf(targets, other);
    return language !== undefined && target !== undefined && takes(target, other, language);
  };
  const to = task.to ?? Object.keys(targets).find(taking) ?? Object.keys(targets)[0];
  if (language !== to || task.alternateTo === undefined || taking(to)) return to;
  if (task.alternateTo !== 'any' && taking(task.alternateTo)) return task.alternateTo;
  return Object.keys(targets).find(other => other !== to && taking(other)) ?? to;
}

export interface SummaryPlan {
  readonly from: string | undefined;
  /** Language of the summary. */
  readonly to: string | undefined;
  readonly prefix: string;
  /** Set when the text must be translated into a language that the summariser takes. */
  readonly pivot: Direction | undefined;
}

/**
 * A summary is in the language of what the summariser reads.
 * Errors: `unsupported-task` when the model makes no summaries, or none in the wanted language, or has no way into it.
 */
export function planSummary(manifest: Manifest | undefined, asked: SummarizeTask, detect: Detect): SummaryPlan {
  const summarize = manifest?.summarize;
  // An export without headlight.json may well be a summariser: the user chose it for that.
  if (!manifest) return { from: asked.from, to: asked.to ?? asked.from, prefix: '', pivot: undefined };
  if (!summarize) throw unsupportedSummary([], asked);
  const languages = [
    ...new Set([...summarize.sources, ...Object.values(manifest.translate ?? {}).flatMap(({ sources }) => sources)]),
  ];
  const task = { ...asked, ...meantLanguages(asked, languages) };
  const detected = task.from === undefined ? detect(languages) : { language: task.from, reliable: true };
  const isWanted = (to: string | undefined) => task.to === undefined || to === task.to;
  const direct = (from: string | undefined) => ({ from, to: from, prefix: summarize.prefix, pivot: undefined });
  const from = detected.language ?? summarize.sources[0];
  const isTaken = summarize.sources.length === 0 || from === undefined || summarize.sources.includes(from);
  if (isTaken && isWanted(from)) return direct(from);
  for (const to of summarize.sources.filter(isWanted)) {
    const target = targetOf(manifest.translate ?? {}, to);
    if (from !== undefined && target?.sources.includes(from))
      return { from, to, prefix: summarize.prefix, pivot: { from, to, prefix: target.prefix } };
  }
  const usual = summarize.sources.find(isWanted);
  if (!detected.reliable && usual !== undefined) return direct(usual);
  throw unsupportedSummary(summarize.sources, { ...task, from });
}

/** The languages of the model that a task names; a tag that means none of them stays as it is. */
function meantLanguages({ from, to }: Pick<TranslateTask, 'from' | 'to'>, known: readonly string[]) {
  const meant = (tag: string | undefined) => tag && (findLanguage(tag, known) ?? tag);
  return { from: meant(from), to: meant(to) };
}

/** Not by plain access: a language may be asked for by any name, `constructor` among them. */
function targetOf(targets: Readonly<Record<string, TaskPrefix>>, language: string): TaskPrefix | undefined {
  return Object.hasOwn(targets, language) ? targets[language] : undefined;
}

/** A model of 200 languages has 40,000 directions: the first ones, and how many more. */
function directionsOf(targets: Readonly<Record<string, TaskPrefix>>): string[] {
  const shown: string[] = [];
  let hiddenCount = 0;
  for (const [to, { sources }] of Object.entries(targets)) {
    const room = Math.max(0, mostShownDirections - shown.length);
    for (const from of sources.slice(0, room)) shown.push(`${from} to ${to}`);
    hiddenCount += Math.max(0, sources.length - room);
  }
  return hiddenCount === 0 ? shown : [...shown, `${hiddenCount} more`];
}

const mostShownDirections = 24;

function unsupportedTranslation(
  targets: Readonly<Record<string, TaskPrefix>>,
  from: string | undefined,
  to: string | undefined,
): HeadlightError {
  const sources = (to === undefined ? undefined : targetOf(targets, to)?.sources) ?? [];
  const known = Object.entries(targets);
  const taking = known.filter(([, target]) => from !== undefined && target.sources.includes(from));
  const reached = (sources.length === 0 ? known : taking).map(([language]) => language);
  return unsupported('translate', { from, to }, { sources, targets: reached }, directionsOf(targets));
}

function unsupportedSummary(
  sources: readonly string[],
  { from, to }: Pick<SummarizeTask, 'from' | 'to'>,
): HeadlightError {
  return unsupported('summarize', { from, to }, { sources, targets: [] }, sources);
}

function unsupported(
  task: string,
  { from, to }: Pick<TranslateTask, 'from' | 'to'>,
  languages: { readonly sources: readonly string[]; readonly targets: readonly string[] },
  offered: readonly string[],
): HeadlightError {
  const wanted = [task, from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(' ');
  return new HeadlightError(
    'unsupported-task',
    `the model cannot ${wanted}; it has: ${offered.join(', ') || 'nothing'}`,
    { task, from: from ?? null, to: to ?? null, ...languages },
  );
}
