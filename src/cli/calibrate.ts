// The terminal's `calibrate`: chooses the heads of word alignments and says what they gain.

import { readFile } from 'node:fs/promises';
import type { EngineProcess } from '../client/engineProcess';
import type { Calibration } from '../model/attention/methods';
import { HeadlightError } from '../model/errors';
import type { AlignmentHeads } from '../model/types';
import type { ModelTarget } from '../protocol/engine';
import type { CalibrateCommand } from './usage';

/** What to print. Errors: those of the engine; `invalid-request` for a file of pairs that cannot be read as one. */
export async function calibrate(
  engine: Pick<EngineProcess, 'call'>,
  target: ModelTarget,
  { pairs, write, json }: CalibrateCommand,
): Promise<string> {
  const given = pairs === undefined ? undefined : await readPairs(pairs);
  const calibration = await engine.call('calibrate', { ...target, pairs: given, write });
  return json ? `${JSON.stringify(calibration)}\n` : describeCalibration(calibration);
}

async function readPairs(file: string): Promise<[string, string][]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new HeadlightError('invalid-request', `--pairs ${file}: expected a readable file, found: ${found}`, {
      found,
    });
  }
  const lines = text.split(/\r?\n/).filter(line => line.trim() !== '');
  return lines.map((line, index) => {
    const [source, target, ...rest] = line.split('\t');
    if (!source?.trim() || !target?.trim() || rest.length > 0)
      throw new HeadlightError(
        'invalid-request',
        `--pairs ${file}: line ${index + 1} holds a text, a tab and its translation; found "${line.slice(0, 60)}"`,
        { rule: 'a text, a tab and its translation', found: line.slice(0, 60) },
      );
    return [source, target];
  });
}

/** A table of what was tried, best first, and the answer. */
function describeCalibration(calibration: Calibration): string {
  const { before, heads, itemCount, pairCount, rightBefore, rightAfter, candidates } = calibration;
  const share = (right: number) => `${((100 * right) / itemCount).toFixed(1).padStart(5)} %`;
  const row = (name: string, right: number) => `${share(right)}  ${name}\n`;
  return [
    `${itemCount} names, numbers and code spans in ${pairCount} pairs, linked right:\n`,
    row(`before: ${describeHeads(before)}`, rightBefore),
    row(`now:    ${describeHeads(heads)}`, rightAfter),
    '\nMeans of layers:\n',
    ...candidates.slice(0, 8).map(candidate => row(describeHeads(candidate.heads), candidate.right)),
  ].join('');
}

/** Layers and heads counted from 0, as headlight.json has them. */
function describeHeads({ layer, heads, inputShift, norm }: AlignmentHeads): string {
  const shift = inputShift ? 'read at the next step' : 'read at its own step';
  return `layer ${layer}, heads ${heads.join(', ')}, ${shift}${norm ? ', norm-weighted' : ''}`;
}
