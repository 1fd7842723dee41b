// Turns "translate this text" into an engine request, with the model, device and language that the settings ask for.

import { createHash } from 'node:crypto';
import type * as vscode from 'vscode';
import { toHeadlightError } from '../model/errors';
import type { ModelDescription, Task } from '../model/types';
import type { CallOptions } from '../protocol/channel';
import type { DocumentParams, ModelTarget, Priority, RunProgress } from '../protocol/engine';
import type { EngineGateway } from './engineGateway';
import type { PanelContent } from './panelOutput';
import type { ModelUse, Settings } from './settings';
import type { SourceLanguages } from './sourceLanguages';
import type { TargetLanguage } from './targetLanguage';

export type TaskKind = 'translate' | 'summarize';

export interface TextRequest {
  readonly kind: TaskKind;
  readonly text: string;
  readonly priority: Priority;
  /** Where the text comes from; settings may differ by workspace folder. */
  readonly resource: vscode.Uri;
  /** Language to translate to. Absent: the one that the settings and earlier choices ask for. */
  readonly to?: string;
  /** Language of the text. Absent: what a person said of the resource, else detected. */
  readonly from?: string;
  /** True: what is in the target language already stays. Absent: it goes to the other language that was chosen last. */
  readonly keepsTarget?: boolean;
  /** What the text is, for translations. Absent: lines of which nothing is known. */
  readonly document?: DocumentParams;
}

export function modelUseOf(kind: TaskKind): ModelUse {
  return kind === 'translate' ? 'translation' : 'summary';
}

export class TaskRunner {
  private last: PanelContent | undefined;

  constructor(
    private readonly gateway: EngineGateway,
    private readonly settings: Settings,
    private readonly targetLanguage: TargetLanguage,
    private readonly sourceLanguages: SourceLanguages,
    /** Where the extension may keep files. */
    private readonly storageFolder: string,
  ) {}

  /** The last output that somebody asked for; hovers don't count. */
  get lastOutput(): PanelContent | undefined {
    return this.last;
  }

  /** Errors: those of the engine, of the model setting and of the target language; `cancelled` when the signal aborts. */
  async run(request: TextRequest, options: CallOptions<RunProgress>): Promise<PanelContent> {
    const target = this.modelTarget(modelUseOf(request.kind), request.resource);
    const description = await this.gateway.describe(target.folder);
    const result = await this.gateway.run(
      {
        ...target,
        text: request.text,
        task: this.task(request, description),
        segmentation: 'sentences',
        options: { beamCount: this.settings.beamCount },
        priority: request.priority,
        document: request.document && { ...request.document, keepIn: this.keptFolder },
        glossary: this.settings.glossary(request.resource),
      },
      description,
      options,
    );
    const output: PanelContent = { result, target, description };
    if (request.priority === 'interactive') this.remember(output);
    return output;
  }

  /** As `run` for one of `partCount` selections. Undefined for one of several that has no words: the others need not fail for it. */
  async runPart(
    request: TextRequest,
    partCount: number,
    options: CallOptions<RunProgress>,
  ): Promise<PanelContent | undefined> {
    try {
      return await this.run(request, options);
    } catch (error) {
      if (partCount > 1 && toHeadlightError(error).code === 'source-empty') return undefined;
      throw error;
    }
  }

  /** The prose of a document, its blocks apart by blank lines, and how many there are. Errors: those of the parsers. */
  async prose(text: string, document: DocumentParams): Promise<{ readonly text: string; readonly blockCount: number }> {
    const segments = await this.gateway.segments({ text, document });
    const blocks: string[] = [];
    let last: number | undefined;
    for (const { text: sentence, block } of segments) {
      if (sentence === undefined) continue;
      if (block !== last) blocks.push(sentence);
      else blocks[blocks.length - 1] += ` ${sentence}`;
      last = block;
    }
    return { text: blocks.join('\n\n'), blockCount: blocks.length };
  }

  /** Forgets translated sentences, in memory and on disk. */
  clearKept(): Promise<undefined> {
    return this.gateway.clearSentences(this.storageFolder);
  }

  private get keptFolder(): string | undefined {
    return this.settings.keepTranslations ? this.storageFolder : undefined;
  }

  /** Makes an output that was known before the last one. */
  remember(output: PanelContent): void {
    this.last = output;
  }

  /** What distinguishes two runs over the same text; a cached output is good for as long as it stays the same. */
  cacheKey(request: TextRequest): string {
    const { kind, resource, text, document } = request;
    const { folder, device } = this.modelTarget(modelUseOf(kind), resource);
    const { beamCount, targetLanguage } = this.settings;
    const ofTranslation =
      kind === 'translate' ? [targetLanguage, this.settings.glossary(resource), digestOf(document)] : [];
    return JSON.stringify([kind, folder, device, beamCount, this.fromOf(request), ...ofTranslation, text]);
  }

  /** Errors: `model-folder-missing` when the setting can mean no folder. */
  modelTarget(use: ModelUse, resource?: vscode.Uri): ModelTarget {
    return { folder: this.settings.modelFolder(use, resource), device: this.settings.device };
  }

  private fromOf({ from, resource }: TextRequest): string | undefined {
    return from ?? this.sourceLanguages.of(resource.toString());
  }

  private task(request: TextRequest, description: ModelDescription): Task {
    const { kind, to: wanted, keepsTarget } = request;
    const from = this.fromOf(request);
    if (kind === 'summarize') return { kind, from };
    if (wanted !== undefined) return { kind, to: wanted, from };
    const { to, alternateTo } = this.targetLanguage.choose(description);
    return keepsTarget ? { kind, to, from } : { kind, to, from, alternateTo: alternateTo ?? 'any' };
  }
}

/** Short, whatever the length of the document that a selection stands in. */
function digestOf(document: DocumentParams | undefined): string | undefined {
  return document && createHash('sha256').update(JSON.stringify(document)).digest('base64');
}
