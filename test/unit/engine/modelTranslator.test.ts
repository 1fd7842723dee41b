// The shipped tokenizer, and a decoder that writes what a test wants to be written.

import assert from 'node:assert/strict';
import { type ModelFolder, openModelFolder } from '../../../src/model/engine/modelFolder';
import { ModelTranslator } from '../../../src/model/engine/modelTranslator';
import type { Seq2SeqModel } from '../../../src/model/engine/seq2seqModel';
import { HeadlightError } from '../../../src/model/errors';
import type { StepScores } from '../../../src/model/generation/scoreRow';
import type { Decoder } from '../../../src/model/generation/search';
import type { ProseSentence } from '../../../src/model/text/proseSentences';
import { SentenceCache } from '../../../src/model/text/sentenceCache';
import type { SentenceTranslation } from '../../../src/model/text/sentenceTranslator';
import { defaultModel } from '../../support/paths';

/** Prefers the first text, then the second, as long as what is written is their beginning. */
class ScriptedDecoder implements Decoder {
  private written: number[][] = [];

  constructor(
    readonly vocabularySize: number,
    private readonly texts: readonly (readonly number[])[],
  ) {}

  async start(inputIds: readonly number[]): Promise<StepScores> {
    this.written = [inputIds.slice(1)];
    return {
      kind: 'whole',
      logits: Float32Array.from(inputIds.flatMap((_, end) => [...this.rowAfter(inputIds.slice(1, end + 1))])),
    };
  }

  async step(tokenIds: readonly number[], parents: readonly number[]): Promise<StepScores> {
    this.written = tokenIds.map((id, row) => [...this.written[parents[row]], id]);
    return { kind: 'whole', logits: Float32Array.from(this.written.flatMap(ids => [...this.rowAfter(ids)])) };
  }

  dispose(): void {}

  private rowAfter(written: readonly number[]): Float32Array {
    const row = new Float32Array(this.vocabularySize);
    for (const [rank, ids] of this.texts.entries())
      if (written.every((id, index) => ids[index] === id)) row[ids[written.length]] ||= 20 - rank;
    return row;
  }
}

/** Of `Open the file now.`, and the export that reads it. */
interface Sentence {
  readonly marks?: ProseSentence['marks'];
  readonly hidesAttention?: boolean;
}

describe('a model that writes a span which its source lacks', () => {
  let folder: ModelFolder;
  before(async () => {
    ({ folder } = await openModelFolder(defaultModel));
  });

  async function translated(first: string, second: string, { marks = [], hidesAttention = false }: Sentence = {}) {
    const idsOf = (text: string) => [
      ...folder.tokenizer.encode(text).map(({ id }) => id),
      folder.generation.eosTokenIds[0],
    ];
    const texts = [first, second].map(text =>
      idsOf(text).filter((id, index, all) => index === all.length - 1 || !folder.tokenizer.isSpecial(id)),
    );
    const model = {
      folder,
      description: folder.description,
      hidesAttention,
      attentionOf: () => Promise.reject(new HeadlightError('attention-unavailable', 'fused operators', {})),
      decoderFor: async () => new ScriptedDecoder(folder.architecture.vocabularySize, texts),
    } as unknown as Seq2SeqModel;
    const translator = new ModelTranslator({
      model,
      config: { ...folder.generation, beamCount: 1 },
      hasOwnLimit: false,
      details: {},
      directionOf: () => ({
        prefix: '<2es>',
        languages: { template: undefined, forcedBosTokenId: undefined },
        key: '',
      }),
      cache: new SentenceCache(),
      cacheKey: '',
      signal: undefined,
      turn: batch => batch(),
    });
    const text = 'Open the file now.';
    const sentence: ProseSentence = { text, range: [0, text.length], source: [0, text.length], anchors: [], marks };
    let shown = '';
    let translation: SentenceTranslation | undefined;
    await translator.translate([sentence], false, {
      onText: (_, append) => {
        shown += append;
      },
      onFinished: (_, finished) => {
        translation = finished;
      },
    });
    const target = translation?.parts?.map(part => part.text).join('');
    return {
      shown,
      target,
      fate: translation?.fate,
      outcome: translation?.outcome,
      truncated: translation?.trace?.truncated,
    };
  }

  for (const invented of ['`archivo` ya', '{0} ya', '<b>archivo</b>', 'https://a.example/b', '%s ya', '&amp; ya'])
    it(`has it taken back before it is shown: ${invented}`, async () => {
      const { shown, target, fate, outcome } = await translated(`Abra el ${invented}.`, 'Abra el archivo ya.');
      assert.equal(target, 'Abra el archivo ya.');
      assert.ok(target.startsWith(shown), shown);
      assert.deepEqual([fate, outcome], ['translated', 'constrained']);
    });

  it('may use the word elsewhere', async () => {
    const { target, fate } = await translated('Abra el www.a.b ya.', 'Abra el sitio www ya.');
    assert.deepEqual([target, fate], ['Abra el sitio www ya.', 'translated']);
  });

  it('keeps what stands before it', async () => {
    const { target } = await translated('Abra el 100 % (`x`) ya.', 'Abra el 100 % (de él) ya.');
    assert.equal(target, 'Abra el 100 % (de él) ya.');
  });

  it('ends before the next one when it has another one all the same', async () => {
    const { shown, target, fate, truncated } = await translated('Abra el www.a.b ya.', 'Abra el sitio www.a.b ya.');
    assert.equal(shown, 'Abra el');
    assert.deepEqual([target, fate, truncated], ['Abra el sitio', 'translated', true]);
  });

  it('is left when it has markup whose place only attention could tell', async () => {
    const read = (raw: string, hidesAttention: boolean) =>
      translated('Abra el archivo ya.', 'Abra.', { marks: [{ at: 9, raw, partner: 0 }], hidesAttention });
    assert.equal((await read('🎉 ', true)).target, 'Abra el 🎉 archivo ya.');
    assert.equal((await read('[^1]', true)).fate, 'left');
    assert.equal((await read('🎉 ', false)).fate, 'left', 'a search that has no maps yet places nothing by guess');
  });

  it('is left when none of it was shown', async () => {
    const { shown, target, fate } = await translated('www.a.b ya.', 'ya www.a.b.');
    assert.deepEqual([shown, target, fate], ['', undefined, 'left']);
  });

  it('is left alone when there is none', async () => {
    const { shown, target, outcome } = await translated('Abra el archivo: es 100 % suyo.', 'Abra.');
    assert.equal(target, 'Abra el archivo: es 100 % suyo.');
    assert.equal(shown, 'Abra el archivo: es 100');
    assert.equal(outcome, undefined);
  });
});
