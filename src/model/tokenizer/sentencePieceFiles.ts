// Which SentencePiece files a family keeps, and what its tokenizer in Hugging Face transformers adds to them. Runs anywhere.

import type { FamilyName } from '../config/families';
import { JsonReader } from '../config/jsonReader';
import { excerpt, HeadlightError } from '../errors';
import { readSentencePieceModel } from './sentencePieceModel';
import { readVocabulary, type SentencePieceTokenizer, sentencePieceTokenizer } from './sentencePieceTokenizer';

export interface SentencePieceFileNames {
  /** The model that cuts sources into pieces. */
  readonly model: string;
  /** The ids of pieces. */
  readonly vocabulary: string;
}

/** The files that stand for a tokenizer.json. Undefined: Headlight needs the tokenizer.json of this family. */
export function sentencePieceFileNames(family: FamilyName): SentencePieceFileNames | undefined {
  if (family === 'marian') return { model: 'source.spm', vocabulary: 'vocab.json' };
  if (family === 'm2m100') return { model: 'sentencepiece.bpe.model', vocabulary: 'vocab.json' };
  return undefined;
}

/**
 * The tokenizer of opus-mt (`MarianTokenizer`) or M2M100 (`M2M100Tokenizer`).
 * Errors: `model-file-corrupt`; `unsupported-architecture` for settings that Headlight does not know.
 */
export function readSentencePieceFiles(
  family: FamilyName,
  names: SentencePieceFileNames,
  modelBytes: Uint8Array,
  vocabularyText: string,
  config: JsonReader | undefined,
): SentencePieceTokenizer {
  const model = readSentencePieceModel(modelBytes, names.model);
  const vocabulary = readVocabulary(JsonReader.parse(vocabularyText, names.vocabulary));
  if (family === 'm2m100') return m2m100(model, vocabulary, names.vocabulary, config);
  if (config?.optionalBoolean('separate_vocabs'))
    throw unsupported('separate_vocabs true in tokenizer_config.json', 'one vocab.json for source and target');
  const languages = [...vocabulary.keys()].filter(token => /^>>.+<<$/.test(token));
  const specialTokens = ['<pad>', '<unk>', ...languages].filter(token => vocabulary.has(token));
  return sentencePieceTokenizer(model, vocabulary, { before: [], after: ['</s>'], specialTokens }, names.vocabulary);
}

/** The languages have ids after those of the vocabulary, in the order of this list. */
function m2m100(
  model: Parameters<typeof sentencePieceTokenizer>[0],
  vocabulary: ReadonlyMap<string, number>,
  file: string,
  config: JsonReader | undefined,
): SentencePieceTokenizer {
  const listName = config?.optionalString('language_codes') ?? 'm2m100';
  const codes = m2m100Languages.get(listName);
  if (!codes) throw unsupported(`language_codes ${excerpt(listName, 60)}`, [...m2m100Languages.keys()].join(', '));
  const tokens = codes.map(code => `__${code}__`);
  const all = new Map(vocabulary);
  for (const [index, token] of tokens.entries()) all.set(token, vocabulary.size + index);
  const source = `__${config?.optionalString('src_lang') ?? 'en'}__`;
  const specialTokens = ['<s>', '<pad>', '<unk>', ...tokens];
  return sentencePieceTokenizer(model, all, { before: [source], after: ['</s>'], specialTokens }, file);
}

function unsupported(found: string, supported: string): HeadlightError {
  return new HeadlightError('unsupported-architecture', `expected ${supported}, found ${found}`, {
    found,
    supported: [supported],
  });
}

/** `FAIRSEQ_LANGUAGE_CODES` of tokenization_m2m_100.py, transformers 5.17. */
const m2m100Languages = new Map([
  [
    'm2m100',
    (
      'af am ar ast az ba be bg bn br bs ca ceb cs cy da de el en es et fa ff fi fr fy ga gd gl gu ha he hi hr ht hu hy id ig ilo ' +
      'is it ja jv ka kk km kn ko lb lg ln lo lt lv mg mk ml mn mr ms my ne nl no ns oc or pa pl ps pt ro ru sd si sk sl so sq sr ' +
      'ss su sv sw ta th tl tn tr uk ur uz vi wo xh yi yo zh zu'
    ).split(' '),
  ],
  ['wmt21', 'en ha is ja cs ru zh de'.split(' ')],
]);
