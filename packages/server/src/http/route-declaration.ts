import { ProblemBody } from '@berth/contract';
import type { RouteOptions } from 'fastify';
import type { Access } from './caller.ts';

/** What routes are about: the chapters of the API’s reference. Each route names one. */
export const TAGS: Readonly<Record<string, string>> = {
  enrolment: 'How a client is let in.',
  users: 'Users, for admins.',
  templates: 'Templates, for admins.',
  history: 'The changes of the configuration, for admins.',
  logins: 'Logins with name and password, for browsers.',
  configuration: 'What a user may start.',
  containers: 'What a user runs.',
  events: 'What changes, as it changes.',
  monitoring: 'How everything is.',
  audit: 'Who did what.',
  reference: 'This API, described.',
};

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly access: Access;
    /** Whether also a login may call it that has to set another password first. */
    readonly isForFirstLogin?: true;
  }
  interface FastifyInstance {
    /** All routes, as they were declared; a HEAD for each GET among them. */
    readonly declared: readonly RouteOptions[];
  }
}

/**
 * Refuses a route that does not say who may call it, what it is for, what it takes and what it answers.
 * Adds to what it answers how all of them fail.
 */
export function completeRoute(route: RouteOptions): void {
  const { config, schema } = route;
  const response = schema?.response as Record<string, unknown> | undefined;
  const isTagged = schema?.tags?.length === 1 && schema.tags.every((tag) => tag in TAGS);
  if (!isClosed(schema?.querystring) || !isClosed(schema?.body)) {
    throw new Error(`${route.url} must declare that its query and its body take nothing else`);
  }
  if (config === undefined || response === undefined || !isTagged || schema.summary === undefined) {
    throw new Error(
      `${route.url} must declare its access, and in its schema a summary, one of the tags (http/route-declaration.ts) and its answers`,
    );
  }
  route.schema = { ...schema, response: { ...response, '4xx': ProblemBody, '5xx': ProblemBody } };
}

/** Whether what the schema does not list is refused. */
function isClosed(schema: unknown): boolean {
  const isObject = typeof schema === 'object' && schema !== null && 'properties' in schema;
  return !isObject || ('additionalProperties' in schema && schema.additionalProperties === false);
}
