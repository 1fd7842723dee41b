// Runs a few texts through a loaded model, for the probe: how fast its device is and what it computes. Runs in the engine process.

import type { MeasureDeviceParams } from '../../protocol/engine';
import type { DeviceMeasurement } from '../devices/measurement';
import { search } from '../generation/search';
import type { Hypothesis } from '../generation/sourceSearch';
import type { Seq2SeqModel } from './seq2seqModel';

/** English, which the vocabulary of any model can spell; of several lengths, so that a batch has padding and rows that leave early. */
const texts: readonly string[] = [
  'Open the file and save the settings before you close the window.',
  'Yes.',
  'The server reads its configuration from this folder when it starts, so restart it after every change that you make there.',
  'Select a branch.',
  'If the connection is lost, the editor keeps your changes and sends them again later.',
  'An error occurred while loading the list of extensions.',
  'Press the button twice to copy the text.',
  'This function returns the number of items that were found.',
];

/** Long enough that steps outweigh the encoder, as in use. */
const targetLength = 24;
/** A position less than any model has; longer sources are cut. */
const longestSource = 48;
/** Each warm time is the best of so many, fewer on a device so slow that it cannot win. */
const repetitionCount = 3;
const repetitionBudgetMs = 1500;

/** Errors: `device-failed` when a run fails or gives what is no number; `cancelled`. */
export async function measureDevice(
  model: Seq2SeqModel,
  { referenceTargets, giveUpAboveMs = Number.POSITIVE_INFINITY }: MeasureDeviceParams,
  signal: AbortSignal,
): Promise<DeviceMeasurement> {
  const { tokenizer, architecture } = model.folder;
  const limit = Math.min(longestSource, architecture.maxPositions);
  const sources = texts.map(text =>
    tokenizer
      .encodeRaw(text)
      .slice(0, limit)
      .map(({ id }) => id),
  );
  const steps = Math.min(targetLength, architecture.maxPositions - 1);
  const translateOne = () => translate(model, sources.slice(0, 1), steps, signal);
  const firstMs = await timed(translateOne);
  const singleMs = await bestTime(translateOne);
  if (singleMs > giveUpAboveMs) return { kind: 'slow', firstMs, singleMs };
  const all = await translate(model, sources, steps, signal);
  const targets = all.map(({ tokenIds }) => tokenIds);
  // After one-token steps: onnxruntime 1.30 reused a WebGPU program of a step for a whole pass, and the mask was wrong.
  const forcedLogProbabilities: (readonly number[])[] = [];
  for (const [index, target] of (referenceTargets ?? targets).entries())
    forcedLogProbabilities.push(await model.logProbabilitiesOf(sources[index], target));
  return {
    kind: 'whole',
    firstMs,
    singleMs,
    batchMs: await bestTime(() => translate(model, sources, steps, signal)),
    targets,
    logProbabilities: all.map(({ logProbabilities }) => logProbabilities),
    forcedLogProbabilities,
  };
}

/** The greedy output of each source. */
async function translate(
  model: Seq2SeqModel,
  sources: readonly (readonly number[])[],
  maxNewTokens: number,
  signal: AbortSignal,
): Promise<Hypothesis[]> {
  const config = { ...model.folder.generation, beamCount: 1 };
  const decoder = await model.decoderFor(sources);
  try {
    const limits = sources.map(() => ({ maxNewTokens }));
    return (await search(decoder, limits, config, { signal })).map(([best]) => best);
  } finally {
    decoder.dispose();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function bestTime(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  let best = Number.POSITIVE_INFINITY;
  for (let repetition = 0; repetition < repetitionCount; repetition++) {
    best = Math.min(best, await timed(work));
    if (performance.now() - begun > repetitionBudgetMs) break;
  }
  return best;
}
