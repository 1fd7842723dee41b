// From a result to what the attention panel shows. Pure: knows neither vscode nor the page.

import { type AttentionMethod, attentionMethods } from '../model/attention/methods';
import { HeadlightError } from '../model/errors';
import type { ModelDescription, RunResult, Segment, Token } from '../model/types';
import type { ModelTarget } from '../protocol/engine';
import type { PanelOutput, PanelSegment, PanelTask, PanelToken, VariantKind } from '../protocol/webview';
import { languageName } from './languageNames';

/** One output and the model that made it. */
export interface PanelContent {
  readonly result: RunResult;
  readonly target: ModelTarget;
  readonly description: ModelDescription;
  /** The one method of an attention file, shown without a model; undefined: there is a model. */
  readonly fileMethod?: AttentionMethod;
}

/** One output of one segment. Its token ranges are in `target`, the source tokens' in the whole source. */
export interface Variant extends Pick<Segment, 'sourceTokens' | 'targetTokens' | 'logProbabilities'> {
  readonly kind: VariantKind;
  readonly target: string;
}

const labelLength = 48;

/** The overview of an output, languages named in `displayLocale`. `restore` is handed through to the page, which keeps it. */
export function panelOutput(
  { result, description, fileMethod }: PanelContent,
  revision: number,
  restore: unknown,
  displayLocale: string,
): PanelOutput {
  const source = sourceOf(result);
  return {
    revision,
    modelName: result.model.name,
    device: result.device,
    task: taskOf(result, displayLocale),
    segments: result.segments.map((segment, index) => ({ index, label: labelOf(source.slice(...segment.source)) })),
    layerCounts: {
      encoder: description.encoderLayerCount,
      decoder: description.decoderLayerCount,
      cross: description.decoderLayerCount,
    },
    headCounts: {
      encoder: description.encoderHeadCount,
      decoder: description.decoderHeadCount,
      cross: description.decoderHeadCount,
    },
    isFile: fileMethod !== undefined,
    methods: fileMethod ? [fileMethod] : attentionMethods,
    restore,
  };
}

/** The output of a segment as it was written. Errors: `invalid-request` when there is no such segment. */
export function originalOf(result: RunResult, index: number): Variant {
  const { target, sourceTokens, targetTokens, logProbabilities } = segmentAt(result, index);
  const [start, end] = target;
  return {
    kind: 'original',
    target: result.target.slice(start, end),
    sourceTokens,
    targetTokens: targetTokens.map(token => ({ ...token, range: within(token.range, target) })),
    logProbabilities,
  };
}

/**
 * One output of a segment with token ranges in its own two texts. `variants`: all there are, the original first. Errors:
 * `invalid-request` when there is no such segment or output.
 */
export function panelSegment(
  { result }: PanelContent,
  index: number,
  variants: readonly Variant[] = [originalOf(result, index)],
  variantIndex = 0,
): PanelSegment {
  const { source } = segmentAt(result, index);
  const before = index > 0 ? result.segments[index - 1] : undefined;
  const text = sourceOf(result);
  const shown = variants[variantIndex];
  if (!shown)
    throw new HeadlightError('invalid-request', `segment ${index} has no output ${variantIndex}`, {
      rule: `0 <= output < ${variants.length}`,
      found: variantIndex,
    });
  return {
    index,
    variantIndex,
    variants: variants.map(variant => ({ kind: variant.kind, target: variant.target, score: scoreOf(variant) })),
    source: text.slice(...source),
    target: shown.target,
    sourceBefore: text.slice(before?.source[1] ?? 0, source[0]),
    targetBefore: result.target.slice(before?.target[1] ?? 0, result.segments[index].target[0]),
    sourceTokens: shown.sourceTokens.map(token => panelToken(token, within(token.range, source), undefined)),
    targetTokens: shown.targetTokens.map((token, i) =>
      panelToken(token, token.range, Math.exp(shown.logProbabilities[i])),
    ),
    score: scoreOf(shown),
  };
}

function scoreOf({ logProbabilities }: Variant): number {
  return logProbabilities.reduce((sum, value) => sum + value, 0) / Math.max(logProbabilities.length, 1);
}

/** Errors: `invalid-request` when there is no such segment. */
export function segmentAt(result: RunResult, index: number): Segment {
  const segment = result.segments[index];
  if (!segment)
    throw new HeadlightError(
      'invalid-request',
      `segment ${index} is not one of the ${result.segments.length} segments`,
      {
        rule: `0 <= segment < ${result.segments.length}`,
        found: index,
      },
    );
  return segment;
}

/** The text that the segments' source ranges are in: after a pivot the translation in between. */
export function sourceOf(result: RunResult): string {
  return result.pivot?.text ?? result.source;
}

function within(range: Token['range'], [start, end]: Segment['source']): Token['range'] {
  const inside = (position: number) => Math.min(Math.max(position, start), end) - start;
  return [inside(range[0]), inside(range[1])];
}

function panelToken(token: Token, range: Token['range'], probability: number | undefined): PanelToken {
  const { id, text, special, unknown } = token;
  return { id, text, range, special, unknown, probability };
}

function labelOf(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  const characters = [...line.slice(0, 2 * labelLength)];
  return characters.length > labelLength ? `${characters.slice(0, labelLength - 1).join('')}…` : line;
}

function taskOf({ task: kind, from, to, pivot }: RunResult, displayLocale: string): PanelTask {
  const name = (tag: string) => languageName(tag, displayLocale);
  return {
    kind,
    from: from && name(from),
    to: to && name(to),
    pivot: pivot && { from: name(pivot.from), to: name(pivot.to) },
  };
}
