// The tokens that a tokenizer puts around every text. Runs anywhere.

/** Tokens `before` a text and `after` it. */
export interface SourceTemplate {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** That of the post-processor of a tokenizer.json. Undefined: the post-processor is of another kind. */
export function readSourceTemplate(postProcessor: unknown): SourceTemplate | undefined {
  const single = (postProcessor as { single?: unknown } | null | undefined)?.single;
  if (!Array.isArray(single)) return undefined;
  const before: string[] = [];
  const after: string[] = [];
  let list = before;
  for (const part of single as readonly unknown[]) {
    const special = (part as { SpecialToken?: { id?: unknown } } | null)?.SpecialToken;
    if (special === undefined) list = after;
    else if (typeof special.id === 'string') list.push(special.id);
  }
  return { before, after };
}
