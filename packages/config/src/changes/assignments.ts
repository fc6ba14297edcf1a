import { Problem } from '@berth/contract';
import { schemaBelow, type Schema } from '../explain.ts';
import { parseYaml } from '../yaml.ts';
import { isObject, withValue, type Json, type JsonObject } from '../yaml/json.ts';

/**
 * The patch that words such as `resources.memory=8g` say together. What stands behind the `=` is YAML,
 * and nothing there takes the key away; where the schema wants a text it need not be quoted. Throws
 * `usage` for what is not of that form; whether the keys are right is for the edit to say.
 *
 * @param schema of what the keys start in
 */
export function patchFrom(schema: Schema, words: readonly string[]): JsonObject {
  const assignments = words.map((word) => assignmentFrom(schema, word));
  refuseNested(assignments.map(({ path }) => path));
  return assignments.reduce<JsonObject>((patch, { path, value }) => {
    const next = withValue(patch, path, value);
    return isObject(next) ? next : patch;
  }, {});
}

interface Assignment {
  readonly path: readonly string[];
  readonly value: Json;
}

function assignmentFrom(schema: Schema, word: string): Assignment {
  const [, key = '', text = ''] = /^([^=]*)=([^]*)$/.exec(word) ?? [];
  const path = key.split('.');
  if (path.includes('')) {
    throw new Problem('usage', `${JSON.stringify(word)} is not of the form KEY=VALUE.`);
  }
  if (text === '') return { path, value: null };
  const wanted = path.reduce<Schema | undefined>(
    (inner, part) => inner && schemaBelow(inner, part),
    schema,
  );
  return { path, value: valueFrom(key, text, wanted?.type === 'string') };
}

function valueFrom(key: string, text: string, isText: boolean): Json {
  const parsed = parseYaml(key, text, { isPart: true });
  if (Array.isArray(parsed)) {
    if (isText) return text;
    const [issue] = parsed;
    throw new Problem('usage', `${key}: ${issue?.message ?? 'not valid YAML'}.`);
  }
  // What parses under the core schema is JSON.
  const value = parsed.value as Json;
  if (isText) return typeof value === 'string' ? value : text;
  if (!isObject(value)) return value;
  throw new Problem('usage', `${key} is a mapping: name its keys, as in ${key}.KEY=VALUE.`);
}

/** Which of the two would hold, nobody could tell. */
function refuseNested(paths: readonly (readonly string[])[]): void {
  const keys = paths.map((path) => path.join('.'));
  const outer = keys.find((key) => keys.some((other) => other.startsWith(`${key}.`)));
  const twice = outer ?? keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw new Problem('usage', `${twice} is set more than once.`);
}
