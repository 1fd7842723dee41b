// A grammar as an extension contributes it. Plain data only.

export interface GrammarSource {
  readonly scopeName: string;
  /** Absolute path of a JSON or plist file. */
  readonly path: string;
  readonly languageIds: readonly string[];
  /** Of files, with the dot; in lower case. */
  readonly extensions: readonly string[];
  /** Of whole files such as `dockerfile`; in lower case. */
  readonly fileNames: readonly string[];
  /** Scopes that this grammar adds rules to. */
  readonly injectTo?: readonly string[];
}
