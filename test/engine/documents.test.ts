import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DocumentCounts, Segment } from '../../src/model/types';
import { runCli } from '../support/cli';
import { root } from '../support/paths';

interface Translation {
  readonly source: string;
  readonly target: string;
  readonly counts: DocumentCounts;
  readonly segments: readonly (Pick<Segment, 'source' | 'target' | 'fate' | 'spans'> & {
    readonly targetTokens: readonly string[];
    readonly targetRanges: readonly (readonly [number, number])[];
  })[];
}

function headlight(...args: readonly string[]): string {
  const { exitCode, stdout, stderr } = runCli(args);
  assert.equal(exitCode, 0, stderr);
  return stdout.toString();
}

describe('headlight translate on whole documents', () => {
  let folder: string;
  const file = (name: string, text: string): string => {
    const place = path.join(folder, name);
    writeFileSync(place, text);
    return place;
  };
  const translated = (...args: readonly string[]) =>
    JSON.parse(headlight('translate', '--to', 'es', '--json', ...args)) as Translation;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'headlight-documents-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const samples: readonly (readonly [name: string, text: string, pseudo: string])[] = [
    [
      'notes.md',
      '---\ntitle: x\n---\n\n# A title\n\nSee **the [list](a.md)** of `code`.\n\n```js\n// stay\n```\n',
      '---\ntitle: x\n---\n\n# Á t́ít́ĺé\n\nŚéé **t́h́é [ĺíśt́](a.md)** óf́ `code`.\n\n```js\n// stay\n```\n',
    ],
    [
      'size.ts',
      '// Gives the size.\nexport const size = "of it"; // in bytes\n',
      '// Ǵív́éś t́h́é śíźé.\nexport const size = "of it"; // íń b́ýt́éś\n',
    ],
    [
      'es.json',
      '{"open": "Open the file {0}.", "say": "Say \\"yes\\"."}\n',
      '{"open": "Óṕéń t́h́é f́íĺé {0}.", "say": "Śáý \\"ýéś\\"."}\n',
    ],
    [
      'COMMIT_EDITMSG',
      'Add the list\n\nIt was missing.\n\nSigned-off-by: A B <a@b.example>\n# Please enter\n',
      'Ád́d́ t́h́é ĺíśt́\n\nÍt́ ẃáś ḿíśśíńǵ.\n\nSigned-off-by: A B <a@b.example>\n# Please enter\n',
    ],
  ];
  for (const [name, text, pseudo] of samples) {
    it(`gives ${name} back byte for byte from the model that changes nothing`, () => {
      assert.equal(headlight('translate', '--to', 'es', '--model', 'identity', '--file', file(name, text)), text);
    });
    it(`changes the prose of ${name} and nothing else`, () => {
      const target = headlight('translate', '--to', 'es', '--model', 'pseudo', '--file', file(name, text));
      assert.equal(target.normalize('NFD'), pseudo.normalize('NFD'));
    });
  }

  it('gives a file without a word back', () => {
    const blank = '\n \n\t\n';
    assert.equal(headlight('translate', '--to', 'es', '--file', file('blank.md', blank)), blank);
  });

  it('keeps every span of a real document with the shipped model, and counts how', () => {
    const place = path.join(root, 'CONTRIBUTING.md');
    const { source, target, counts, segments } = translated('--file', place);
    assert.equal(source, readFileSync(place, 'utf8'));
    // A span may stand across two lines, in the source and elsewhere in the target.
    const inOneLine = (text: string) => text.replace(/\s+/g, ' ');
    for (const [code] of inOneLine(source).matchAll(/`[^`]+`/g)) assert.ok(inOneLine(target).includes(code), code);
    assert.equal(target.match(/`/g)?.length, source.match(/`/g)?.length);
    assert.equal(counts.sentences, segments.length);
    const kept = segments.filter(({ spans }) => spans !== undefined).length;
    assert.equal(kept, counts.copied + counts.aligned + counts.constrained);
    assert.ok(kept > 10);
    assert.ok(counts.left / counts.sentences <= 0.02, `${counts.left} of ${counts.sentences} sentences left`);
  });

  it('points each target token at its text, spans moved by alignment among it', () => {
    const { target, segments } = translated(
      '--file',
      file('links.md', 'Open the [first file](a.md) and **save** it.\n'),
    );
    for (const { targetRanges, target: place } of segments)
      for (const [start, end] of targetRanges) assert.ok(start <= end && start >= place[0] && end <= place[1]);
    assert.match(target, /\[[^\]]+\]\(a\.md\)/);
    assert.match(target, /\*\*[^*]+\*\*/);
  });

  it('puts the terms of a glossary in', () => {
    const glossary = file('glossary.json', '{"folder": {"es": "directorio"}, "Workbench": null}');
    const text = file('a.txt', 'Open the folder in the Workbench.\n');
    const { target } = translated('--glossary', glossary, '--file', text);
    assert.match(target, /directorio/);
    assert.match(target, /Workbench/);
    assert.doesNotMatch(target, /carpeta/);
  });

  it('leaves what is in the target language, sentence by sentence', () => {
    const spanish = 'Esta línea ya está escrita en español y no cambia.';
    const text = file(
      'mixed.txt',
      `Open the file and save it.\n\n${spanish}\n\nClose the window when you are ready.\n`,
    );
    const { target, counts } = translated('--file', text);
    assert.ok(target.includes(spanish));
    assert.ok(!target.includes('Open the file'));
    assert.equal(counts.already, 1);
  });

  it('prints segments that concatenate to the file', () => {
    const text = samples[0][1];
    const { segments } = JSON.parse(headlight('segments', '--json', '--file', file('notes.md', text))) as {
      segments: { kind: string; source: [number, number]; protected?: [number, number][] }[];
    };
    assert.equal(segments.map(({ source }) => text.slice(...source)).join(''), text);
    const sentence = segments.find(({ kind }) => kind === 'paragraph');
    assert.deepEqual(
      sentence?.protected?.map(range => text.slice(...range)),
      ['**', '[', '](a.md)', '**', '`code`'],
    );
  });
});
