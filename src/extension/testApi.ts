// What the tests inside the extension host may ask. Not an API for other extensions: it changes without notice.

import type { PanelContent } from './panelOutput';

export interface HeadlightTestApi {
  engineProcessId(): number | undefined;
  lastOutput(): PanelContent | undefined;
  /** The last sentence that was shown in a notification. */
  lastSentence(): string | undefined;
}
