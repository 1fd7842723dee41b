import assert from 'node:assert/strict';
import { JsonReader } from '../../../src/model/config/jsonReader';
import {
  type LanguageSources,
  readLanguageTokens,
  readPromptTasks,
  readSingleDirection,
  sourceTemplateFor,
} from '../../../src/model/config/languageTokens';

const json = (value: object) => JsonReader.parse(JSON.stringify(value), 'tokenizer.json');

const nllb: LanguageSources = {
  family: 'm2m100',
  tokens: [
    ['</s>', 2],
    ['deu_Latn', 10],
    ['eng_Latn', 11],
    ['zho_Hans', 12],
    ['zho_Hant', 13],
    ['house', 14],
  ],
  template: { before: ['eng_Latn'], after: ['</s>'] },
  tokenizerConfig: json({ src_lang: 'eng_Latn', tgt_lang: 'zho_Hans' }),
  decoderStartTokenId: 2,
  forcedBosTokenId: undefined,
};

describe('the languages of a multilingual model', () => {
  it('have the shortest tag that tells them apart, the default ones first', () => {
    const languages = readLanguageTokens(nllb)!;
    assert.deepEqual(languages.targets, ['zh', 'de', 'en', 'zh-Hant']);
    assert.deepEqual(languages.sources, ['en', 'zh', 'de', 'zh-Hant']);
    assert.deepEqual(languages.tokens.get('zh-Hant'), { token: 'zho_Hant', id: 13 });
    assert.equal(languages.target, 'forcedBos');
  });

  it('replace the source language that the tokenizer was saved with', () => {
    const languages = readLanguageTokens(nllb)!;
    assert.deepEqual(sourceTemplateFor(languages, 'de'), { before: ['deu_Latn'], after: ['</s>'] });
    assert.deepEqual(sourceTemplateFor(languages, undefined), { before: ['eng_Latn'], after: ['</s>'] });
  });

  it('stand after the source where the template has them there', () => {
    const languages = readLanguageTokens({
      ...nllb,
      family: 'mbart',
      tokens: [
        ['en_XX', 5],
        ['ro_RO', 6],
      ],
      template: { before: [], after: ['</s>', 'en_XX'] },
      tokenizerConfig: json({ src_lang: 'en_XX' }),
      decoderStartTokenId: 6,
    })!;
    assert.deepEqual(sourceTemplateFor(languages, 'ro'), { before: [], after: ['</s>', 'ro_RO'] });
  });

  it('stand where the tokenizer class of transformers puts them, whatever the tokenizer.json says', () => {
    const templateOf = (config: object) => {
      const languages = readLanguageTokens({ ...nllb, tokenizerConfig: json({ src_lang: 'eng_Latn', ...config }) })!;
      return sourceTemplateFor(languages, 'de');
    };
    const first = { before: ['deu_Latn'], after: ['</s>'] };
    const last = { before: [], after: ['</s>', 'deu_Latn'] };
    assert.deepEqual(templateOf({ tokenizer_class: 'NllbTokenizer' }), first);
    assert.deepEqual(templateOf({ tokenizer_class: 'NllbTokenizerFast', legacy_behaviour: true }), last);
    assert.deepEqual(templateOf({ tokenizer_class: 'MBart50Tokenizer' }), first);
    assert.deepEqual(templateOf({ tokenizer_class: 'MBartTokenizerFast' }), last);
  });

  it('are one target only when the decoder starts with it', () => {
    const languages = readLanguageTokens({ ...nllb, decoderStartTokenId: 10 })!;
    assert.equal(languages.target, 'decoderStart');
    assert.deepEqual(languages.targets, ['de']);
    assert.deepEqual(languages.sources, ['en', 'zh', 'de', 'zh-Hant']);
  });

  it('go before the source in a multilingual opus-mt, whose template stays', () => {
    const languages = readLanguageTokens({
      ...nllb,
      family: 'marian',
      tokens: [
        ['>>deu<<', 3],
        ['>>cmn_Hans<<', 4],
        ['▁house', 5],
      ],
      tokenizerConfig: json({ source_lang: 'en', target_lang: 'mul' }),
    })!;
    assert.equal(languages.target, 'sourcePrefix');
    assert.deepEqual(languages.targets, ['de', 'zh']);
    assert.deepEqual(languages.sources, ['en']);
    assert.equal(languages.template, undefined);
  });

  it('are absent from a model that has no such tokens', () => {
    assert.equal(readLanguageTokens({ ...nllb, family: 't5' }), undefined);
    assert.equal(readLanguageTokens({ ...nllb, tokens: [['▁the', 4]] }), undefined);
  });
});

describe('the direction of a model with one', () => {
  it('is that of its tokenizer', () => {
    assert.deepEqual(readSingleDirection(json({ source_lang: 'eng', target_lang: 'de' })), { from: 'en', to: 'de' });
  });

  it('is unknown when a side is a group of languages, or not named', () => {
    assert.equal(readSingleDirection(json({ source_lang: 'ROMANCE', target_lang: 'en' })), undefined);
    assert.equal(readSingleDirection(json({ source_lang: 'mul', target_lang: 'en' })), undefined);
    assert.equal(readSingleDirection(json({ source_lang: 'en' })), undefined);
    assert.equal(readSingleDirection(undefined), undefined);
  });
});

describe('the tasks that a config.json names', () => {
  it('are translations by target language and summaries, each with its prefix', () => {
    const config = json({
      task_specific_params: {
        summarization: { prefix: 'summarize: ', num_beams: 4 },
        translation_en_to_de: { prefix: 'translate English to German: ' },
        other: {},
      },
    });
    assert.deepEqual(readPromptTasks(config), {
      translate: { de: { prefix: 'translate English to German: ', sources: ['en'] } },
      summarize: { prefix: 'summarize: ', sources: [] },
    });
  });

  it('are unknown without one that Headlight has', () => {
    assert.equal(readPromptTasks(json({})), undefined);
    assert.equal(readPromptTasks(json({ task_specific_params: { other: {} } })), undefined);
  });
});
