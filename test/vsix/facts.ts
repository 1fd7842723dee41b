// What the suite inside VS Code found out about the installed extension, for the test outside that judges it.

export interface InstalledFacts {
  /** Where VS Code installed the extension. */
  readonly extensionPath: string;
  /** What a translated sentence became. */
  readonly target: string;
  /** Native libraries that the engine process has loaded and that belong to no system package. */
  readonly engineLibraries: readonly string[];
  /** The same of the extension host. */
  readonly hostLibraries: readonly string[];
}

/** The variable that names the file for the facts. */
export const factsVariable = 'HEADLIGHT_INSTALLED_FACTS';
