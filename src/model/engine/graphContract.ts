// What the graphs of an export must take and give to be run: names and sizes as Optimum writes them. Runs in the engine process.

import type { Architecture } from '../config/architecture';
import { excerpt, HeadlightError } from '../errors';
import type { OnnxValue } from '../onnx/graphReader';
import { type DecoderFiles, onnxFilesOf } from './decoderFiles';
import type { OnnxFile } from './onnxFile';

/** Names of the cached keys and values of one layer, without their `past_key_values.` or `present.`. */
export function cacheNames(layerCount: number, part: 'decoder' | 'encoder'): string[] {
  return Array.from({ length: layerCount }, (_, layer) => [`${layer}.${part}.key`, `${layer}.${part}.value`]).flat();
}

/** Errors: `unsupported-architecture` for other inputs or outputs, `model-file-mismatch` for other sizes than config.json says. */
export function checkEncoder(file: OnnxFile, architecture: Architecture): void {
  const { inputs, outputs } = file.model.graph;
  requireNames(file, 'inputs', inputs, ['input_ids', 'attention_mask']);
  requireNames(file, 'outputs', outputs, ['last_hidden_state']);
  requireDim(file, outputs, 'last_hidden_state', 2, architecture.modelDimension, 'd_model');
}

/** As `checkEncoder`. */
export function checkDecoder(decoder: DecoderFiles, architecture: Architecture): void {
  const selfCache = cacheNames(architecture.decoderLayerCount, 'decoder');
  const crossCache = cacheNames(architecture.decoderLayerCount, 'encoder');
  const allCache = [...selfCache, ...crossCache];
  const past = allCache.map(name => `past_key_values.${name}`);
  const base = ['input_ids', 'encoder_attention_mask'];
  if (decoder.layout === 'merged') {
    const { merged } = decoder;
    requireNames(merged, 'inputs', merged.model.graph.inputs, [
      ...base,
      'encoder_hidden_states',
      'use_cache_branch',
      ...past,
    ]);
    requireNames(merged, 'outputs', merged.model.graph.outputs, ['logits', ...allCache.map(name => `present.${name}`)]);
  } else if (decoder.layout === 'uncached') {
    requireNames(decoder.first, 'inputs', decoder.first.model.graph.inputs, [...base, 'encoder_hidden_states']);
    requireNames(decoder.first, 'outputs', decoder.first.model.graph.outputs, ['logits']);
  } else {
    const { first, withPast } = decoder;
    requireNames(first, 'inputs', first.model.graph.inputs, [...base, 'encoder_hidden_states']);
    requireNames(first, 'outputs', first.model.graph.outputs, ['logits', ...allCache.map(name => `present.${name}`)]);
    requireNames(withPast, 'inputs', withPast.model.graph.inputs, [...base, ...past]);
    requireNames(withPast, 'outputs', withPast.model.graph.outputs, [
      'logits',
      ...selfCache.map(name => `present.${name}`),
    ]);
  }
  for (const file of onnxFilesOf(decoder)) {
    const { inputs, outputs } = file.model.graph;
    refuseMoreLayers(file, architecture);
    requireDim(file, outputs, 'logits', 2, architecture.vocabularySize, 'the vocabulary size');
    requireDim(file, inputs, 'encoder_hidden_states', 2, architecture.modelDimension, 'd_model');
    for (const name of past) {
      requireDim(file, inputs, name, 1, architecture.decoderHeadCount, 'the number of decoder heads');
      requireDim(file, inputs, name, 3, architecture.headDimension, 'the dimension of heads');
    }
  }
}

function requireNames(file: OnnxFile, what: string, values: readonly OnnxValue[], names: readonly string[]): void {
  const present = new Set(values.map(value => value.name));
  const absent = names.filter(name => !present.has(name));
  if (absent.length === 0) return;
  const names8 = values.slice(0, 8).map(value => value.name);
  const found = excerpt(names8.join(', ')) || 'none';
  throw new HeadlightError(
    'unsupported-architecture',
    `${file.name}: expected the ${what} of an encoder-decoder export; ${absent.slice(0, 4).join(', ')} missing, found ${found}`,
    { file: file.name, rule: `${what} ${absent.slice(0, 4).join(', ')}`, found },
  );
}

/** More cached layers than config.json says: the file belongs to a deeper model. */
function refuseMoreLayers(file: OnnxFile, { decoderLayerCount }: Architecture): void {
  const extra = file.model.graph.outputs.find(({ name }) => name === `present.${decoderLayerCount}.decoder.key`);
  if (extra) throw mismatch(file, `decoder_layers ${decoderLayerCount} of config.json`, `an output ${extra.name}`);
}

function requireDim(
  file: OnnxFile,
  values: readonly OnnxValue[],
  name: string,
  axis: number,
  expected: number,
  meaning: string,
): void {
  const found = values.find(value => value.name === name)?.dims?.[axis];
  if (typeof found !== 'number' || found === expected) return;
  throw mismatch(file, `${name} has ${meaning} ${expected} of config.json on axis ${axis}`, String(found));
}

function mismatch(file: OnnxFile, rule: string, found: string): HeadlightError {
  return new HeadlightError(
    'model-file-mismatch',
    `${file.name}: expected that ${rule}, found ${found}: it belongs to another model`,
    {
      file: file.name,
      rule,
      found,
    },
  );
}
