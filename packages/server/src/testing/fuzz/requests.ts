import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { damaged } from './damage.ts';
import type { Document, Operation } from './document.ts';
import { valuesOf } from './schema-values.ts';

/** Whom a request claims to be from; the house knows what each sends. */
export const CALLERS = [
  'nobody',
  'malformed',
  'unknown',
  'user',
  'monitor',
  'login',
  'admin',
  'forged',
] as const;
export type CallerName = (typeof CALLERS)[number];

/** A request of the fuzzer’s. Placeholders stand in it: see `KNOWN`. */
export interface FuzzRequest {
  readonly method: string;
  /** In the document; undefined where the request is for nothing that is there. */
  readonly template: string | undefined;
  readonly path: string;
  readonly caller: CallerName;
  readonly contentType: string | undefined;
  readonly body: string | undefined;
}

/** Requests as the document allows them, and every kind of them that it does not. */
export function requestsOf(document: Document): Arbitrary<FuzzRequest> {
  const operations = Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      requestOf(document, template, method.toUpperCase(), operation),
    ),
  );
  return fc.oneof(
    { weight: 30, arbitrary: fc.oneof(...operations) },
    { weight: 1, arbitrary: elsewhere },
  );
}

function requestOf(
  document: Document,
  template: string,
  method: string,
  operation: Operation,
): Arbitrary<FuzzRequest> {
  const { parameters = [], requestBody } = operation;
  const textOf = (values: Arbitrary<unknown>): Arbitrary<string> =>
    fc
      .oneof({ weight: 4, arbitrary: values }, { weight: 1, arbitrary: damaged(values) })
      // What was damaged may be nothing any more.
      .map((value) =>
        typeof value === 'string' ? value : `${JSON.stringify(value) as string | undefined}`,
      );
  const inPath = parameters.filter((one) => one.in === 'path');
  const inQuery = parameters.filter((one) => one.in === 'query');
  const record = (list: typeof parameters): Arbitrary<Record<string, string>> =>
    fc.record(
      Object.fromEntries(
        list.map(({ name, schema }) => [name, textOf(valuesOf(schema, document))]),
      ),
      { requiredKeys: list.filter((one) => one.required === true).map(({ name }) => name) },
    );
  const json = requestBody?.content['application/json']?.schema;
  const body =
    json === undefined
      ? fc.oneof({ weight: 8, arbitrary: fc.constant(NONE) }, { weight: 1, arbitrary: broken })
      : bodies(valuesOf(json, document));
  return fc
    .tuple(record(inPath), record(inQuery), body, callersOf(operation))
    .map(([params, query, { text, contentType }, caller]) => ({
      method,
      template,
      path: pathOf(template, params, query),
      caller,
      contentType,
      body: text,
    }));
}

/** More often somebody who may: the others all get the same. */
function callersOf({ security }: Operation): Arbitrary<CallerName> {
  const schemes = new Set(security.flatMap((one) => Object.keys(one)));
  const allowed: CallerName[] = ['nobody'];
  if (schemes.has('client')) allowed.push('user', 'monitor');
  if (schemes.has('login')) allowed.push('login', 'admin', 'admin');
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...allowed) },
    { weight: 1, arbitrary: fc.constantFrom(...CALLERS) },
  );
}

function pathOf(
  template: string,
  params: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string>>,
): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encoded(params[name] ?? ''));
  const search = Object.entries(query).map(([name, value]) => `${name}=${encoded(value)}`);
  return search.length === 0 ? path : `${path}?${search.join('&')}`;
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

interface Body {
  readonly text: string | undefined;
  readonly contentType: string | undefined;
}

const JSON_TYPE = 'application/json';
const NONE: Body = { text: undefined, contentType: undefined };

const broken: Arbitrary<Body> = fc.record({
  text: fc.constantFrom('', '{', '{"a":1}{', '[1,', 'null', '"x"', '\ufeff{}', '{"a":1e999}', 'x'),
  contentType: fc.constantFrom(JSON_TYPE, 'text/plain', 'application/xml', 'nonsense', undefined),
});

function bodies(values: Arbitrary<unknown>): Arbitrary<Body> {
  const sent = (arbitrary: Arbitrary<unknown>): Arbitrary<Body> =>
    arbitrary.map((value) => ({ text: JSON.stringify(value), contentType: JSON_TYPE }));
  return fc.oneof(
    { weight: 6, arbitrary: sent(values) },
    { weight: 4, arbitrary: sent(damaged(values)) },
    { weight: 1, arbitrary: broken },
    { weight: 1, arbitrary: fc.constant(NONE) },
  );
}

/** For nothing that is there, and for what no path can be. */
const elsewhere: Arbitrary<FuzzRequest> = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'),
    fc.oneof(
      fc.constantFrom(
        '/%',
        '/%zz',
        '/..',
        '//',
        '/../info?x=',
        '/containers/%2e%2e%2finfo',
        '/%00',
      ),
      fc.webPath().map((path) => `/${path}`),
    ),
    fc.constantFrom(...CALLERS),
  )
  .map(([method, path, caller]) => ({
    method,
    template: undefined,
    path,
    caller,
    contentType: undefined,
    body: undefined,
  }));
