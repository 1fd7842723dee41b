// From a result to what the attention panel shows. Pure: knows neither vscode nor the page.

import { HeadlightError } from '../model/errors';
import type { ModelDescription, RunResult, Segment, Token } from '../model/types';
import type { ModelTarget } from '../protocol/engine';
import type { PanelOutput, PanelSegment, PanelToken } from '../protocol/webview';
import { languageName } from './languageNames';

/** One output and the model that made it. */
export interface PanelContent {
  readonly result: RunResult;
  readonly target: ModelTarget;
  readonly description: ModelDescription;
}

const labelLength = 48;

/** The overview of an output. `restore` is handed through to the page, which keeps it. */
export function panelOutput({ result, description }: PanelContent, revision: number, restore: unknown): PanelOutput {
  const source = sourceOf(result);
  return {
    revision,
    modelName: result.model.name,
    device: result.device,
    direction: directionOf(result),
    note: noteOf(result),
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
    alignment: description.alignment,
    restore,
  };
}

/** One segment with token ranges in its own two texts. Errors: `invalid-request` when there is no such segment. */
export function panelSegment({ result }: PanelContent, index: number): PanelSegment {
  const segment = segmentAt(result, index);
  return {
    index,
    source: sourceOf(result).slice(...segment.source),
    target: result.target.slice(...segment.target),
    sourceTokens: segment.sourceTokens.map(token => panelToken(token, segment.source, undefined)),
    targetTokens: segment.targetTokens.map((token, i) =>
      panelToken(token, segment.target, Math.exp(segment.logProbabilities[i])),
    ),
    score: segment.score,
  };
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
function sourceOf(result: RunResult): string {
  return result.pivot?.text ?? result.source;
}

function panelToken(token: Token, [start, end]: Segment['source'], probability: number | undefined): PanelToken {
  const within = (position: number) => Math.min(Math.max(position, start), end) - start;
  return {
    id: token.id,
    text: token.text,
    range: [within(token.range[0]), within(token.range[1])],
    special: token.special,
    unknown: token.unknown,
    probability,
  };
}

function labelOf(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  const characters = [...line.slice(0, 2 * labelLength)];
  return characters.length > labelLength ? `${characters.slice(0, labelLength - 1).join('')}…` : line;
}

function directionOf({ task, from, to, pivot }: RunResult): string {
  if (task === 'raw') return 'Raw output';
  if (task === 'translate')
    return from && to ? `${languageName(from, 'en')} to ${languageName(to, 'en')}` : 'Translation';
  const language = pivot?.from ?? from;
  return language ? `Summary of ${languageName(language, 'en')} text` : 'Summary';
}

function noteOf({ pivot }: RunResult): string | undefined {
  if (!pivot) return undefined;
  return `The ${languageName(pivot.from, 'en')} text was translated to ${languageName(pivot.to, 'en')} first; the source below is that translation.`;
}
