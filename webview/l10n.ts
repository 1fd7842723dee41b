// The panel's words in the language of VS Code, as `vscode.l10n` has them in the extension. Pure: the page hands the translations in.

let translations: Readonly<Record<string, string>> = {};

/** By the English text. Call before anything is worded. */
export function useTranslations(given: Readonly<Record<string, string>>): void {
  translations = given;
}

/** The translation of `message`, or itself; `{0}` stands for the first of `values`. */
export function t(message: string, ...values: readonly (string | number)[]): string {
  return (translations[message] ?? message).replaceAll(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));
}
