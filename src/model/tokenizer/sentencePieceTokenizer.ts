// The files of a SentencePiece tokenizer as the object that @huggingface/tokenizers takes from a tokenizer.json. Runs anywhere.

import type { JsonReader } from '../config/jsonReader';
import { excerpt, HeadlightError } from '../errors';
import type { SentencePieceModel } from './sentencePieceModel';

/** What stands in place of a piece that must never be found in a text: half a surrogate pair is in none. */
const placeholder = (id: number) => `\uDFFF\0${id}`;

export interface SentencePieceTokenizer {
  /** In the form of tokenizer.json. */
  readonly json: Record<string, unknown>;
  /** In the form of tokenizer_config.json. */
  readonly config: Record<string, unknown>;
  /**
   * Pieces that only an output has, by id: the vocabulary of `json` holds placeholders for them, as the model of the source does not
   * know them. They go into `model.vocab` of the library once it is made.
   */
  readonly outputPieces: ReadonlyMap<number, string>;
  /** Ids from here on are pieces of the model that the vocabulary lacks; each stands for unknown text. */
  readonly vocabularySize: number;
  readonly unknownId: number;
}

/** What a family adds to its SentencePiece model. */
export interface SentencePieceFamily {
  /** Tokens before the text and after it, such as `</s>`; the vocabulary holds them. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Tokens that a text may hold written out, and that decoding leaves out. */
  readonly specialTokens: readonly string[];
}

/**
 * `vocabulary`: vocab.json, each token with its id; its ids replace those of the model.
 * Errors: `model-file-corrupt` for ids that are no ids, two tokens with one id, or a token of `family` that has none.
 */
export function sentencePieceTokenizer(
  model: SentencePieceModel,
  vocabulary: ReadonlyMap<string, number>,
  family: SentencePieceFamily,
  file: string,
): SentencePieceTokenizer {
  const required = (token: string) => {
    const id = vocabulary.get(token);
    if (id === undefined) throw corrupt(file, `the vocabulary holds ${excerpt(token, 60)}`, 'no such token');
    return id;
  };
  const unknownId = required(model.pieces[model.unknownIndex].text);
  const vocabularySize = largestOf(vocabulary.values()) + 1;
  const scores = new Map<string, number>();
  for (const { text, score, kind } of model.pieces)
    if (kind === 'normal' || kind === 'userDefined' || kind === 'byte') scores.set(text, score);

  const texts = new Array<string>(vocabularySize);
  const outputPieces = new Map<number, string>();
  for (let id = 0; id < vocabularySize; id++) texts[id] = placeholder(id);
  for (const [text, id] of vocabulary) {
    if (scores.has(text) || id === unknownId) texts[id] = text;
    else outputPieces.set(id, text);
  }
  // The model finds these, too, though they have no id: an unknown token then stands for just their text.
  for (const text of scores.keys()) if (!vocabulary.has(text)) texts.push(text);

  const template = (token: string) => ({ SpecialToken: { id: token, type_id: 0 } });
  const specials = [...new Set([...family.before, ...family.after, ...family.specialTokens])];
  const json = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specials.map(content => ({
      id: required(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: normalizerOf(model),
    pre_tokenizer: {
      type: 'Metaspace',
      replacement: '▁',
      prepend_scheme: model.addsPrefixSpace ? 'always' : 'never',
      split: false,
    },
    post_processor: {
      type: 'TemplateProcessing',
      single: [...family.before.map(template), { Sequence: { id: 'A', type_id: 0 } }, ...family.after.map(template)],
      pair: [],
      special_tokens: Object.fromEntries(
        [...family.before, ...family.after].map(token => [
          token,
          { id: token, ids: [required(token)], tokens: [token] },
        ]),
      ),
    },
    decoder: {
      type: 'Sequence',
      decoders: [
        ...(model.byteFallback ? [{ type: 'ByteFallback' }] : []),
        { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: false },
      ],
    },
    model:
      model.algorithm === 'unigram' ? unigram(model, texts, scores, unknownId) : bytePairs(model, texts, unknownId),
  };
  return { json, config: { clean_up_tokenization_spaces: false }, outputPieces, vocabularySize, unknownId };
}

/** The ids of a vocab.json. Errors: `model-file-corrupt`. */
export function readVocabulary(json: JsonReader): ReadonlyMap<string, number> {
  const vocabulary = new Map<string, number>();
  const taken = new Set<number>();
  for (const token of json.keys) {
    const id = json.integer(token);
    if (taken.has(id)) throw json.wrong(token, 'an id that no other token has', id);
    taken.add(id);
    vocabulary.set(token, id);
  }
  const largest = largestOf(taken);
  // A hostile id would make an array of its size.
  if (largest >= 16 * (vocabulary.size + 1024))
    throw json.wrong('(any token)', 'an id near the number of tokens', largest);
  return vocabulary;
}

function largestOf(values: Iterable<number>): number {
  let most = -1;
  for (const value of values) if (value > most) most = value;
  return most;
}

/** The charsmap goes along as bytes: `exactCharsmaps` reads it, the library itself ignores it. */
function normalizerOf({ charsmap, addsPrefixSpace, removesExtraSpaces }: SentencePieceModel): Record<string, unknown> {
  const normalizers: Record<string, unknown>[] = [];
  if (charsmap) normalizers.push({ type: 'Precompiled', precompiled_charsmap: charsmap });
  if (removesExtraSpaces)
    normalizers.push(
      { type: 'Replace', pattern: { Regex: '\\A +| +\\z' }, content: '' },
      { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' },
    );
  // SentencePiece puts its space before every text; the pre-tokenizer leaves it out before a `▁` that stands in the text.
  if (addsPrefixSpace) normalizers.push({ type: 'Replace', pattern: { Regex: '\\A(?=▁)' }, content: ' ' });
  return { type: 'Sequence', normalizers };
}

function unigram(
  model: SentencePieceModel,
  texts: readonly string[],
  scores: ReadonlyMap<string, number>,
  unknownId: number,
): Record<string, unknown> {
  // Placeholders match nothing; the score only must not be the lowest, which sets the score of unknown text.
  return {
    type: 'Unigram',
    unk_id: unknownId,
    vocab: texts.map(text => [text, scores.get(text) ?? 0]),
    byte_fallback: model.byteFallback,
  };
}

/**
 * A SentencePiece BPE model names no merges: two neighbours merge when a piece is made of them, the piece with the best score first.
 * The order is that of `generate_merges` of Hugging Face transformers 5.17.
 */
function bytePairs(model: SentencePieceModel, texts: readonly string[], unknownId: number): Record<string, unknown> {
  const ranks = new Map<string, number>();
  for (const [index, { text, kind }] of model.pieces.entries())
    if (kind === 'normal' || kind === 'userDefined') ranks.set(text, index);
  const merges: { left: string; right: string; score: number }[] = [];
  for (const { text, score, kind } of model.pieces) {
    if (kind !== 'normal') continue;
    const characters = [...text];
    const own: { left: string; right: string; score: number }[] = [];
    let left = '';
    for (const character of characters.slice(0, -1)) {
      left += character;
      const right = text.slice(left.length);
      if (ranks.has(left) && ranks.has(right)) own.push({ left, right, score });
    }
    own.sort((a, b) => ranks.get(a.left)! - ranks.get(b.left)! || ranks.get(a.right)! - ranks.get(b.right)!);
    merges.push(...own);
  }
  const length = (text: string) => [...text].length;
  merges.sort((a, b) => b.score - a.score || length(b.left) - length(a.left) || length(b.right) - length(a.right));
  return {
    type: 'BPE',
    vocab: Object.fromEntries(texts.map((text, id) => [text, id])),
    merges: merges.map(({ left, right }) => [left, right]),
    unk_token: texts[unknownId],
    fuse_unk: true,
    byte_fallback: model.byteFallback,
  };
}

function corrupt(file: string, rule: string, found: string): HeadlightError {
  return new HeadlightError('model-file-corrupt', `${file}: expected that ${rule}, found ${found}`, {
    file,
    rule,
    found,
  });
}
