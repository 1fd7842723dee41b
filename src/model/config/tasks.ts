// What a model can do: what headlight.json says, else what the model's own files tell. Runs anywhere.

import type { LanguageTokens, PromptTasks } from './languageTokens';
import type { Manifest, TaskPrefix } from './manifest';

/** What the files of an export tell about its tasks. */
export interface ToldTasks {
  readonly languages: LanguageTokens | undefined;
  readonly prompts: PromptTasks | undefined;
  readonly direction: { readonly from: string; readonly to: string } | undefined;
}

/**
 * `manifest` with the tasks that it leaves out. Undefined when nobody tells anything: then the model takes every text as it is.
 */
export function withToldTasks(manifest: Manifest | undefined, told: ToldTasks): Manifest | undefined {
  if (manifest?.translate || manifest?.summarize) return manifest;
  const { prompts, languages, direction } = told;
  const translate = languages
    ? languageTasks(languages)
    : (prompts?.translate ?? (direction && { [direction.to]: { prefix: '', sources: [direction.from] } }));
  const summarize = prompts?.summarize;
  if (!translate && !summarize) return manifest;
  const base = manifest ?? { name: undefined, alignment: undefined, files: {}, license: undefined };
  return { ...base, translate, summarize };
}

function languageTasks({ tokens, target, targets, sources }: LanguageTokens): Readonly<Record<string, TaskPrefix>> {
  const tasks: Record<string, TaskPrefix> = {};
  for (const to of targets)
    tasks[to] = {
      prefix: target === 'sourcePrefix' ? tokens.get(to)!.token : '',
      sources: sources.filter(from => from !== to),
    };
  return tasks;
}
