import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BuiltInTranslator } from '../../../src/model/text/builtInTranslator';
import { carrySpans } from '../../../src/model/text/carrySpans';
import type { ProseBlock } from '../../../src/model/text/document';
import { type GlossaryEntries, glossaryFor } from '../../../src/model/text/glossary';
import { lineBlocks } from '../../../src/model/text/lineBlocks';
import { readProse } from '../../../src/model/text/prose';
import { type ProseSentence, proseSentences } from '../../../src/model/text/proseSentences';
import { type BuiltInModel, pseudoText } from '../../../src/model/text/pseudo';
import type { SentenceListener } from '../../../src/model/text/sentenceTranslator';
import {
  type DocumentInput,
  type DocumentProgress,
  translateDocument,
} from '../../../src/model/text/translateDocument';
import { writeProse } from '../../../src/model/text/writeProse';
import type { CharacterRange } from '../../../src/model/types';
import { propertyRuns } from './support';

/** Writes as `pseudo` does, but gives the sentences with an echoed word back as they are. */
class EchoingTranslator extends BuiltInTranslator {
  constructor(
    model: BuiltInModel,
    private readonly echoed: RegExp,
  ) {
    super(model);
  }

  override async translate(
    sentences: readonly ProseSentence[],
    isLong: boolean,
    listener: SentenceListener,
  ): Promise<void> {
    await super.translate(sentences, isLong, {
      ...listener,
      onFinished: (index, translation) => {
        const { text, anchors, marks } = sentences[index];
        const isEcho = anchors.length + marks.length === 0 && this.echoed.test(text);
        listener.onFinished(index, isEcho ? { ...translation, parts: undefined } : translation);
      },
    });
  }
}

/** The same a word at a time, and finishes the sentences of a window from the last to the first. */
class StreamingTranslator extends EchoingTranslator {
  override async translate(
    sentences: readonly ProseSentence[],
    isLong: boolean,
    listener: SentenceListener,
  ): Promise<void> {
    const finished: (() => void)[] = [];
    await super.translate(sentences, isLong, {
      onText: () => {},
      onFinished: (index, translation) => {
        const { text: source, anchors, marks } = sentences[index];
        const text = translation.parts?.map(part => part.text).join('') ?? source;
        // Who shows words of a sentence that is left in the end breaks the rule of a listener.
        if (anchors.length + marks.length === 0 && translation.fate === 'translated')
          for (const [word] of text.matchAll(/\s*\S+(?=\s)/g)) listener.onText(index, word);
        finished.push(() => listener.onFinished(index, translation));
      },
    });
    for (const finish of finished.reverse()) finish();
  }
}

interface RunOptions {
  readonly model?: BuiltInModel;
  readonly blocks?: readonly ProseBlock[];
  readonly glossary?: GlossaryEntries;
  readonly visible?: CharacterRange;
  readonly streams?: boolean;
  /** Sentences that come back as they are. Default: none. */
  readonly echoed?: RegExp;
}

async function run(
  text: string,
  { model = 'pseudo', blocks, glossary, visible, streams, echoed = /(?!)/ }: RunOptions = {},
) {
  const progress: DocumentProgress[] = [];
  const input: DocumentInput = {
    text,
    blocks: [blocks ?? [...lineBlocks(text)]],
    glossary: glossary && glossaryFor(glossary, 'es'),
    visible,
    keepSegments: true,
  };
  const translator = streams ? new StreamingTranslator(model, echoed) : new EchoingTranslator(model, echoed);
  const output = await translateDocument(input, translator, {
    signal: undefined,
    report: step => progress.push(step),
    drained: async () => {},
  });
  return { ...output, progress };
}

/** A block over the pieces of `text` between `«` and `»`, with what stands between `‹` and `›` protected; the marks are taken out. */
function marked(marked: string, rest: Partial<ProseBlock> = {}): { text: string; blocks: ProseBlock[] } {
  let text = '';
  const pieces: [number, number][] = [];
  const spans: [number, number][] = [];
  for (const character of marked) {
    if (character === '«') pieces.push([text.length, text.length]);
    else if (character === '»') pieces[pieces.length - 1][1] = text.length;
    else if (character === '‹') spans.push([text.length, text.length]);
    else if (character === '›') spans[spans.length - 1][1] = text.length;
    else text += character;
  }
  return { text, blocks: [{ kind: 'paragraph', pieces, protected: spans, ...rest }] };
}

describe('translating a document', () => {
  it('changes the prose and nothing else', async () => {
    const { target, counts } = await run('Call `get()` now.\n\n  # More: see https://a.example/b?c=d.\n');
    assert.equal(target, 'Ćáĺĺ `get()` ńóẃ.\n\n  # Ḿóŕé: śéé https://a.example/b?c=d.\n');
    assert.deepEqual([counts.sentences, counts.left, counts.aligned], [2, 0, 2]);
  });

  it('keeps markup around the words that it stood around', async () => {
    const { text, blocks } = marked('«Use ‹**›bold‹**› text with ‹[›a link‹](https://a.example)›, not ‹*›this‹*›.»');
    assert.equal(
      (await run(text, { blocks })).target,
      'Úśé **b́óĺd́** t́éx́t́ ẃít́h́ [á ĺíńḱ](https://a.example), ńót́ *t́h́íś*.',
    );
  });

  it('keeps one space on each side of markup that stood between two', async () => {
    const { text, blocks } = marked('«The union ‹\\|› of ‹<br>› both»');
    assert.equal((await run(text, { blocks })).target, 'T́h́é úńíóń \\| óf́ <br> b́ót́h́');
  });

  it('ends a sentence where its line ends, whatever the next begins with, but for abbreviations', async () => {
    const wrap = { width: 40, continuation: '\n' };
    const { text, blocks } = marked('«It starts.»\n«stdin is read, e.g.»\n«by others.»', { wrap });
    const { segments } = await run(text, { blocks });
    assert.deepEqual(
      segments.map(segment => text.slice(...segment.source)),
      ['It starts.', 'stdin is read, e.g.\nby others.'],
    );
  });

  it('keeps markup around a whole sentence outside of what a translator reads', async () => {
    const { text, blocks } = marked('«‹**›Note.‹**› Read ‹<b>›it‹</b>›.‹[^1]›»');
    const { target, counts } = await run(text, { blocks });
    assert.equal(target, '**Ńót́é.** Ŕéád́ <b>ít́</b>.[^1]');
    assert.equal(counts.left, 0);
  });

  it('joins hard-wrapped lines into sentences and wraps them again', async () => {
    const wrap = { width: 24, continuation: '\n   * ' };
    const { text, blocks } = marked('  /** «Reads one line»\n   * «and gives it back. Then»\n   * «stops.» */', {
      wrap,
    });
    const { target, segments } = await run(text, { blocks });
    assert.deepEqual(
      segments.map(segment => text.slice(...segment.source)),
      ['Reads one line\n   * and gives it back.', 'Then\n   * stops.'],
    );
    assert.deepEqual(
      target
        .normalize('NFD')
        .replace(/\u0301/g, '')
        .split('\n'),
      ['  /** Reads one line', '   * and gives it', '   * back. Then', '   * stops. */'].map(line => line),
    );
  });

  it('divides what has no width among as many lines as there were', async () => {
    const { text, blocks } = marked('> «One two three»\n> «four five six.»\n');
    const { target } = await run(text, { blocks });
    assert.equal(target.split('\n').length, 3);
    assert.ok(
      target
        .split('\n')
        .slice(0, 2)
        .every(line => line.startsWith('> ')),
    );
  });

  it('leaves no line break between two ideographs in what a translator reads', async () => {
    const { text, blocks } = marked('«これは»\n«ペンです。»');
    const { segments } = await run(text, { blocks });
    assert.equal(segments.length, 1);
  });

  it('writes text as its file wants it', async () => {
    const { text, blocks } = marked('{"a": "«Say \\"yes\\" to {0}.»"}', { escape: 'json' });
    const { target } = await run(text, { blocks });
    assert.equal(JSON.parse(target).a, 'Śáý "ýéś" t́ó {0}.');
  });

  it('puts the translations of the glossary in, and keeps what it never translates', async () => {
    const glossary = { branch: { es: 'rama' }, Headlight: null, commit: { pt: 'x' } };
    const { target, counts } = await run('Each branch of Headlight has a commit. Branch now.', { glossary });
    assert.equal(target, 'Éáćh́ rama óf́ Headlight h́áś á ćóḿḿít́. Rama ńóẃ.');
    assert.equal(counts.aligned, 2);
  });

  it('reports text in document order that concatenates to the output', async () => {
    const text = 'First one. Second `x` one.\nThird.\n';
    const { target, progress, segments } = await run(text);
    assert.equal(progress.map(step => (step.kind === 'text' ? step.append : '')).join(''), target);
    assert.deepEqual(
      segments.map(segment => target.slice(...segment.target)),
      ['F́íŕśt́ óńé.', 'Śéćóńd́ `x` óńé.', 'T́h́íŕd́.'].map(part => part.normalize('NFC')),
    );
  });

  it('shows the lines of a wrapped paragraph while it is translated', async () => {
    const wrap = { width: 30, continuation: '\n# ' };
    const { text, blocks } = marked('# «One sentence of some words that»\n# «goes on. And another one.»', { wrap });
    const { target, progress } = await run(text, { blocks, streams: true });
    const shown = progress.flatMap(step => (step.kind === 'text' ? [step.append] : []));
    assert.equal(shown.join(''), target);
    assert.ok(shown.length > 3, `${shown.length} parts`);
    const firstSegment = progress.findIndex(({ kind }) => kind === 'segment');
    assert.ok(progress.slice(0, firstSegment).some(step => step.kind === 'text' && step.append.includes('\n# ')));
  });

  it('keeps the lines of a paragraph that comes back as it was', async () => {
    const { text, blocks } = marked('// «GitHub»\n// «Visual Studio Code Marketplace»', {
      wrap: { width: 60, continuation: '\n// ' },
    });
    const { target, progress } = await run(text, { blocks, streams: true, echoed: /./ });
    assert.equal(target, text);
    assert.equal(progress.map(step => (step.kind === 'text' ? step.append : '')).join(''), text);
  });

  it('goes from the visible part outwards, block by block', async () => {
    const text = Array.from({ length: 9 }, (_, index) => `Line ${index}.`).join('\n');
    const { progress, target } = await run(text, { visible: [text.indexOf('Line 4'), text.indexOf('Line 5')] });
    const starts = progress.flatMap(step => (step.kind === 'block' ? [step.source[0]] : []));
    assert.deepEqual(starts.slice(0, 2), [text.indexOf('Line 4'), text.indexOf('Line 5')]);
    assert.deepEqual(new Set(starts.slice(-2)), new Set([0, text.indexOf('Line 8')]));
    assert.equal(starts.length, 9);
    assert.equal(target, (await run(text)).target);
  });

  it('keeps what stands between two marks there, and code apart from other code', () => {
    // Of the words of the link only the code has a link to the source: the marks go around it all the same.
    const text = 'See the `a` type of `b`.';
    const sentence: ProseSentence = {
      text,
      range: [0, text.length],
      source: [0, text.length],
      anchors: [
        { range: [8, 11], required: '`a`', raw: '`a`', strict: true },
        { range: [20, 23], required: '`b`', raw: '`b`', strict: true },
      ],
      marks: [
        { at: 8, raw: '[', partner: 1 },
        { at: 16, raw: '](u)', partner: 0 },
      ],
    };
    const carried = (output: string, links: [number, number, number, number][]) =>
      carrySpans(
        sentence,
        output,
        links.map(([from, to, start, end]) => ({ source: [from, to], target: [start, end] })),
      )
        ?.parts.map(part => part.text)
        .join('');
    assert.equal(carried('Vea el tipo `a` de `b`.', [[12, 16, 7, 11]]), 'Vea el [tipo `a`](u) de `b`.');
    assert.equal(carried('Vea el tipo `b` de `a`.', [[12, 16, 7, 11]]), undefined, 'another span would be in the link');
    assert.equal(carried('Vea el tipo `a``b`.', [[12, 16, 7, 11]]), 'Vea el [tipo `a`](u) `b`.');
    assert.equal(carried('Vea el tipo `a` de `b` *.', [[12, 16, 7, 11]]), undefined, 'a stray mark');
  });

  it('keeps pictographs where they stood, out of what a translator reads', async () => {
    const { target, segments } = await run('🎉 Open the 🎉 file 👩‍👩‍👧 now 🚀. Read ✅ it! ☑️ Then\n');
    assert.equal(
      target,
      `🎉 ${pseudoText('Open the')} 🎉 ${pseudoText('file')} 👩‍👩‍👧 ${pseudoText('now')} 🚀. ${pseudoText('Read')} ✅ ${pseudoText('it!')} ☑️ ${pseudoText('Then')}\n`,
    );
    assert.equal(segments.length, 3);
    assert.ok((await run('Call `a 🎉 b` now.')).target.includes('`a 🎉 b`'));
  });

  it('puts pictographs about where they stood when nothing tells more, and no other markup', () => {
    const carried = (document: string, output: string) => {
      const { text, blocks } = marked(document);
      const [sentence] = proseSentences(readProse(text, blocks[0]));
      return carrySpans(sentence, output, undefined, true)
        ?.parts.map(part => part.text)
        .join('');
    };
    assert.equal(carried('«Open the 🎉 file ✅ now.»', 'Abra el archivo ya.'), 'Abra el 🎉 archivo ✅ ya.');
    assert.equal(
      carried('«Open `x` 🎉 now 🚀.»', 'Abra ya mismo `x`, por favor.'),
      'Abra ya mismo `x`, 🎉 por favor 🚀.',
    );
    assert.equal(carried('«Open 🎉 the file now»', 'ファイルを開く'), 'ファ🎉 イルを開く');
    assert.equal(carried('«Open ‹**›the‹**› 🎉 file now.»', 'Abra el archivo ya.'), undefined);
    assert.equal(carried('«Open the🎉 file.»', ''), undefined);
  });

  it('keeps a pictograph on a line of its own apart from the next word', async () => {
    const { text, blocks } = marked('«One»\n«🎉»\n«two. Then»\n«three words.»', {
      wrap: { width: 60, continuation: '\n' },
    });
    const { target } = await run(text, { blocks });
    assert.equal(target, `${pseudoText('One')} 🎉 ${pseudoText('two. Then three words.')}`);
    const outputs = [...proseSentences(readProse(text, blocks[0]))].map((sentence, index) => ({
      sentence,
      parts: index === 0 ? undefined : [{ text: 'And on.', raw: undefined }],
    }));
    assert.equal(writeProse(text, readProse(text, blocks[0]), outputs).text, 'One 🎉 two. And on.');
  });

  it('reads the words around a pictograph as two, with one space', () => {
    const read = (document: string) => {
      const { text, blocks } = marked(document);
      const { text: prose, marks } = readProse(text, blocks[0]);
      return [prose, ...marks.map(({ raw }) => raw)];
    };
    assert.deepEqual(read('«See ➜Settings now»'), ['See Settings now', '➜']);
    assert.deepEqual(read('«‹**›Done‹**›✅ next»'), ['Done next', '**', '**', '✅']);
    assert.deepEqual(read('«Read ✅ 🎉 it ✅!»'), ['Read it!', '✅ 🎉 ', ' ✅']);
    assert.deepEqual(read('«(✅ done) 🎉»\n«next ✅»'), ['(done) next', '✅ ', ' 🎉', ' ✅']);
    assert.deepEqual(read('«完了✅次»'), ['完了次', '✅']);
    assert.deepEqual(read('«left✅right, so✅‹**›it‹**› stays»'), ['left✅right, so✅it stays', '**', '**']);
  });

  it('refuses a text without a visible character', async () => {
    await assert.rejects(run(' \n'), { code: 'source-empty' });
  });
});

const words = fc.constantFrom(
  'Open',
  'the',
  'file.',
  'e.g.',
  'Dr.',
  '1.',
  '-',
  '//',
  '¿qué?',
  '日本。',
  '`a b`',
  'https://a.example/x.',
  '{0}',
  '%s',
  '**',
  '[',
  '](u)',
  '<b>',
  '</b>',
  '&amp;',
  'foo_bar',
  'a.b.c',
  '10 ms',
  '\\n',
  '"',
  '🎉',
  'a\u0301',
  '\u200b',
  '\ud800',
  '*/',
  'x::y',
);
const line = fc.array(words, { minLength: 1, maxLength: 12 }).map(list => list.join(' '));
const glued = fc.array(words, { minLength: 1, maxLength: 8 }).map(list => list.join(''));
const anyText = fc.oneof(
  fc.array(fc.oneof(line, glued), { maxLength: 8 }).map(lines => lines.join('\n')),
  fc.string({ unit: 'binary', maxLength: 120 }),
);

/** Blocks with pieces and protected ranges at random places of a text. */
const anyDocument = fc
  .tuple(anyText, fc.array(fc.nat(), { maxLength: 24 }), fc.boolean())
  .map(([text, cuts, wraps]) => {
    const offsets = [...new Set(cuts.map(cut => cut % (text.length + 1)))].sort((left, right) => left - right);
    const pieces: CharacterRange[] = [];
    const spans: CharacterRange[] = [];
    for (let index = 0; index + 3 < offsets.length; index += 4) {
      pieces.push([offsets[index], offsets[index + 3]]);
      spans.push([offsets[index + 1], offsets[index + 2]]);
    }
    const half = Math.ceil(pieces.length / 2);
    const wrap = wraps ? { width: 20, continuation: '\n# ' } : undefined;
    const block = (list: readonly CharacterRange[]): ProseBlock => ({
      kind: 'paragraph',
      pieces: list,
      protected: spans.filter(([start]) => list.some(([from, to]) => from <= start && start < to)),
      wrap,
    });
    const blocks = [pieces.slice(0, half), pieces.slice(half)].filter(list => list.length > 0).map(block);
    return { text, blocks };
  });

describe('any document', () => {
  it('comes back byte for byte from the model that changes nothing, cut into segments that concatenate to it', async () => {
    await fc.assert(
      fc.asyncProperty(anyDocument, async ({ text, blocks }) => {
        fc.pre(text.trim() !== '');
        const { target, segments } = await run(text, { model: 'identity', blocks });
        assert.equal(target, text);
        let done = 0;
        let joined = '';
        for (const { source } of segments) {
          assert.ok(source[0] >= done && source[1] > source[0]);
          joined += text.slice(done, source[0]) + text.slice(...source);
          done = source[1];
        }
        assert.equal(joined + text.slice(done), text);
      }),
      { numRuns: propertyRuns },
    );
  });

  it('keeps every protected range once, and everything outside of its blocks, whatever the model changes', async () => {
    await fc.assert(
      fc.asyncProperty(anyDocument, async ({ text, blocks }) => {
        fc.pre(text.trim() !== '');
        const { target, progress } = await run(text, { blocks, streams: true });
        assert.equal(progress.map(step => (step.kind === 'text' ? step.append : '')).join(''), target);
        assert.equal(target, (await run(text, { blocks })).target);
        let position = 0;
        let done = 0;
        for (const { pieces } of blocks) {
          const outside = text.slice(done, pieces[0][0]);
          position = target.indexOf(outside, position);
          assert.notEqual(position, -1, `lost ${JSON.stringify(outside)}`);
          position += outside.length;
          done = pieces[pieces.length - 1][1];
        }
        assert.ok(target.endsWith(text.slice(done)));
        for (const range of blocks.flatMap(block => block.protected)) assert.ok(target.includes(text.slice(...range)));
      }),
      { numRuns: propertyRuns },
    );
  });

  it('is shown as it is written in the end, whatever comes back unchanged', async () => {
    const word = fc.constantFrom('Open', 'the', 'file.', 'GitHub', 'now?', '日本。', 'e.g.', '\\u0041b', '\\/', '"x"');
    const lines = fc.array(fc.array(word, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 5 });
    const echoes = fc.constantFrom(/./, /file/, /^(?!.*file)/);
    const kinds = fc.constantFrom(undefined, 'json' as const);
    await fc.assert(
      fc.asyncProperty(lines, echoes, kinds, fc.nat(40), async (list, echoed, kind, width) => {
        const { text, blocks } = marked(list.map(words => `# «${words.join(' ')}»`).join('\n'), {
          wrap: { width, continuation: '\n# ' },
          escape: kind,
        });
        const { target, progress } = await run(text, { blocks, streams: true, echoed });
        assert.equal(progress.map(step => (step.kind === 'text' ? step.append : '')).join(''), target);
        assert.equal(target, (await run(text, { blocks, echoed })).target);
      }),
      { numRuns: propertyRuns },
    );
  });
});
