// The entry of the extension: builds every object in order, and nothing else.

import * as vscode from 'vscode';
import { AlignmentHighlights } from './alignmentHighlights';
import { exportShown } from './attentionExport';
import { AttentionPanels } from './attentionPanels';
import { CalibrateAlignment } from './commands/calibrateAlignment';
import { ChooseSourceLanguage } from './commands/chooseSourceLanguage';
import { ChooseTargetLanguage } from './commands/chooseTargetLanguage';
import { ClearTranslations } from './commands/clearTranslations';
import { ClipboardCommands } from './commands/clipboardCommands';
import { EngineCommands } from './commands/engineCommands';
import { ProbeDevices } from './commands/probeDevices';
import { registerCommands } from './commands/registerCommands';
import { ReplaceSelection } from './commands/replaceSelection';
import { ShowAttention } from './commands/showAttention';
import { SummarizeChanges } from './commands/summarizeChanges';
import { TranslateComments } from './commands/translateComments';
import { TranslateOnHover } from './commands/translateOnHover';
import { WriteBeside } from './commands/writeBeside';
import { DeviceStatus } from './deviceStatus';
import { EngineGateway } from './engineGateway';
import { ErrorReporter } from './errorReporter';
import { registerLanguageModelTools } from './languageModelTools';
import { LanguageStatus } from './languageStatus';
import { Log } from './log';
import { OutputDocuments } from './outputDocuments';
import { OutputLenses } from './outputLenses';
import type { PanelContent } from './panelOutput';
import { PassingTexts, passingScheme } from './passingTexts';
import { ProseFinder } from './proseAt';
import { ScrollLink } from './scrollLink';
import { Settings } from './settings';
import { SettingsWatcher } from './settingsWatcher';
import { SourceLanguages } from './sourceLanguages';
import { SummaryCache } from './summaryCache';
import { TargetLanguage } from './targetLanguage';
import { TaskRunner } from './taskRunner';
import type { HeadlightTestApi } from './testApi';
import { TextHover } from './textHover';
import { onDidCloseUntitled } from './textLocation';

const summaryCount = 100;

export function activate(context: vscode.ExtensionContext): HeadlightTestApi {
  const { extension, extensionUri, globalState, globalStorageUri, workspaceState, subscriptions } = context;
  const channel = vscode.window.createOutputChannel('Headlight', { log: true });
  const shippedModelFolder = vscode.Uri.joinPath(extensionUri, 'models', 'default').fsPath;
  const settings = new Settings(shippedModelFolder, extension);
  const log = new Log(channel, settings);
  const reporter = new ErrorReporter(log, settings);
  const enginePath = vscode.Uri.joinPath(extensionUri, 'dist', 'engine.js').fsPath;
  const gateway = new EngineGateway(enginePath, globalStorageUri.fsPath, log, settings);
  const deviceStatus = new DeviceStatus(gateway, settings, reporter);
  const targetLanguage = new TargetLanguage(settings, globalState);
  const sourceLanguages = new SourceLanguages(workspaceState, ['untitled', passingScheme]);
  const runner = new TaskRunner(gateway, settings, targetLanguage, sourceLanguages, globalStorageUri.fsPath);
  const prose = new ProseFinder(gateway);
  const summaries = new SummaryCache<PanelContent>(summaryCount);
  const documents = new OutputDocuments(workspaceState);
  const panels = new AttentionPanels({ extensionUri, source: gateway, log: channel, exportShown });
  const scrollLink = new ScrollLink();
  const passingTexts = new PassingTexts();
  const writeBeside = new WriteBeside(runner, prose, documents, summaries, reporter, scrollLink, passingTexts);
  const commands = registerCommands({
    writeBeside,
    translateComments: new TranslateComments(runner, reporter),
    clipboard: new ClipboardCommands(runner, writeBeside, reporter),
    summarizeChanges: new SummarizeChanges(writeBeside, reporter),
    replaceSelection: new ReplaceSelection(runner, reporter),
    showAttention: new ShowAttention(panels, runner, prose, documents, summaries, reporter),
    chooseTargetLanguage: new ChooseTargetLanguage(gateway, runner, settings, targetLanguage, reporter),
    chooseSourceLanguage: new ChooseSourceLanguage(
      gateway,
      runner,
      documents,
      writeBeside,
      sourceLanguages,
      targetLanguage,
      reporter,
    ),
    translateOnHover: new TranslateOnHover(settings, reporter),
    calibrateAlignment: new CalibrateAlignment(gateway, settings, reporter),
    probeDevices: new ProbeDevices(gateway, settings, reporter, log),
    clearTranslations: new ClearTranslations(runner, reporter),
    engine: new EngineCommands(gateway, summaries, log),
  });
  const neverAborted = new AbortController().signal;
  const highlights = new AlignmentHighlights(
    documents,
    panels,
    params => gateway.align(params, neverAborted),
    settings,
  );
  subscriptions.push(
    channel,
    targetLanguage,
    scrollLink,
    passingTexts,
    documents,
    new OutputLenses(documents, targetLanguage),
    new TextHover(runner, prose, summaries, settings, targetLanguage, log),
    registerLanguageModelTools(runner, log),
    highlights,
    highlights.onDidPin(pin => panels.pin(pin)),
    panels.onDidPin(pin => highlights.showPin(pin)),
    deviceStatus,
    new LanguageStatus(gateway, settings, targetLanguage),
    onDidCloseUntitled(uri => sourceLanguages.forget(uri)),
    new SettingsWatcher(settings, gateway, summaries, reporter),
    panels,
    commands,
    gateway,
  );
  return {
    engineState: () => gateway.snapshot.state,
    engineProcessId: () => gateway.processId,
    lastOutput: () => runner.lastOutput,
    alignedRanges: () => highlights.shown,
    deviceStatus: () => deviceStatus.text,
    lastSentence: () => reporter.lastSentence,
  };
}
