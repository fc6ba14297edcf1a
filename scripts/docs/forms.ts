import { ByteSize, Duration, Name, SecretHash, Timestamp, Uuid } from '@berth/contract';

/** As much of a JSON Schema as our files and our API use. */
export interface Schema {
  /** Of the API: another schema, by its name. */
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly patternErrorMessage?: string;
  readonly propertyNames?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly maxLength?: number;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

/** Texts of a form that many keys share; each is explained once. */
export const FORMS: readonly { readonly name: string; readonly schema: Schema }[] = [
  { name: 'name', schema: Name },
  { name: 'UUID', schema: Uuid },
  { name: 'size', schema: ByteSize },
  { name: 'duration', schema: Duration },
  { name: 'time', schema: Timestamp },
  { name: 'hash', schema: SecretHash },
];

/**
 * What a value of the schema looks like, for a cell of a table.
 *
 * @param named how to write the name of a schema of the API
 */
export function formOf(schema: Schema, named: (name: string) => string = code): string {
  const of = (part: Schema): string => formOf(part, named);
  if (schema.$ref !== undefined) return named(schema.$ref.slice('#/components/schemas/'.length));
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(of).join(' or ');
  switch (schema.type) {
    case undefined:
      return 'anything';
    case 'array': {
      const item = of(schema.items ?? {});
      const count = bounds(schema.minItems, schema.maxItems).replace(/^, /, ' (items: ');
      const once = schema.uniqueItems === true ? ', each once' : '';
      return `list of ${item === 'mapping' ? 'mappings' : item}${once}${count && `${count})`}`;
    }
    case 'object':
      return 'mapping';
    case 'integer':
    case 'number': {
      const steps = schema.multipleOf === undefined ? '' : `, in steps of ${schema.multipleOf}`;
      return `${schema.type}${bounds(schema.minimum, schema.maximum)}${steps}`;
    }
    case 'boolean':
      return '`true`, `false`';
    case 'null':
      return '`null`';
    case 'string':
      return formOfText(schema);
    default:
      throw new Error(`The page knows no form for ${JSON.stringify(schema)}`);
  }
}

function formOfText(schema: Schema): string {
  const { pattern, patternErrorMessage = '', minLength, maxLength } = schema;
  const known = FORMS.find((form) => form.schema.pattern === pattern && pattern !== undefined);
  if (known !== undefined) return known.name;
  const words = escaped(patternErrorMessage.replace(/^must be /, ''));
  return `text${bounds(minLength, maxLength, ' characters')}${words === '' ? '' : `: ${words}`}`;
}

function bounds(least: number | undefined, most: number | undefined, unit = ''): string {
  if (least === undefined && most === undefined) return '';
  if (most === undefined) return `, at least ${least}${unit}`;
  return least === undefined ? `, at most ${most}${unit}` : `, ${least} to ${most}${unit}`;
}

export function code(value: unknown): string {
  return `\`${escaped(typeof value === 'string' && value !== '' ? value : JSON.stringify(value))}\``;
}

/** A bar would end the cell, also inside code. */
export function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
