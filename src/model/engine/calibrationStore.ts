// Heads chosen by calibrations on this machine, one small file for each model. Runs in the engine process.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Calibration } from '../attention/methods';
import { JsonReader } from '../config/jsonReader';
import { readAlignment } from '../config/manifest';
import { HeadlightError, toHeadlightError } from '../errors';
import type { AlignmentHeads, ModelDescription } from '../types';

/** The heads that a calibration chose for the model with this sha256; undefined when there was none. */
export async function readCalibration(sha256: string): Promise<AlignmentHeads | undefined> {
  const file = fileOf(sha256);
  if (!file) return undefined;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw toHeadlightError(error);
  }
  return readAlignment(JsonReader.parse(text, file).optionalObject('alignment'));
}

/** A description with the heads that a calibration chose, where there was one. */
export async function withCalibration(description: ModelDescription): Promise<ModelDescription> {
  const alignment = await readCalibration(description.sha256);
  return alignment ? { ...description, alignment } : description;
}

/** Keeps the answer in the cache folder and, where a model folder is given, in its headlight.json. */
export async function keepCalibration({ modelSha256, heads }: Calibration, modelFolder?: string): Promise<void> {
  const file = fileOf(modelSha256);
  if (!file) throw new HeadlightError('internal', 'the engine was started without a cache folder');
  await mkdir(path.dirname(file), { recursive: true });
  await writeWhole(file, { format: 1, alignment: heads });
  if (modelFolder === undefined) return;
  const manifest = path.join(modelFolder, 'headlight.json');
  const text = await readFile(manifest, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{"format": 1}';
    throw error;
  });
  await writeWhole(manifest, { ...JsonReader.parse(text, 'headlight.json').plain, alignment: heads });
}

/** Under another name first: whoever reads at the same time finds the old file or the new one, each whole. */
async function writeWhole(file: string, value: object): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(value, undefined, 2)}\n`);
  await rename(draft, file);
}

/** The parent names the cache folder; an engine inside a test may have none, and then keeps nothing. */
function fileOf(sha256: string): string | undefined {
  const folder = process.env.HEADLIGHT_CACHE;
  return folder && path.join(folder, 'alignment', `${sha256}.json`);
}
