// Reads Headlight's settings, typed and fresh at every use, so that a change takes effect at the next request. For a value that
// package.json does not allow its default counts, and `unusable` names it.

import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { GlossaryEntries } from '../model/text/glossary';
import type { DeviceName } from '../model/types';
import { expandModelPath } from './modelPaths';
import { acceptsValue, type SettingSchema } from './settingSchema';

export type HoverContent = 'summary' | 'translation';
export type HoverMode = 'off' | 'selection' | 'paragraphs';
export type LogLevelName = 'error' | 'warning' | 'info' | 'debug';
export type ModelUse = 'translation' | 'summary';

const section = 'headlight';

/** Full ids, for links to the settings editor and for change events. */
export const settingIds = {
  translationModel: 'headlight.translationModel',
  summaryModel: 'headlight.summaryModel',
  device: 'headlight.device',
  cudaLibraries: 'headlight.cudaLibraries',
  targetLanguage: 'headlight.targetLanguage',
  beamCount: 'headlight.beamCount',
  hoverMode: 'headlight.hover.mode',
  hoverMinimumLength: 'headlight.hover.minimumParagraphLength',
  unloadAfterMinutes: 'headlight.unloadAfterMinutes',
  logLevel: 'headlight.logLevel',
} as const;

export function modelSettingId(use: ModelUse): string {
  return use === 'translation' ? settingIds.translationModel : settingIds.summaryModel;
}

/** Where settings are written, the nearest first. */
const levels = [
  ['workspaceFolder', vscode.ConfigurationTarget.WorkspaceFolder],
  ['workspace', vscode.ConfigurationTarget.Workspace],
  ['global', vscode.ConfigurationTarget.Global],
] as const;

/** A setting whose value cannot be used. */
export interface UnusableSetting {
  readonly id: string;
  /** As JSON. */
  readonly found: string;
  /** What to write instead, in the language of VS Code. */
  readonly rule: string;
}

export class Settings {
  private readonly schemas: Readonly<Record<string, SettingSchema>>;
  private readonly extensionKind: vscode.ExtensionKind;

  /** `shippedModelFolder`: what an empty model setting stands for. `extension`: declares the settings. */
  constructor(
    private readonly shippedModelFolder: string,
    extension: Pick<vscode.Extension<unknown>, 'packageJSON' | 'extensionKind'>,
  ) {
    this.schemas = extension.packageJSON.contributes.configuration.properties;
    this.extensionKind = extension.extensionKind;
  }

  /** The settings of this window whose defaults count, because their values cannot. */
  unusable(): UnusableSetting[] {
    return Object.entries(this.schemas).flatMap(([id, schema]) => {
      const value = vscode.workspace.getConfiguration().get<unknown>(id);
      if (acceptsValue(schema, value)) return [];
      const rule = schema.errorMessage ?? schema.patternErrorMessage ?? '';
      return [{ id, found: JSON.stringify(value), rule }];
    });
  }

  /** Absolute path of the model folder for one use. Errors: `model-folder-missing` when the setting can mean no folder. */
  modelFolder(use: ModelUse, resource?: vscode.Uri): string {
    return expandModelPath(this.read<string>(`${use}Model`, resource), {
      homeFolder: homedir(),
      workspaceFolder: localWorkspaceFolder(resource),
      shippedFolder: this.shippedModelFolder,
    });
  }

  get device(): DeviceName {
    return this.read<DeviceName>('device');
  }

  /** A folder with CUDA's libraries; undefined: only what lies beside onnxruntime and what the system finds. */
  get cudaFolder(): string | undefined {
    const folder = this.read<string>('cudaLibraries').trim();
    return folder === '' ? undefined : folder.replace(/^~(?=$|[\\/])/, homedir());
  }

  /** Empty: follow VS Code's display language. */
  get targetLanguage(): string {
    return this.read<string>('targetLanguage').trim();
  }

  /** Undefined: the model's own default. */
  get beamCount(): number | undefined {
    return this.read<number | null>('beamCount') ?? undefined;
  }

  /** Terms with a given translation and terms that are never translated; undefined: none. */
  glossary(resource?: vscode.Uri): GlossaryEntries | undefined {
    const entries = this.read<GlossaryEntries>('glossary', resource);
    // VS Code gives a proxy, which cannot be sent to another process.
    return Object.keys(entries).length === 0 ? undefined : (JSON.parse(JSON.stringify(entries)) as GlossaryEntries);
  }

  /** True: translated sentences stay on disk for the next session. */
  get keepTranslations(): boolean {
    return this.read<boolean>('keepTranslations');
  }

  highlightsAlignedWords(document: vscode.TextDocument): boolean {
    return this.read<boolean>('highlightAlignedWords', document);
  }

  hoverMode(document: vscode.TextDocument): HoverMode {
    return this.read<HoverMode>('hover.mode', document);
  }

  hoverContent(document?: vscode.TextDocument): HoverContent {
    return this.read<HoverContent>('hover.content', document);
  }

  /** Where it is set now for `document`, or for the user when it is set nowhere. Errors: those of VS Code. */
  async setHoverContent(content: HoverContent, document?: vscode.TextDocument): Promise<void> {
    await this.update('hover.content', content, document);
  }

  hoverMinimumLength(document: vscode.TextDocument): number {
    return this.read<number>('hover.minimumParagraphLength', document);
  }

  /** 0: never. */
  get unloadAfterMs(): number {
    return this.read<number>('unloadAfterMinutes') * 60_000;
  }

  get logLevel(): LogLevelName {
    return this.read<LogLevelName>('logLevel');
  }

  /** Sets the target language where it is set now, or for the user when it is set nowhere. */
  async setTargetLanguage(language: string): Promise<void> {
    await this.update('targetLanguage', language === '' ? undefined : language);
  }

  /** Changes the value that counts for `scope`: one for its language goes before every other. */
  private async update(name: string, value: unknown, scope?: vscode.ConfigurationScope): Promise<void> {
    const configuration = vscode.workspace.getConfiguration(section, scope ?? null);
    const inspected = configuration.inspect(name);
    const targetOf = (part: 'Value' | 'LanguageValue') =>
      levels.find(([level]) => inspected?.[`${level}${part}`] !== undefined)?.[1];
    const ofLanguage = targetOf('LanguageValue');
    const inLanguage = ofLanguage !== undefined || inspected?.defaultLanguageValue !== undefined;
    const target = ofLanguage ?? (inLanguage ? undefined : targetOf('Value')) ?? vscode.ConfigurationTarget.Global;
    await configuration.update(name, value, target, inLanguage);
  }

  /** Opens the settings editor at one setting, in the tab where its value comes from. */
  async open(id: string): Promise<void> {
    const inspected = vscode.workspace.getConfiguration().inspect(id);
    const inWorkspace = (inspected?.workspaceFolderValue ?? inspected?.workspaceValue) !== undefined;
    // In a remote window the machine's settings of an extension that runs there are not among the user's own.
    const onRemote = vscode.env.remoteName !== undefined && this.extensionKind === vscode.ExtensionKind.Workspace;
    const command = inWorkspace ? 'openWorkspaceSettings' : onRemote ? 'openRemoteSettings' : 'openSettings';
    await vscode.commands.executeCommand(`workbench.action.${command}`, { query: `@id:${id}` });
  }

  /** `Value`: as package.json declares it. */
  private read<Value>(name: string, scope?: vscode.ConfigurationScope): Value {
    const value = vscode.workspace.getConfiguration(section, scope ?? null).get<unknown>(name);
    const schema = this.schemas[`${section}.${name}`];
    return (acceptsValue(schema, value) ? value : schema.default) as Value;
  }
}

/** The folder around `resource`, else the first one; undefined when it is not a folder of this machine's disk. */
function localWorkspaceFolder(resource: vscode.Uri | undefined): string | undefined {
  const around = resource && vscode.workspace.getWorkspaceFolder(resource);
  const folder = around ?? vscode.workspace.workspaceFolders?.[0];
  // In a remote window the folders of the machine that this host runs on have the scheme `file`, too.
  return folder?.uri.scheme === 'file' ? folder.uri.fsPath : undefined;
}
