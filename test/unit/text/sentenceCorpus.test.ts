import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findProtectedSpans } from '../../../src/model/text/protectedSpans';
import { sentencesOfProse } from '../../../src/model/text/sentences';
import { root } from '../../support/paths';

interface Sample {
  readonly text: string;
  readonly sentences: readonly string[];
}

const leastShare = 0.97;

function samplesOf(name: string): Sample[] {
  return JSON.parse(readFileSync(path.join(root, 'test', 'fixtures', 'text', 'sentences', name), 'utf8'));
}

function cut(text: string): string[] {
  const spans = findProtectedSpans(text).map(({ range }) => range);
  return [...sentencesOfProse(text, spans)].map(range => text.slice(...range));
}

describe('sentences of real documents', () => {
  for (const name of ['heldOut.json', 'tuned.json']) {
    const samples = samplesOf(name);
    const wrong = samples.filter(({ text, sentences }) => JSON.stringify(cut(text)) !== JSON.stringify(sentences));
    const share = 1 - wrong.length / samples.length;
    it(`are found in ${name}: ${(100 * share).toFixed(1)} % of ${samples.length} paragraphs wholly right`, () => {
      assert.ok(samples.length >= 100);
      assert.ok(share >= leastShare, wrong.map(({ text }) => cut(text).join(' ¶ ')).join('\n'));
    });
  }
});
