// What a head's weights look like in five numbers, for ordering heads. Pure.

/** Means over the rows of one head. */
export interface HeadStatistics {
  /** In bits: 0 reads one column only, log2(columns) reads all alike. */
  readonly entropy: number;
  /** Share of attention on sinks, 0 to 1. */
  readonly sinkMass: number;
  /** Largest share of one column once sinks are left out, 0 to 1: how clearly the head points at something. */
  readonly sharpness: number;
  /** Share of the columns that are the strongest of some row, sinks left out, 0 to 1. */
  readonly coverage: number;
  /** Columns between where a row stands and where it looks; rows and columns are laid over each other end to end. */
  readonly distance: number;
}

/** -w log2(w) by w in steps of 1/4096: a logarithm for each of a million cells is what would take the time. */
const tableSize = 4096;
const surprise = Float32Array.from({ length: tableSize + 1 }, (_, step) => {
  const weight = step / tableSize;
  return weight === 0 ? 0 : -weight * Math.log2(weight);
});

/** `weights`: `[row, column]`, row-major, rows that sum to 1 or to nothing. `sinks`: columns that count as sinks. */
export function headStatistics(
  weights: Float32Array,
  rowCount: number,
  columnCount: number,
  sinks: readonly number[],
): HeadStatistics {
  const isSink = new Uint8Array(columnCount);
  for (const column of sinks) isSink[column] = 1;
  const isStrongest = new Uint8Array(columnCount);
  const stretch = rowCount > 1 ? (columnCount - 1) / (rowCount - 1) : 0;
  let entropy = 0;
  let sinkMass = 0;
  let sharpness = 0;
  let distance = 0;
  for (let row = 0; row < rowCount; row++) {
    const start = row * columnCount;
    const home = row * stretch;
    let hidden = 0;
    let strongest = 0;
    let strongestColumn = -1;
    for (let column = 0; column < columnCount; column++) {
      const weight = weights[start + column];
      if (weight <= 0) continue;
      entropy += surprise[Math.min((weight * tableSize + 0.5) | 0, tableSize)];
      distance += weight * Math.abs(column - home);
      if (isSink[column]) hidden += weight;
      else if (weight > strongest) {
        strongest = weight;
        strongestColumn = column;
      }
    }
    sinkMass += hidden;
    if (strongestColumn < 0) continue;
    isStrongest[strongestColumn] = 1;
    sharpness += strongest / Math.max(1 - hidden, strongest);
  }
  const rows = Math.max(rowCount, 1);
  const covered = isStrongest.reduce((sum, one) => sum + one, 0);
  return {
    entropy: entropy / rows,
    sinkMass: sinkMass / rows,
    sharpness: sharpness / rows,
    coverage: covered / Math.max(columnCount - sinks.length, 1),
    distance: distance / rows,
  };
}
