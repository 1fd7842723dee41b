// Inputs that once broke a promise, as small files: what differs from the model they came from.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { joined } from './byteMutations';
import type { FuzzInput } from './makeInput';
import { modelFixtures } from './modelFiles';
import { subjects } from './subjects';

interface Regression {
  /** What went wrong, for people. */
  readonly problem: string;
  readonly subject: string;
  readonly fixture: string;
  readonly files: Readonly<Record<string, FileChange>>;
}

/** The file of the fixture with bytes `[start, end)` replaced. */
interface FileChange {
  readonly start: number;
  readonly end: number;
  /** Base64 of deflated bytes. */
  readonly insert: string;
}

export function writeRegression(input: FuzzInput, problem: string): string {
  const originals = fixtureNamed(input.fixture).files;
  const files: Record<string, FileChange> = {};
  for (const [name, bytes] of input.files) files[name] = difference(originals.get(name)!, bytes);
  const regression: Regression = {
    problem: problem.split('\n')[0].slice(0, 200),
    subject: input.subject.name,
    fixture: input.fixture,
    files,
  };
  return `${JSON.stringify(regression, undefined, 1)}\n`;
}

export function readRegression(text: string): FuzzInput & { readonly problem: string } {
  const { problem, subject, fixture, files } = JSON.parse(text) as Regression;
  const originals = fixtureNamed(fixture).files;
  const changed = Object.entries(files).map(([name, { start, end, insert }]): [string, Uint8Array] => {
    const original = originals.get(name)!;
    const inserted = inflateRawSync(Buffer.from(insert, 'base64'));
    return [name, joined([original.subarray(0, start), inserted, original.subarray(end)])];
  });
  return { problem, subject: subjects.find(({ name }) => name === subject)!, fixture, files: new Map(changed) };
}

function fixtureNamed(fixture: string) {
  return modelFixtures().find(({ name }) => name === fixture)!;
}

function difference(original: Uint8Array, changed: Uint8Array): FileChange {
  const shorter = Math.min(original.length, changed.length);
  let start = 0;
  while (start < shorter && original[start] === changed[start]) start++;
  let kept = 0;
  while (kept < shorter - start && original[original.length - 1 - kept] === changed[changed.length - 1 - kept]) kept++;
  const insert = deflateRawSync(changed.subarray(start, changed.length - kept)).toString('base64');
  return { start, end: original.length - kept, insert };
}
