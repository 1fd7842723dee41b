// How text is written in the files that hold it: strings of JSON, XML, PO, properties and YAML. Pure.

import type { Escape } from './document';

/** A stretch of a file and the text that it stands for. */
export interface UnescapedPart {
  readonly text: string;
  /** Characters in the file. */
  readonly length: number;
}

const named: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const sequences: Readonly<Record<Escape, RegExp>> = {
  json: /\\u[\dA-Fa-f]{4}|\\[\s\S]/g,
  yaml: /\\u[\dA-Fa-f]{4}|\\[\s\S]/g,
  properties: /\\u[\dA-Fa-f]{4}|\\[\s\S]/g,
  po: /\\[\s\S]/g,
  markdown: /(?!)/g,
  xml: /&(?:[a-z]+|#\d+|#x[\dA-Fa-f]+);/g,
};

/** The text of a stretch of a file, in order, escape sequences one by one. Without `kind`: as it is. */
export function* unescapeText(kind: Escape | undefined, raw: string): Generator<UnescapedPart> {
  if (kind === undefined) {
    yield { text: raw, length: raw.length };
    return;
  }
  let done = 0;
  for (const { 0: sequence, index } of raw.matchAll(sequences[kind])) {
    const text = textOf(kind, sequence);
    if (text === undefined) continue;
    if (done < index) yield { text: raw.slice(done, index), length: index - done };
    yield { text, length: sequence.length };
    done = index + sequence.length;
  }
  if (done < raw.length) yield { text: raw.slice(done), length: raw.length - done };
}

function textOf(kind: Escape, sequence: string): string | undefined {
  if (kind !== 'xml') {
    if (sequence.length === 6) return String.fromCharCode(Number.parseInt(sequence.slice(2), 16));
    return named[sequence[1]] ?? sequence[1];
  }
  const body = sequence.slice(1, -1);
  if (!body.startsWith('#')) return entities[body];
  const code = body[1] === 'x' ? Number.parseInt(body.slice(2), 16) : Number.parseInt(body.slice(1), 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

/** `text` as it is written in the file. */
export function escapeText(kind: Escape | undefined, text: string): string {
  if (kind === undefined) return text;
  // Its parser protects what is escaped; the letters of a translation make no markup of their own.
  if (kind === 'markdown') return text;
  if (kind === 'xml')
    return text.replace(/[&<>]/g, character => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]!);
  const quoted = JSON.stringify(text).slice(1, -1);
  return kind === 'properties' ? quoted.replaceAll('\\"', '"') : quoted;
}
