// The commands that code refers to, as package.json declares them. Pure.

export const commandIds = {
  translateSelection: 'headlight.translateSelection',
  translateDocument: 'headlight.translateDocument',
  translateComments: 'headlight.translateComments',
  translateClipboard: 'headlight.translateClipboard',
  copyTranslation: 'headlight.copyTranslation',
  summarizeDocument: 'headlight.summarizeDocument',
  summarizeChanges: 'headlight.summarizeChanges',
  replaceSelection: 'headlight.replaceSelection',
  summarizeSelection: 'headlight.summarizeSelection',
  showAttention: 'headlight.showAttention',
  showAttentionInNewPanel: 'headlight.showAttentionInNewPanel',
  openAttentionFile: 'headlight.openAttentionFile',
  chooseTargetLanguage: 'headlight.chooseTargetLanguage',
  clearTranslations: 'headlight.clearTranslations',
  restartEngine: 'headlight.restartEngine',
  showLog: 'headlight.showLog',
  showStatus: 'headlight.showStatus',
  probeDevices: 'headlight.probeDevices',
  runAgain: 'headlight.runAgain',
  cancelRun: 'headlight.cancelRun',
} as const;
