import { STATUS_CODES } from 'node:http';
import * as contract from '@berth/contract';
import fastify, { type FastifySchema, type RouteOptions } from 'fastify';
import { IsSchema } from 'typebox';
import type { Access } from '../http/caller.ts';
import { TAGS } from '../http/route-declaration.ts';

type Security = readonly { readonly [scheme: string]: readonly string[] }[];

const CLIENT = { client: [] };
const LOGIN = { login: [] };

/** What a caller proves who they are with, and who that may be. */
const CALLERS: Record<Access, { readonly security: Security; readonly who: string }> = {
  anyone: { security: [], who: 'For anyone.' },
  authenticated: { security: [CLIENT, LOGIN], who: 'For clients and logins.' },
  account: { security: [CLIENT, LOGIN], who: 'For users.' },
  client: { security: [CLIENT], who: 'For enrolled clients.' },
  login: { security: [LOGIN], who: 'For who has logged in with name and password.' },
  monitor: {
    security: [CLIENT, LOGIN],
    who: 'For admins, and users with the right `monitor` or `admin`.',
  },
  admin: { security: [LOGIN], who: 'For admins who have logged in.' },
};

const securitySchemes = {
  client: {
    type: 'http',
    scheme: 'bearer',
    description: 'What an enrolled client has: its UUID, a dot and its secret.',
  },
  login: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-berth',
    description:
      'A browser’s login, from `POST /login`. What changes something needs its `X-CSRF-Token` too.',
  },
} as const;

const FAILURES: Readonly<Record<string, string>> = {
  '4xx': 'Refused: the caller has to do something else.',
  '5xx': 'Failed, here or in the container engine.',
};

const DESCRIPTION = `Containers for every member of a team on a shared machine.

Bodies are JSON in UTF-8, and a key that is not listed is refused. Every failure is a \`ProblemBody\`: its
\`code\` comes from a closed list and decides the status.`;

/** A schema that is optional somewhere is a copy of itself there, so they are told by what they say. */
const keyOf = (schema: unknown): string => JSON.stringify(schema);

/** The schemas that have a name: each is described once and then referred to. */
const NAMES = new Map<string, { readonly name: string; readonly schema: unknown }>(
  Object.entries(contract).flatMap(([name, schema]) =>
    IsSchema(schema) ? [[keyOf(schema), { name, schema }]] : [],
  ),
);

/**
 * The OpenAPI document (3.1) of these routes, as JSON. What makes it is loaded only now: few ever ask.
 *
 * @param version of the program
 */
export async function describeApi(
  routes: readonly RouteOptions[],
  version: string,
): Promise<string> {
  const { default: swagger } = await import('@fastify/swagger');
  const app = fastify({ exposeHeadRoutes: false });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  const used = new Set<string>();
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Berth',
        version,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'This server.' }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: { securitySchemes },
    },
  });
  for (const { method, url, config, schema = {} } of routes) {
    for (const one of [method].flat().filter((name) => name !== 'HEAD')) {
      const described = describe(schema, one, url, config?.access ?? 'anyone');
      app.route({
        method: one,
        url,
        config: { access: 'anyone' },
        schema: referring(described, used) as FastifySchema,
        handler: () => '',
      });
    }
  }
  await app.ready();
  const components = { securitySchemes, schemas: namedSchemas(used) };
  return JSON.stringify({ ...app.swagger(), components });
}

/** A route’s schema with what the document says besides. */
function describe(
  schema: FastifySchema,
  method: string,
  url: string,
  access: Access,
): FastifySchema {
  const { security, who } = CALLERS[access];
  const answers = Object.entries(schema.response as Readonly<Record<string, object>>);
  return {
    ...schema,
    operationId: operationId(method, url),
    description: [schema.description, who].filter((part) => part !== undefined).join('\n\n'),
    security,
    response: Object.fromEntries(
      answers.map(([status, answer]) => [status, { ...media(answer), ...titled(status) }]),
    ),
  };
}

/** What an answer is made of: JSON, unless the route says otherwise; `null` is no body at all. */
function media(answer: object): object {
  const isWhole = 'content' in answer || ('type' in answer && answer.type === 'null');
  return isWhole ? answer : { content: { 'application/json': { schema: answer } } };
}

const titled = (status: string): object => ({
  'x-response-description': STATUS_CODES[status] ?? FAILURES[status],
});

/** `POST /containers/:ref/stop` is `postContainersRefStop`. */
function operationId(method: string, url: string): string {
  const words = `${method.toLowerCase()} ${url}`.match(/[A-Za-z0-9]+/g) ?? [];
  return words.map((word, n) => (n === 0 ? word : word[0]?.toUpperCase() + word.slice(1))).join('');
}

/** The schema with names in the place of what has one; `used` gets them, and those that they refer to. */
function referring(schema: unknown, used: Set<string>): unknown {
  const name = NAMES.get(keyOf(schema))?.name;
  if (name === undefined) return throughout(schema, used);
  if (!used.has(name)) {
    used.add(name);
    throughout(schema, used);
  }
  return { $ref: `#/components/schemas/${name}` };
}

/** OpenAPI has each parameter by itself, so all of them together can have no name. */
const IN_PARTS = new Set(['querystring', 'params', 'headers']);

/** Without what only our own errors and editors read. */
function throughout(schema: unknown, used: Set<string>): unknown {
  if (Array.isArray(schema)) return schema.map((part) => referring(part, used));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => key !== 'patternErrorMessage')
      .map(([key, part]) => [
        key,
        IN_PARTS.has(key) ? throughout(part, used) : referring(part, used),
      ]),
  );
}

function namedSchemas(used: Set<string>): object {
  const named = [...NAMES.values()].filter(({ name }) => used.has(name));
  const described = named.map(({ name, schema }) => [name, throughout(schema, used)] as const);
  return Object.fromEntries(described.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
