// The shipped tokenizer, and a decoder that writes what a test wants to be written.

import assert from 'node:assert/strict';
import { type ModelFolder, openModelFolder } from '../../../src/model/engine/modelFolder';
import { ModelTranslator } from '../../../src/model/engine/modelTranslator';
import type { Seq2SeqModel } from '../../../src/model/engine/seq2seqModel';
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

describe('a model that writes a span which its source lacks', () => {
  let folder: ModelFolder;
  before(async () => {
    ({ folder } = await openModelFolder(defaultModel));
  });

  async function translated(first: string, second: string) {
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
    const sentence: ProseSentence = { text, range: [0, text.length], source: [0, text.length], anchors: [], marks: [] };
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
    return { shown, target, fate: translation?.fate, outcome: translation?.outcome };
  }

  for (const invented of ['`archivo` ya', '{0} ya', '<b>archivo</b>', 'https://a.example/b', '%s ya', '&amp; ya'])
    it(`has it taken back before it is shown: ${invented}`, async () => {
      const { shown, target, fate, outcome } = await translated(`Abra el ${invented}.`, 'Abra el archivo ya.');
      assert.equal(target, 'Abra el archivo ya.');
      assert.ok(target.startsWith(shown), shown);
      assert.deepEqual([fate, outcome], ['translated', 'constrained']);
    });

  it('is left alone when there is none', async () => {
    const { shown, target, outcome } = await translated('Abra el archivo: es 100 % suyo.', 'Abra.');
    assert.equal(target, 'Abra el archivo: es 100 % suyo.');
    assert.equal(shown, 'Abra el archivo: es 100');
    assert.equal(outcome, undefined);
  });
});
