// Random numbers that a seed repeats on every machine.

/** The generator sfc32 of PractRand, seeded by two numbers: one of the run, one of the input. */
export class Random {
  private readonly state: Uint32Array;

  constructor(seed: number, stream: number) {
    this.state = Uint32Array.of(seed, stream, 0x9e3779b9, 1);
    for (let round = 0; round < 16; round++) this.next();
  }

  /** A whole number from 0 to 2^32 - 1. */
  next(): number {
    const { state } = this;
    const sum = (state[0] + state[1] + state[3]) >>> 0;
    state[3]++;
    state[0] = state[1] ^ (state[1] >>> 9);
    state[1] = state[2] + (state[2] << 3);
    state[2] = ((state[2] << 21) | (state[2] >>> 11)) + sum;
    return sum;
  }

  /** A whole number from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor((this.next() / 2 ** 32) * count);
  }

  /** True once in `count` times. */
  once(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('there is nothing to pick from');
    return items[this.below(items.length)];
  }

  /** Mostly small, at most `most`: as many sizes of one bit as of twenty. */
  size(most: number): number {
    return Math.min(most, this.below(2 ** this.below(Math.ceil(Math.log2(most + 1)) + 1)) + 1);
  }
}
