// What the tests inside the extension host may ask. Not an API for other extensions: it changes without notice.

import type { EngineState } from '../client/engineProcess';
import type { AlignedRanges } from './alignmentHighlights';
import type { PanelContent } from './panelOutput';

export interface HeadlightTestApi {
  engineState(): EngineState;
  engineProcessId(): number | undefined;
  lastOutput(): PanelContent | undefined;
  /** The words at the caret and those of the other text that are highlighted. */
  alignedRanges(): AlignedRanges | undefined;
  /** What the device entry of the language status says. */
  deviceStatus(): readonly [text: string, detail: string];
  /** The last sentence that was shown in a notification. */
  lastSentence(): string | undefined;
}
