// Options of `attention` and the command `calibrate`: what they take, and what to say about wrong ones.

import { type ExportFormat, exportFormats } from '../model/attention/attentionDocument';
import { type AttentionKind, attentionKinds } from '../model/attention/maps';
import { type AttentionMethod, attentionMethods } from '../model/attention/methods';
import { UsageError } from './usageError';

/** What `attention` shows and how. Undefined: the default of `pictureOf`. */
export interface AttentionOptions {
  readonly method: AttentionMethod;
  readonly format: ExportFormat;
  readonly kind: AttentionKind | undefined;
  readonly layerIndex: number | undefined;
  readonly headIndex: number | undefined;
}

/** As the command line gives them. */
export interface AttentionValues {
  readonly json?: boolean;
  readonly lines?: boolean;
  readonly method?: string;
  readonly format?: string;
  readonly kind?: string;
  readonly layer?: string;
  readonly head?: string;
}

/** Options of no other command; `format` has another meaning there. */
export const attentionOnlyOptions = ['method', 'kind', 'layer', 'head'] as const;

export const calibrateOnlyOptions = ['pairs', 'write'] as const;

export const attentionOptionTypes = {
  method: { type: 'string' },
  kind: { type: 'string' },
  layer: { type: 'string' },
  head: { type: 'string' },
  pairs: { type: 'string' },
  write: { type: 'boolean' },
} as const;

export const attentionHelp = `--method M            of attention: ${attentionMethods.join(', ')} (default: raw)
  --format F            of attention: ${exportFormats.join(', ')} (default: json, which is also --json)
  --kind K, --layer N, --head N
                        what csv, svg and png show: ${attentionKinds.join(', ')} (default: cross); numbers from 0
                        (default: the last layer, the mean of its heads)`;

export const calibrateHelp = `--pairs PATH          calibrate on these: a text, a tab and its translation on each line
  --write               keep the calibration in headlight.json of the model folder, too`;

/** Errors: UsageError for a value that is not one, or for options that cannot stand together. */
export function attentionOptions(values: AttentionValues): AttentionOptions {
  const { json, lines } = values;
  const format = oneOf('--format', exportFormats, values.format) ?? 'json';
  if (json && format !== 'json')
    throw new UsageError(`--json is --format json: it cannot stand with --format ${format}`);
  const method = oneOf('--method', attentionMethods, values.method) ?? (format === 'pharaoh' ? 'alignment' : 'raw');
  if (format === 'pharaoh' && method !== 'alignment')
    throw new UsageError(`--format pharaoh writes the links of --method alignment, not of ${method}`);
  const choice = (['kind', 'layer', 'head'] as const).find(name => values[name] !== undefined);
  if (choice && (format === 'json' || method === 'alignment'))
    throw new UsageError(
      `--${choice} chooses what csv, svg and png show of maps: ${format} of ${method} holds all there is`,
    );
  if (lines && (format === 'svg' || format === 'png'))
    throw new UsageError(`--format ${format} is one file: it cannot stand with --lines`);
  return {
    method,
    format,
    kind: oneOf('--kind', attentionKinds, values.kind),
    layerIndex: index('--layer', values.layer),
    headIndex: index('--head', values.head),
  };
}

function oneOf<Name extends string>(
  option: string,
  names: readonly Name[],
  value: string | undefined,
): Name | undefined {
  if (value === undefined) return undefined;
  const name = names.find(candidate => candidate === value);
  if (name === undefined) throw new UsageError(`${option} takes ${names.join(', ')}, found "${value}"`);
  return name;
}

function index(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,6}$/.test(value)) throw new UsageError(`${option} takes a whole number from 0, found "${value}"`);
  return Number(value);
}
