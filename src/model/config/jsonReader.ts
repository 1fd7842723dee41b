// Reads fields of a JSON file and says precisely what is wrong with them. Runs anywhere.

import { type ErrorCode, excerpt, HeadlightError } from '../errors';

/** What a file is: of a model, or one that Headlight wrote. */
type CorruptCode = Extract<ErrorCode, 'model-file-corrupt' | 'attention-file-corrupt'>;

/** A JSON object from a file, whose fields are read by name and checked. Every error names the file, the rule and the value found. */
export class JsonReader {
  private constructor(
    private readonly value: Record<string, unknown>,
    private readonly file: string,
    private readonly path: string,
    private readonly code: CorruptCode,
  ) {}

  /** Errors, here and for every field: `code`, when the text is not JSON or not an object. */
  static parse(text: string, file: string, code: CorruptCode = 'model-file-corrupt'): JsonReader {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw corrupt(code, file, 'the file is JSON', excerpt(error instanceof Error ? error.message : String(error)));
    }
    if (!isObject(value)) throw corrupt(code, file, 'the file is a JSON object', describe(value));
    return new JsonReader(value, file, '', code);
  }

  /** The plain value, for libraries that read it themselves. */
  get plain(): Record<string, unknown> {
    return this.value;
  }

  get keys(): readonly string[] {
    return Object.keys(this.value);
  }

  has(name: string): boolean {
    return this.value[name] !== undefined && this.value[name] !== null;
  }

  /** A required non-negative integer. */
  integer(name: string): number {
    const value = this.value[name];
    if (!isIndex(value)) throw this.wrong(name, 'a non-negative integer', value);
    return value;
  }

  optionalInteger(name: string): number | undefined {
    return this.has(name) ? this.integer(name) : undefined;
  }

  optionalNumber(name: string): number | undefined {
    const value = this.value[name];
    if (!this.has(name)) return undefined;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.wrong(name, 'a number', value);
    return value;
  }

  optionalString(name: string): string | undefined {
    const value = this.value[name];
    if (!this.has(name)) return undefined;
    if (typeof value !== 'string') throw this.wrong(name, 'a string', value);
    return value;
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.value[name];
    if (!this.has(name)) return undefined;
    if (typeof value !== 'boolean') throw this.wrong(name, 'true or false', value);
    return value;
  }

  /** A list of non-negative integers; a single one counts as a list of one, as Hugging Face writes it. */
  optionalIntegers(name: string): readonly number[] | undefined {
    const value = this.value[name];
    if (!this.has(name)) return undefined;
    if (isIndex(value)) return [value];
    if (!Array.isArray(value) || !value.every(isIndex))
      throw this.wrong(name, 'a list of non-negative integers', value);
    return value;
  }

  optionalStrings(name: string): readonly string[] | undefined {
    const value = this.value[name];
    if (!this.has(name)) return undefined;
    if (!Array.isArray(value) || !value.every(item => typeof item === 'string'))
      throw this.wrong(name, 'a list of strings', value);
    return value;
  }

  optionalIntegerLists(name: string): readonly (readonly number[])[] | undefined {
    const value = this.value[name];
    if (!this.has(name)) return undefined;
    if (!Array.isArray(value) || !value.every(item => Array.isArray(item) && item.every(isIndex)))
      throw this.wrong(name, 'a list of lists of non-negative integers', value);
    return value;
  }

  optionalObject(name: string): JsonReader | undefined {
    const value = this.value[name];
    if (!this.has(name)) return undefined;
    if (!isObject(value)) throw this.wrong(name, 'an object', value);
    return new JsonReader(value, this.file, this.place(name), this.code);
  }

  optionalObjects(name: string): readonly JsonReader[] | undefined {
    const value = this.value[name];
    if (!this.has(name)) return undefined;
    if (!Array.isArray(value) || !value.every(isObject)) throw this.wrong(name, 'a list of objects', value);
    return value.map((item, index) => new JsonReader(item, this.file, `${this.place(name)}[${index}]`, this.code));
  }

  optionalNumbers(name: string): readonly number[] | undefined {
    const value = this.value[name];
    if (!this.has(name)) return undefined;
    if (!Array.isArray(value) || !value.every(item => Number.isFinite(item)))
      throw this.wrong(name, 'a list of numbers', value);
    return value;
  }

  /** For a rule that this class does not know. */
  wrong(name: string, rule: string, found: unknown): HeadlightError {
    return corrupt(this.code, this.file, `"${excerpt(this.place(name))}" is ${rule}`, describe(found));
  }

  private place(name: string): string {
    return this.path ? `${this.path}.${name}` : name;
  }
}

function corrupt(code: CorruptCode, file: string, rule: string, found: string): HeadlightError {
  return new HeadlightError(code, `${file}: expected that ${rule}, found ${found}`, {
    file,
    rule,
    found,
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** A value for a message, short however long it is. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  // Not JSON.stringify on the whole: it may be megabytes, and deeper than the stack.
  if (typeof value === 'object' && value !== null) {
    const items = Object.values(value);
    const isShort = items.length < 10 && items.every(item => typeof item !== 'object' || item === null);
    if (!isShort) return Array.isArray(value) ? `a list of ${items.length}` : `an object with ${items.length} fields`;
  }
  return excerpt(JSON.stringify(value), 60);
}
