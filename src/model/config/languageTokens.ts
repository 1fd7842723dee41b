// The languages of a multilingual model: which token stands for which, and where it goes in source and target. Runs anywhere.

import type { SourceTemplate } from '../tokenizer/sourceTemplate';
import type { FamilyName } from './families';
import type { JsonReader } from './jsonReader';

export interface LanguageToken {
  /** As in the vocabulary, such as `__es__`, `es_XX`, `spa_Latn`, `>>spa<<`. */
  readonly token: string;
  readonly id: number;
}

/** How a target language is asked for. */
export type TargetToken =
  /** The first generated token is that of the language: `forced_bos_token_id`. */
  | 'forcedBos'
  /** The source starts with it. */
  | 'sourcePrefix'
  /** The decoder starts with it, so the model has just this target. */
  | 'decoderStart';

export interface LanguageTokens {
  /** BCP 47 tag, as short as it is unique, such as `es` or `zh-Hant` -> token. The model's default languages come first. */
  readonly tokens: ReadonlyMap<string, LanguageToken>;
  readonly target: TargetToken;
  /** Tags that can be targets. */
  readonly targets: readonly string[];
  /** Tags that can be sources; empty: not said. */
  readonly sources: readonly string[];
  /** Undefined: sources carry no language, and the tokenizer's template stays. */
  readonly template: SourceTemplate | undefined;
}

/** What language tokens look like, and the tag inside. */
const patterns: Partial<Record<FamilyName, readonly RegExp[]>> = {
  marian: [/^>>([a-z]{2,3}(?:_[A-Za-z]+)*)<<$/],
  mbart: [/^([a-z]{2,3})_[A-Z]{2}$/],
  // M2M100, then NLLB.
  m2m100: [/^__([a-z]{2,3})__$/, /^([a-z]{3}_[A-Z][a-z]{3})$/],
};

export interface LanguageSources {
  readonly family: FamilyName;
  /** Tokens of the vocabulary that may be languages, with their ids. */
  readonly tokens: Iterable<readonly [token: string, id: number]>;
  /** What the tokenizer puts around a text. */
  readonly template: SourceTemplate | undefined;
  readonly tokenizerConfig: JsonReader | undefined;
  readonly decoderStartTokenId: number;
  readonly forcedBosTokenId: number | undefined;
}

/** Undefined when the model has no language tokens: it goes one way, or is steered by prefixes of its own. */
export function readLanguageTokens(input: LanguageSources): LanguageTokens | undefined {
  const familyPatterns = patterns[input.family];
  if (!familyPatterns) return undefined;
  const found: { code: string; token: LanguageToken }[] = [];
  for (const [token, id] of input.tokens) {
    const code = familyPatterns.map(pattern => pattern.exec(token)?.[1]).find(match => match !== undefined);
    if (code !== undefined) found.push({ code, token: { token, id } });
  }
  if (found.length === 0) return undefined;
  const config = input.tokenizerConfig;
  const defaultSource = config?.optionalString('src_lang');
  const defaultTarget = config?.optionalString('tgt_lang');
  const isFirst = ({ token, id }: LanguageToken) =>
    id === input.forcedBosTokenId || token === defaultTarget || token === `__${defaultTarget}__`;
  found.sort((a, b) => Number(isFirst(b.token)) - Number(isFirst(a.token)));
  const tokens = new Map<string, LanguageToken>();
  for (const { code, token } of found) {
    const [short, long] = tagsOf(code);
    const tag = tokens.has(short) ? long : short;
    if (!tokens.has(tag)) tokens.set(tag, token);
  }
  const all = [...tokens.keys()];
  const tagOf = (wanted: (token: LanguageToken) => boolean) => all.find(tag => wanted(tokens.get(tag)!));
  if (input.family === 'marian') {
    const sources = languageOf(config?.optionalString('source_lang'));
    return { tokens, target: 'sourcePrefix', targets: all, sources: sources ? [sources] : [], template: undefined };
  }
  const start = tagOf(({ id }) => id === input.decoderStartTokenId);
  const isDefaultSource = ({ token }: LanguageToken) => token === defaultSource || token === `__${defaultSource}__`;
  const source = tagOf(isDefaultSource);
  return {
    tokens,
    target: start === undefined ? 'forcedBos' : 'decoderStart',
    targets: start === undefined ? all : [start],
    sources: source === undefined ? all : [source, ...all.filter(tag => tag !== source)],
    template: languageTemplate(config, tokens.get(source ?? all[0])!.token, input.template),
  };
}

/**
 * Where Hugging Face transformers puts the source language (`set_src_lang_special_tokens`), whatever the tokenizer.json says; for a
 * tokenizer class that is not known, where the tokenizer.json has it. `language`: the token that stands there by default.
 */
function languageTemplate(
  config: JsonReader | undefined,
  language: string,
  template: SourceTemplate | undefined,
): SourceTemplate | undefined {
  const tokenizerClass = config?.optionalString('tokenizer_class')?.replace(/Fast$/, '');
  const eos = config?.plain.eos_token;
  const end = typeof eos === 'string' ? eos : '</s>';
  const isLast = tokenizerClass === 'NllbTokenizer' && config?.optionalBoolean('legacy_behaviour') === true;
  if (tokenizerClass === 'MBartTokenizer' || isLast) return { before: [], after: [end, language] };
  if (tokenizerClass && languageFirst.has(tokenizerClass)) return { before: [language], after: [end] };
  return template;
}

const languageFirst = new Set(['M2M100Tokenizer', 'MBart50Tokenizer', 'NllbTokenizer']);

/** `template` with the token of language `from` in place of the one that stands there. */
export function sourceTemplateFor(languages: LanguageTokens, from: string | undefined): SourceTemplate | undefined {
  const { template, tokens } = languages;
  const wanted = from === undefined ? undefined : tokens.get(from);
  if (!template || !wanted) return template;
  const all = new Set([...tokens.values()].map(({ token }) => token));
  const replace = (token: string) => (all.has(token) ? wanted.token : token);
  return { before: template.before.map(replace), after: template.after.map(replace) };
}

/** What the languages of a run change. */
export interface LanguageSettings {
  /** Tokens around every source. Undefined: those of the tokenizer. */
  readonly template: SourceTemplate | undefined;
  /** The first token of every target. Undefined: that of generation_config.json. */
  readonly forcedBosTokenId: number | undefined;
}

/** Undefined languages change nothing. */
export function languageSettings(languages: LanguageTokens | undefined, from?: string, to?: string): LanguageSettings {
  if (!languages) return { template: undefined, forcedBosTokenId: undefined };
  const isForced = languages.target === 'forcedBos' && to !== undefined;
  return {
    template: sourceTemplateFor(languages, from),
    forcedBosTokenId: isForced ? languages.tokens.get(to)?.id : undefined,
  };
}

/** The one direction of a model without language tokens, from `source_lang` and `target_lang` of its tokenizer. */
export function readSingleDirection(tokenizerConfig: JsonReader | undefined): { from: string; to: string } | undefined {
  const from = languageOf(tokenizerConfig?.optionalString('source_lang'));
  const to = languageOf(tokenizerConfig?.optionalString('target_lang'));
  return from && to ? { from, to } : undefined;
}

export interface PromptTask {
  /** A text that goes before the source, such as `translate English to German: `. */
  readonly prefix: string;
  readonly sources: readonly string[];
}

export interface PromptTasks {
  /** By target language. */
  readonly translate: Readonly<Record<string, PromptTask>> | undefined;
  readonly summarize: PromptTask | undefined;
}

/** The tasks that config.json of a T5 or BART names under `task_specific_params`. Undefined: none that Headlight knows. */
export function readPromptTasks(config: JsonReader): PromptTasks | undefined {
  const parameters = config.optionalObject('task_specific_params');
  if (!parameters) return undefined;
  const translate: Record<string, PromptTask> = {};
  for (const name of parameters.keys) {
    const direction = /^translation_([a-z]{2,3})_to_([a-z]{2,3})$/.exec(name);
    if (!direction) continue;
    const [, from, to] = direction;
    translate[to] = { prefix: parameters.optionalObject(name)?.optionalString('prefix') ?? '', sources: [from] };
  }
  const summarization = parameters.optionalObject('summarization');
  const summarize = summarization && { prefix: summarization.optionalString('prefix') ?? '', sources: [] };
  const isEmpty = Object.keys(translate).length === 0;
  return isEmpty && !summarize ? undefined : { translate: isEmpty ? undefined : translate, summarize };
}

/** A code such as `eng_Latn` as short and as long tag: `en`, `en-Latn`. */
function tagsOf(code: string): [short: string, long: string] {
  const long = canonical(code.replaceAll('_', '-')) ?? code;
  return [long.split('-')[0], long];
}

/** A code of one language, as a tag; undefined for a group such as `ROMANCE` or `mul`. */
function languageOf(code: string | undefined): string | undefined {
  if (code === undefined || !/^[a-z]{2,3}$/.test(code) || groups.has(code)) return undefined;
  return canonical(code);
}

/** ISO 639-5 groups and the special codes that opus-mt names models after. */
const groups = new Set(
  'aav afa alv art bat ber bnt cau ccs cel cpf cpp cus dra euq fiu gem gmq gmw grk iir inc ine ira itc map mkh mul mun nah ngf nic phi poz pqe roa sal sem sit sla smi taw tai trk tut urj zle zls zlw'.split(
    ' ',
  ),
);

function canonical(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
