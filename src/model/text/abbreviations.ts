// Words whose full stop ends no sentence. Pure.

/** Something always follows them. */
const alwaysContinues =
  /(?:^|[\s("'«[])(?:e\.?\s?g|i\.?\s?e|vs|cf|viz|approx|resp|incl|excl|esp|no|nos|fig|figs|sec|ch|chap|vol|eq|eqs|ref|refs|mr|mrs|ms|dr|prof|st|pp|ed|eds|ca|al|dept|est|max|min|misc|orig|prev|repr|tab|var|ver|bzw|z\.\s?B|d\.\s?h|u\.\s?a|ggf|sog|vgl|nr|p\.\s?ej|sra?|dra|núm|págs?|art|aprox|ej|máx|mín|mme|mlle|p\.\s?ex|env|[A-Z])\.$/iu;

/** They end a sentence when a capital letter follows that does not go on with the same thing. */
const mayEnd = /(?:^|[\s("'«[])(?:etc|inc|ltd|co|corp|jr|sr|p|usw|cad|a\.m|p\.m|u\.s|u\.k|e\.u|Ph\.D|u\.s\.a)\.$/iu;

/** After a single capital letter, a word that begins a sentence: `see appendix A. The`. */
const sentenceStart =
  /^(?:The|This|That|These|Those|It|If|In|On|For|To|You|We|They|When|An?|See|Use|Note|Then|And|But|However|Otherwise|As|At|By|El|La|Los|Las|Un|Una|Si|En|O|Os|Se|Em|Um|Uma|Para)\b/;

/** True when the full stop at the end of `sentence` belongs to an abbreviation and `rest` goes on with the sentence. */
export function endsWithAbbreviation(sentence: string, rest: string): boolean {
  if (/(?:^|[^.\p{L}])\p{Lu}\.$/u.test(sentence) && sentenceStart.test(rest)) return false;
  // `No.` at the end of a sentence is an answer; before a number it counts.
  if (/(?:^|[\s(])nos?\.$/i.test(sentence)) return /^[\d#X]/.test(rest);
  if (alwaysContinues.test(sentence)) return true;
  return mayEnd.test(sentence) && !/^\p{Lu}/u.test(rest);
}
