// What must hold of a tokenizer.json before @huggingface/tokenizers gets it: the library trusts its file. Runs anywhere.

import type { JsonReader } from '../config/jsonReader';

/** Far beyond those of every tokenizer in use, and small enough that no text makes the stages run away. */
const limits = {
  /** Stages inside stages. */
  depth: 16,
  /** Values inside a stage, the entries of a template among them. */
  values: 10_000,
  /** Characters of a text that a stage may put into others. */
  text: 256,
  regex: 5000,
  tokenLength: 1000,
} as const;

/**
 * Errors: `model-file-corrupt` for what the library would not notice, or only by hanging or filling the memory: ids that are no
 * ids or far too large, tokens that are no text, stages that nest without end, long replacements, steps of length 0.
 */
export function checkTokenizerJson(json: JsonReader): void {
  const model = json.optionalObject('model');
  if (!model) throw json.wrong('model', 'an object', undefined);
  const size = Array.isArray(model.plain.vocab) ? checkPieces(model) : checkVocabulary(model);
  checkAddedTokens(json, size);
  for (const stage of ['normalizer', 'pre_tokenizer', 'post_processor', 'decoder']) checkStage(json, stage);
}

/** An id makes an array of its size. */
function largestId(tokenCount: number): number {
  return 16 * (tokenCount + 1024);
}

/** Unigram: `[token, score]` at the place of its id. Returns how many. */
function checkPieces(model: JsonReader): number {
  const vocabulary = model.plain.vocab as readonly unknown[];
  if (vocabulary.length === 0) throw model.wrong('vocab', 'a list of tokens', []);
  for (const [id, entry] of vocabulary.entries()) {
    const [token, score] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
    if (!isToken(token) || typeof score !== 'number' || !Number.isFinite(score))
      throw model.wrong(`vocab.${id}`, 'a token and its score', entry);
  }
  const unknownId = model.optionalInteger('unk_id') ?? 0;
  if (unknownId >= vocabulary.length) throw model.wrong('unk_id', `below ${vocabulary.length}`, unknownId);
  return vocabulary.length;
}

/** BPE, WordPiece: token to id. Returns how many. */
function checkVocabulary(model: JsonReader): number {
  const vocabulary = model.optionalObject('vocab');
  if (!vocabulary) throw model.wrong('vocab', 'the tokens with their ids', undefined);
  const size = vocabulary.keys.length;
  for (const name of ['unk_token', 'end_of_word_suffix', 'continuing_subword_prefix', 'continuing_subword_suffix'])
    if ((model.optionalString(name)?.length ?? 0) > limits.text)
      throw model.wrong(name, `a text of at most ${limits.text} characters`, model.plain[name]);
  for (const token of vocabulary.keys) {
    const id = vocabulary.integer(token);
    if (!isToken(token)) throw vocabulary.wrong(token, `a token of at most ${limits.tokenLength} characters`, id);
    if (id >= largestId(size)) throw vocabulary.wrong(token, 'an id near the number of tokens', id);
  }
  return size;
}

function checkAddedTokens(json: JsonReader, tokenCount: number): void {
  const list = json.plain.added_tokens;
  if (!Array.isArray(list)) throw json.wrong('added_tokens', 'a list', list);
  const mostId = largestId(tokenCount + list.length);
  for (const [index, token] of (list as readonly unknown[]).entries()) {
    const { id, content } = (token ?? {}) as { id?: unknown; content?: unknown };
    if (!Number.isSafeInteger(id) || (id as number) < 0 || (id as number) >= mostId)
      throw json.wrong(`added_tokens.${index}.id`, 'an id near the number of tokens', id);
    if (!isToken(content)) throw json.wrong(`added_tokens.${index}.content`, 'the text of a token', content);
  }
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && value.length <= limits.tokenLength;
}

/** A normaliser, pre-tokenizer, post-processor or decoder, with all that is in it. */
function checkStage(json: JsonReader, stage: string): void {
  let valueCount = 0;
  const visit = (value: unknown, key: string, depth: number): void => {
    if (depth > limits.depth || ++valueCount > limits.values)
      throw json.wrong(stage, `a stage of at most ${limits.values} values, ${limits.depth} deep`, 'more');
    if (typeof value === 'string' && value.length > longestText(key))
      throw json.wrong(`${stage}.${key}`, `a text of at most ${longestText(key)} characters`, value);
    if (typeof value !== 'object' || value === null) return;
    if ((value as { type?: unknown }).type === 'FixedLength') checkStep(value as { length?: unknown });
    for (const [name, inner] of Object.entries(value)) visit(inner, name, depth + 1);
  };
  const checkStep = ({ length }: { length?: unknown }): void => {
    if (!Number.isSafeInteger(length) || (length as number) < 1)
      throw json.wrong(`${stage}.length`, 'at least 1', length);
  };
  visit(json.plain[stage], stage, 0);
}

function longestText(key: string): number {
  if (key === 'precompiled_charsmap') return Number.POSITIVE_INFINITY;
  return key === 'Regex' ? limits.regex : limits.text;
}
