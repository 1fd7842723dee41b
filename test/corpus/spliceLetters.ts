// A translation without the pipeline: marks letters where the blocks say that prose is, and touches nothing else.

import type { ProseBlock } from '../../src/model/text/document';

const marked: Readonly<Record<string, string>> = { a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú', A: 'Á', E: 'É', O: 'Ó' };
/** What no translator would touch either. */
const kept = /\\u[\da-fA-F]{4}|\\.|&#?\w+;|[{[(<][^\s]*|[%$@]\S+|\S+[@:/\\._]\S+|\S+\(\S*/g;

export function spliceLetters(text: string, blocks: Iterable<ProseBlock>): string {
  let target = '';
  let done = 0;
  const copy = (end: number) => {
    target += text.slice(done, end);
    done = end;
  };
  for (const { pieces, protected: ranges } of blocks)
    for (const [start, end] of pieces) {
      copy(start);
      for (const [from, to] of ranges.filter(range => start <= range[0] && range[1] <= end)) {
        target += markLetters(text.slice(done, from));
        done = from;
        copy(to);
      }
      target += markLetters(text.slice(done, end));
      done = end;
    }
  copy(text.length);
  return target;
}

function markLetters(prose: string): string {
  let target = '';
  let done = 0;
  for (const match of prose.matchAll(kept)) {
    target += mark(prose.slice(done, match.index)) + match[0];
    done = match.index + match[0].length;
  }
  return target + mark(prose.slice(done));
}

function mark(words: string): string {
  return words.replace(/[aeiouAEO]/g, letter => marked[letter]);
}
