// Attention maps made smaller: for thumbnails, and for texts too long to draw cell by cell. Pure.

/** Square-root companding: small weights keep their differences, at most 0.004 off (see `weightOfLevel`). */
export function levelOfWeight(weight: number): number {
  return weight <= 0 ? 0 : weight >= 1 ? 255 : Math.round(Math.sqrt(weight) * 255);
}

/** The weight in the middle of what a level stands for. */
export function weightOfLevel(level: number): number {
  return (level / 255) ** 2;
}

/** How many cells of a side become one, so that no more than `limit` are left. */
export function poolSize(count: number, limit: number): number {
  return Math.max(1, Math.ceil(count / limit));
}

export interface Thumbnails {
  /** `[picture, row, column]` levels as `levelOfWeight` gives them: one picture for each head, then the mean and the maximum. */
  readonly levels: Uint8Array<ArrayBuffer>;
  readonly rowCount: number;
  readonly columnCount: number;
}

/**
 * Thumbnails of one layer, `[head, row, column]`, no side longer than `limit`: each pixel is the strongest of its cells, so that a
 * thin line stays a line.
 */
export function thumbnails(
  layer: Float32Array,
  [headCount, rowCount, columnCount]: readonly [number, number, number],
  limit: number,
): Thumbnails {
  const rowPool = poolSize(rowCount, limit);
  const columnPool = poolSize(columnCount, limit);
  const rows = Math.ceil(rowCount / rowPool);
  const columns = Math.ceil(columnCount / columnPool);
  const size = rows * columns;
  const levels = new Uint8Array((headCount + 2) * size);
  const strongest = new Float32Array(size);
  const sum = new Float32Array(size);
  const maximum = new Float32Array(size);
  for (let head = 0; head < headCount; head++) {
    strongest.fill(0);
    for (let row = 0; row < rowCount; row++) {
      const from = (head * rowCount + row) * columnCount;
      const to = Math.floor(row / rowPool) * columns;
      if (columnPool === 1) {
        for (let column = 0; column < columnCount; column++) {
          const weight = layer[from + column];
          if (weight > strongest[to + column]) strongest[to + column] = weight;
        }
        continue;
      }
      for (let column = 0, cell = to; column < columnCount; cell++) {
        const end = Math.min(column + columnPool, columnCount);
        let best = strongest[cell];
        for (; column < end; column++) if (layer[from + column] > best) best = layer[from + column];
        strongest[cell] = best;
      }
    }
    for (let cell = 0; cell < size; cell++) {
      const weight = strongest[cell];
      levels[head * size + cell] = levelOfWeight(weight);
      sum[cell] += weight;
      if (weight > maximum[cell]) maximum[cell] = weight;
    }
  }
  for (let cell = 0; cell < size; cell++) {
    levels[headCount * size + cell] = levelOfWeight(sum[cell] / headCount);
    levels[(headCount + 1) * size + cell] = levelOfWeight(maximum[cell]);
  }
  return { levels, rowCount: rows, columnCount: columns };
}

/**
 * `[row, column]` weights with `rowPool` rows and `columnPool` columns made one: columns add up, rows are averaged, so that rows that
 * summed to 1 still do.
 */
export function pooled(
  weights: Float32Array,
  rowCount: number,
  columnCount: number,
  rowPool: number,
  columnPool: number,
): Float32Array<ArrayBuffer> {
  const rows = Math.ceil(rowCount / rowPool);
  const columns = Math.ceil(columnCount / columnPool);
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rowCount; row++) {
    const to = Math.floor(row / rowPool);
    const share = 1 / Math.min(rowPool, rowCount - to * rowPool);
    for (let column = 0; column < columnCount; column++)
      result[to * columns + Math.floor(column / columnPool)] += weights[row * columnCount + column] * share;
  }
  return result;
}

/** The strongest of all heads, cell by cell: `[head, row, column]` in, `[row, column]` out. Its rows sum to 1 or more. */
export function maximumOverHeads(layer: Float32Array, headCount: number): Float32Array<ArrayBuffer> {
  const size = layer.length / headCount;
  const maximum = layer.slice(0, size) as Float32Array<ArrayBuffer>;
  for (let from = size; from < layer.length; from += size)
    for (let cell = 0; cell < size; cell++) if (layer[from + cell] > maximum[cell]) maximum[cell] = layer[from + cell];
  return maximum;
}
