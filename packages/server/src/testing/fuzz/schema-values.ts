import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { Document, Schema } from './document.ts';

/** Values that the schema takes. Strings of a named schema may be placeholders: see `KNOWN`. */
export function valuesOf(schema: Schema, document: Document): Arbitrary<unknown> {
  const of = (part: Schema): Arbitrary<unknown> => valuesOf(part, document);
  if (schema.$ref !== undefined) return named(schema.$ref, document);
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(of));
  switch (schema.type) {
    case 'string':
      return strings(schema);
    case 'integer':
      return fc.integer({
        min: schema.minimum ?? schema.exclusiveMinimum ?? -1000,
        max: schema.maximum ?? 1_000_000,
      });
    case 'number':
      return fc.double({
        min: schema.minimum ?? schema.exclusiveMinimum ?? -1000,
        max: schema.maximum ?? 1000,
        noNaN: true,
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(of(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      });
    case 'object':
      return objects(schema, of);
    case undefined:
      return fc.jsonValue({ maxDepth: 2 });
    default:
      return schema.type satisfies never;
  }
}

/**
 * Stands in a request for what the server has when it is sent, the n-th of its ids or names, so that
 * requests get further than “there is no such thing”. No character of it is encoded in a URL.
 */
export const KNOWN = /(ID|NAME)~(\d+)~/g;

const known = (kind: 'ID' | 'NAME'): Arbitrary<string> =>
  fc.nat({ max: 20 }).map((n) => `${kind}~${n}~`);

function named(ref: string, document: Document): Arbitrary<unknown> {
  const name = ref.slice('#/components/schemas/'.length);
  const schema = document.components.schemas[name];
  if (schema === undefined) throw new Error(`${ref} is not in the document`);
  const values = valuesOf(schema, document);
  if (name === 'Uuid') return fc.oneof(values, known('ID'));
  if (name === 'Name') return fc.oneof(values, known('NAME'));
  if (name === 'ContainerRef') return fc.oneof(values, known('ID'), known('NAME'));
  return values;
}

function strings({ pattern, minLength = 0, maxLength = 40 }: Schema): Arbitrary<string> {
  if (pattern !== undefined) return matching(pattern);
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)) });
}

/** fast-check writes no text for what a pattern forbids (`(?!…)`): such are written without, and sorted out. */
function matching(pattern: string): Arbitrary<string> {
  const allowed = pattern.replaceAll(/\(\?!(?:[^()]|\([^()]*\))*\)/g, '');
  const whole = new RegExp(pattern);
  return fc.stringMatching(new RegExp(allowed)).filter((text) => whole.test(text));
}

function objects(schema: Schema, of: (part: Schema) => Arbitrary<unknown>): Arbitrary<object> {
  const { properties = {}, patternProperties = {}, required = [] } = schema;
  const fixed = Object.fromEntries(
    Object.entries(properties).map(([key, part]) => [key, of(part)]),
  );
  const listed = fc.record(fixed, {
    requiredKeys: Object.keys(fixed).filter((key) => required.includes(key)),
  });
  const others = Object.entries(patternProperties).map(([pattern, part]) =>
    fc.dictionary(matching(pattern), of(part), { maxKeys: 2 }),
  );
  return fc.tuple(listed, ...others).map((parts) => Object.assign({}, ...parts) as object);
}
