// Defects on purpose: a reader that breaks every promise for some inputs, to see that the fuzzer finds it.

import type { ModelFiles } from './modelFiles';

export type PlantedDefect = 'throws' | 'slow' | 'grows' | 'hangs';

/** Undefined: these files are read without a defect. */
export function plantedDefectOf(files: ModelFiles): PlantedDefect | undefined {
  const length = files.get('config.json')?.length ?? 0;
  return (['throws', 'slow', 'grows', 'hangs'] as const)[length % 9];
}

export function planted(files: ModelFiles): void {
  const defect = plantedDefectOf(files);
  if (defect === 'throws') throw new TypeError('planted: not a typed error');
  if (defect === 'slow') compute(3000);
  if (defect === 'grows') fillMemory(1 << 30);
  if (defect === 'hangs') compute(Number.POSITIVE_INFINITY);
}

/** Takes the processor for so many milliseconds of it, whatever else runs. */
function compute(milliseconds: number): void {
  const start = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(start);
    if ((user + system) / 1000 > milliseconds) return;
  }
}

function fillMemory(bytes: number): void {
  const kept: Uint8Array[] = [];
  for (let total = 0; total < bytes; total += 1 << 24) kept.push(new Uint8Array(1 << 24).fill(1));
  if (kept.length === 0) throw new TypeError('planted: nothing was kept');
}
