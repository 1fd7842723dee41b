// Numbers for reading: a measurement is not known to more than two digits. Pure.

/** 0.25 -> 0.3, 3.02 -> 3.0, 41.7 -> 42, 539 -> 539. */
export function twoDigits(value: number): string {
  return value.toFixed(value < 9.95 ? 1 : 0);
}
