import { closest } from '@berth/contract';
import type { ErrorObject } from 'ajv';
import type { Path } from './yaml.ts';

/** What is wrong at a place of a document. */
export interface Fault {
  readonly path: Path;
  readonly want: 'key' | 'value';
  readonly message: string;
}

/** As much of a JSON Schema as messages need. */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly pattern?: string;
  readonly patternErrorMessage?: string;
  readonly minItems?: number;
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/**
 * Puts what ajv found (with `allErrors` and `verbose`) into words: one fault for each mistake, and
 * not more than `most`.
 */
export function faultsOf(root: Schema, errors: readonly ErrorObject[], most: number): Fault[] {
  return Map.groupBy(errors, ({ instancePath }) => instancePath)
    .values()
    .flatMap(mistakes)
    .take(most)
    .map((error) => ({ ...placeOf(error), message: explain(error, root) }))
    .toArray();
}

const TELL_ALL = new Set(['anyOf', 'const', 'minimum', 'maximum']);

/** Of the errors at one place those that tell all: several keywords can fail over one mistake. */
function mistakes(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const whole = errors.find(({ keyword }) => TELL_ALL.has(keyword));
  return whole === undefined ? errors : [whole];
}

function placeOf({ instancePath, keyword, params }: ErrorObject): Omit<Fault, 'message'> {
  const path = pointerToPath(instancePath);
  switch (keyword) {
    case 'additionalProperties':
      return { path: [...path, String(params['additionalProperty'])], want: 'key' };
    case 'required':
      return { path, want: 'key' };
    case 'uniqueItems':
      return { path: [...path, Math.max(...pairOf(params))], want: 'value' };
    default:
      return { path, want: 'value' };
  }
}

/** Two items that are the same. It depends on their type which of them ajv names first. */
const pairOf = (params: Readonly<Record<string, unknown>>): readonly number[] => [
  Number(params['i']),
  Number(params['j']),
];

function pointerToPath(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function explain(error: ErrorObject, root: Schema): string {
  const schema = (error.parentSchema ?? {}) as Schema;
  const params = error.params as Readonly<Record<string, unknown>>;
  if (error.data === null) return explainEmpty(schema, pointerToPath(error.instancePath), root);
  const about = meaningOf(schema);
  switch (error.keyword) {
    case 'additionalProperties':
      return explainKey(String(params['additionalProperty']), schema);
    case 'required': {
      const key = String(params['missingProperty']);
      return `the key ${quoted(key)} is missing${meaningOf(schema.properties?.[key])}`;
    }
    case 'type':
      return `${explainType(String(params['type']), error.data)}${about}`;
    case 'pattern':
    case 'anyOf':
      return `must be ${wordsFor(schema)}`;
    case 'const':
      return `must be ${wordsFor(schema)}${error.data === String(schema.const) ? ' without quotes' : ''}`;
    case 'enum': {
      const near = typeof error.data === 'string' ? closest(error.data, texts(schema.enum)) : '';
      const hint = near ? ` (did you mean ${quoted(near)}?)` : about;
      return `must be ${wordsFor(schema)}${hint}`;
    }
    case 'minimum':
      return `must be at least ${String(params['limit'])}${about}`;
    case 'maximum':
      return `must be at most ${String(params['limit'])}${about}`;
    case 'multipleOf':
      return `must be in steps of ${String(params['multipleOf'])}${about}`;
    case 'minLength':
      return `must not be an empty text${about}`;
    case 'maxLength':
      return `is longer than ${String(params['limit'])} characters${about}`;
    case 'minItems':
      return `must have at least ${itemsOf(params['limit'])}${about}`;
    case 'maxItems':
      return `has more than ${itemsOf(params['limit'])}${about}`;
    case 'uniqueItems':
      return `is in the list already, as item ${Math.min(...pairOf(params)) + 1}`;
    default:
      return `${error.message ?? 'is invalid'}${about}`;
  }
}

function explainKey(key: string, schema: Schema): string {
  const { properties, propertyNames = {} } = schema;
  if (properties === undefined) {
    const form = new RegExp(propertyNames.pattern ?? '(?!)');
    // Names of variables may have capitals, so theirs are not what is wrong.
    const areCapitalsWrong = !form.test('A') && form.test(key.toLowerCase());
    if (areCapitalsWrong) return `${quoted(key)} is not a valid key here: write it in lower case`;
    return `${quoted(key)} is not a valid key here: it must be ${wordsFor(propertyNames)}`;
  }
  const near = closest(key, Object.keys(properties));
  if (near !== undefined) return `unknown key ${quoted(key)} (did you mean ${quoted(near)}?)`;
  const home = Object.entries(properties).find(([, { properties: own = {} }]) =>
    Object.hasOwn(own, key),
  );
  if (home !== undefined) return `unknown key ${quoted(key)} (it belongs below ${quoted(home[0])})`;
  return `unknown key ${quoted(key)} (allowed: ${Object.keys(properties).join(', ')})`;
}

/** A key with nothing behind it: the hand that deleted the last entry of a list meant none. */
function explainEmpty(schema: Schema, path: Path, root: Schema): string {
  const needs = (schema.required ?? []).filter(
    (key) => schema.properties?.[key]?.default === undefined,
  );
  if (needs.length > 0) return `is empty: it needs ${joined(needs.map(quoted), 'and')}`;
  return `is empty: write ${leastOf(schema)}${removal(path, root)}`;
}

function leastOf(schema: Schema): string {
  if (schema.type === 'object') return '{}';
  return schema.type === 'array' && (schema.minItems ?? 0) === 0 ? '[]' : wordsFor(schema);
}

function removal(path: Path, root: Schema): string {
  const key = String(path.at(-1));
  const parent = path
    .slice(0, -1)
    .reduce<Schema | undefined>((schema, part) => schema && schemaBelow(schema, part), root);
  if (parent?.items !== undefined) return ' or remove the item';
  const isNeeded =
    parent?.required?.includes(key) === true && parent.properties?.[key]?.default === undefined;
  return isNeeded ? '' : ' or remove the key';
}

export function schemaBelow(schema: Schema, part: string | number): Schema | undefined {
  const [ofEntries] = Object.values(schema.patternProperties ?? {});
  return schema.items ?? schema.properties?.[part] ?? ofEntries;
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

function explainType(type: string, value: unknown): string {
  const kind = Array.isArray(value) ? 'array' : typeof value;
  const must = `must be ${KINDS[type] ?? type}`;
  if (type === 'string' && (kind === 'number' || kind === 'boolean')) {
    return `${must}: put it in quotes`;
  }
  if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) {
    return type === 'number' || type === 'integer' ? `${must}: take it out of its quotes` : must;
  }
  if (type === 'integer' && kind === 'number') return must;
  if (type === 'array') return `${must}, is ${KINDS[kind] ?? kind}: write [a, b]`;
  return `${must}, is ${KINDS[kind] ?? kind}`;
}

/** Completes "must be …". */
function wordsFor(schema: Schema): string {
  if (schema.const !== undefined) return quoted(schema.const);
  if (schema.enum !== undefined) return joined(schema.enum.map(quoted), 'or');
  if (schema.anyOf !== undefined) return joined(schema.anyOf.map(wordsFor), 'or');
  if (schema.patternErrorMessage !== undefined) {
    return schema.patternErrorMessage.replace(/^must be /, '');
  }
  return KINDS[schema.type ?? ''] ?? 'of another form';
}

const quoted = (value: unknown): string => JSON.stringify(value);
const texts = (values: readonly unknown[] = []): string[] => values.map(String);
const itemsOf = (count: unknown): string => (count === 1 ? '1 item' : `${String(count)} items`);

function meaningOf(schema: Schema | undefined): string {
  return schema?.description === undefined ? '' : ` (${schema.description})`;
}

function joined(words: readonly string[], last: 'and' | 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`;
}
