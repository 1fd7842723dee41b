// Which files of the unpacked packages are checked: of every kind as many as asked for, the same on every machine.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { TextFormat } from '../../src/model/text/document';
import { detectFormat } from '../../src/model/text/formats/detectFormat';
import { bundledLanguages } from '../../src/model/text/formats/languages';

export interface CorpusFile {
  /** Relative to the corpus. */
  readonly file: string;
  readonly text: string;
  readonly format: TextFormat;
  /** Language id of a source file, else the format. */
  readonly kind: string;
}

const sizeLimits = { min: 300, max: 60_000 };
const fileCounts: Readonly<Record<string, number>> = { markdown: 240 };
const usualFileCount = 12;
/** Data, built files and copies of files that are here as sources. */
const leftOut =
  /\.(?:map|snap|output|min\.\w+|lock)$|[\\/](?:dist|umd|esm5?|fesm|bundles?|build-module|cjs|__snapshots__)[\\/]|package-lock\.json$/;

/** In the order of their kinds; of one kind in the order of the hashes of their paths, so that no package comes first. */
export function corpusFiles(folder: string): CorpusFile[] {
  const byKind = new Map<string, string[]>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.relative(folder, path.join(entry.parentPath, entry.name));
    if (!entry.isFile() || leftOut.test(file)) continue;
    const kind = kindOf(file);
    if (kind === undefined) continue;
    byKind.set(kind, [...(byKind.get(kind) ?? []), file]);
  }
  return [...byKind].sort().flatMap(([kind, files]) => {
    const count = fileCounts[kind] ?? usualFileCount;
    const ordered = files.map(file => [hashOf(file), file] as const).sort();
    const chosen: CorpusFile[] = [];
    for (const [, file] of ordered) {
      if (chosen.length === count) break;
      const { size } = statSync(path.join(folder, file));
      if (size < sizeLimits.min || size > sizeLimits.max) continue;
      const text = readFileSync(path.join(folder, file), 'utf8');
      // Not UTF-8: an editor would ask for its encoding first.
      if (text.includes('\uFFFD')) continue;
      chosen.push({ file, text, format: formatOf(file), kind });
    }
    return chosen;
  });
}

function formatOf(file: string): TextFormat {
  return detectFormat('', { fileName: file });
}

/** Undefined for a file that says nothing about its kind. */
function kindOf(file: string): string | undefined {
  const name = path.basename(file).toLowerCase();
  const extension = path.extname(name);
  const format = formatOf(file);
  if (format !== 'comments') return format === 'text' && extension !== '.txt' ? undefined : format;
  const language =
    bundledLanguages.find(({ fileNames }) => fileNames.includes(name)) ??
    bundledLanguages.find(({ extensions }) => extensions.includes(extension));
  return language?.languageId;
}

function hashOf(file: string): string {
  return createHash('sha256').update(file.split(path.sep).join('/')).digest('hex');
}
