// Whether a value can be that of a setting, by what package.json declares of it: anybody may write anything into settings.json. Pure.

/** The part of a JSON schema that the settings of package.json use and that counts here; patterns only warn. */
export interface SettingSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly additionalProperties?: SettingSchema;
  readonly default?: unknown;
  /** What to write instead, in the language of VS Code. */
  readonly errorMessage?: string;
  readonly patternErrorMessage?: string;
}

export function acceptsValue(schema: SettingSchema, value: unknown): boolean {
  const { type, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY, additionalProperties } = schema;
  if (type !== undefined && ![type].flat().some(one => isOfType(value, one))) return false;
  if (schema.enum && !schema.enum.includes(value)) return false;
  if (typeof value === 'number') return minimum <= value && value <= maximum;
  if (typeof value !== 'object' || value === null || !additionalProperties) return true;
  return Object.values(value).every(inner => acceptsValue(additionalProperties, inner));
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}
