// Defects on purpose: a reader that breaks every promise for some inputs, to see that the fuzzer finds it.

import type { ModelFiles } from './modelFiles';

/** What it does wrong depends on the length of config.json. */
export function planted(files: ModelFiles): void {
  const length = files.get('config.json')?.length ?? 0;
  if (length % 7 === 1) throw new TypeError('planted: not a typed error');
  if (length % 7 === 2) hold(4000);
  if (length % 7 === 3) keep(1 << 30);
  if (length % 7 === 4) for (;;) hold(1000);
}

function hold(milliseconds: number): void {
  const end = Date.now() + milliseconds;
  while (Date.now() < end);
}

function keep(bytes: number): void {
  const kept: Uint8Array[] = [];
  for (let total = 0; total < bytes; total += 1 << 24) kept.push(new Uint8Array(1 << 24).fill(1));
  if (kept.length === 0) throw new TypeError('planted: nothing was kept');
}
