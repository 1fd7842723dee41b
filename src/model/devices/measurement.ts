// What a device made of the probe's texts and how fast, and whether that is what the CPU made of them. Pure.

/** Times in milliseconds, without that of loading. */
interface Times {
  /** The first translation of one text, with everything that the device compiles for it. */
  readonly firstMs: number;
  /** One text, warm: what a person waits for. */
  readonly singleMs: number;
}

/** One text took so long that the device cannot win: nothing further was run. */
export interface SlowMeasurement extends Times {
  readonly kind: 'slow';
}

/** Numbers of one device over the same texts as every other one's. */
export interface WholeMeasurement extends Times {
  readonly kind: 'whole';
  /** All texts in one batch, warm: how a document goes through. */
  readonly batchMs: number;
  /** `[text][step]`: what greedy search wrote with cached keys and values. */
  readonly targets: readonly (readonly number[])[];
  /** `[text][step]`: of `targets`. */
  readonly logProbabilities: readonly (readonly number[])[];
  /** `[text][step]`: of the reference's targets (its own when there is none), each text in one pass without a cache. */
  readonly forcedLogProbabilities: readonly (readonly number[])[];
}

export type DeviceMeasurement = WholeMeasurement | SlowMeasurement;

/** How far log-probabilities of the same tokens may lie apart: at most, and on average. In nats. */
export interface Tolerance {
  readonly maximum: number;
  readonly mean: number;
}

/**
 * Several times what was measured between the CPU and WebGPU with the probe's texts: fp32 4e-6 at most; eight-bit parameters 0.11 at
 * most and 0.015 on average, because the CPU rounds the activations, too. A device that computes wrong is off by whole nats.
 */
export function toleranceFor(files: readonly string[]): Tolerance {
  if (files.some(file => /_(quantized|u?int8|q8|q4\w*|bnb4)\.onnx$/.test(file))) return { maximum: 0.6, mean: 0.1 };
  if (files.some(file => /_fp16\.onnx$/.test(file))) return { maximum: 0.2, mean: 0.05 };
  return { maximum: 0.02, mean: 0.005 };
}

/** Why `candidate` did not compute what `reference` did, in one clause; undefined when it did. */
export function disagreement(
  reference: WholeMeasurement,
  candidate: WholeMeasurement,
  tolerance: Tolerance,
): string | undefined {
  return (
    distance('a pass without a cache', reference.forcedLogProbabilities, candidate.forcedLogProbabilities, tolerance) ??
    searchDisagreement(reference, candidate, tolerance)
  );
}

function distance(
  where: string,
  reference: WholeMeasurement['logProbabilities'],
  candidate: WholeMeasurement['logProbabilities'],
  { maximum, mean }: Tolerance,
): string | undefined {
  const differences = reference.flatMap((row, text) =>
    row.map((value, step) => Math.abs(value - (candidate[text]?.[step] ?? Number.NaN))),
  );
  if (differences.length === 0) return undefined;
  if (differences.some(Number.isNaN)) return `log-probabilities of ${where} that are no numbers`;
  const largest = Math.max(...differences);
  const average = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  if (largest <= maximum && average <= mean) return undefined;
  return `log-probabilities of ${where} differ from the CPU's by ${largest.toPrecision(2)} (mean ${average.toPrecision(2)})`;
}

/** Two searches may part where the best two tokens are as good as equal; what came before must be alike. */
function searchDisagreement(
  reference: WholeMeasurement,
  candidate: WholeMeasurement,
  tolerance: Tolerance,
): string | undefined {
  const shared: number[] = [];
  for (const [text, expected] of reference.targets.entries()) {
    const found = candidate.targets[text] ?? [];
    const parted = expected.findIndex((id, step) => id !== found[step]);
    shared[text] = parted === -1 ? expected.length : parted;
    if (parted === -1) {
      if (found.length === expected.length) continue;
      return `text ${text + 1} goes on where the CPU's ends`;
    }
    const own = found[parted] === undefined ? Number.NaN : candidate.logProbabilities[text]?.[parted];
    const asExpected = candidate.forcedLogProbabilities[text]?.[parted];
    // The device's own look at the CPU's token: a better one by more than rounding was not there to be found.
    if (!(own - asExpected <= tolerance.maximum))
      return `text ${text + 1} has token ${found[parted] ?? 'none'} at step ${parted + 1}, the CPU has ${expected[parted]}`;
  }
  return distance(
    'the search',
    reference.logProbabilities.map((row, text) => row.slice(0, shared[text])),
    candidate.logProbabilities,
    tolerance,
  );
}
