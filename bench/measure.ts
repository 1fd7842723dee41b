// Timing and printing for the benchmarks: best of several rounds, because other programs only ever add time.

import { readFileSync } from 'node:fs';

export const roundCount = 5;

/** One row of the table. `lower`: less is better. */
export interface Measurement {
  readonly name: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  readonly values: readonly number[];
}

export function best({ values, better }: Measurement): number {
  return better === 'lower' ? Math.min(...values) : Math.max(...values);
}

export function printTable(measurements: readonly Measurement[]): void {
  const width = Math.max(...measurements.map(({ name }) => name.length));
  for (const measurement of measurements) {
    const digits = measurement.unit === 'x' ? 2 : measurement.unit === 'ms' && best(measurement) < 10 ? 1 : 0;
    const all = measurement.values.map(value => value.toFixed(digits)).join(', ');
    const value = `${best(measurement).toFixed(digits)} ${measurement.unit}`;
    console.log(`${measurement.name.padEnd(width)}  ${value.padStart(14)}   of ${all}`);
  }
}

/** Most memory that a process ever had resident, in MB. Linux only; undefined elsewhere. */
export function peakMemoryMb(processId: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

export const paragraph =
  'The extension reads the configuration file when the editor starts. If the file does not exist, it creates a new one with ' +
  'default values. Each setting has a description, and a wrong value is reported with its line number. You can change the ' +
  'folder for temporary files in the settings. The server must be started again after this change.';
