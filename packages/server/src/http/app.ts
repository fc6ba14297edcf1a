import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { Problem } from '@berth/contract';
import type { Log } from '@berth/logs';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
  type RouteOptions,
} from 'fastify';
import type { ActingNow } from '../acting.ts';
import { actorOf, type Caller } from './caller.ts';
import type { Connections } from './connections.ts';
import { isRead } from './forgery.ts';
import { createGate } from './gate.ts';
import { BODY_LIMIT, refuseCompressed } from './limits.ts';
import type { RateLimits } from './rate-limits.ts';
import type { RequestCounts } from './request-counts.ts';
import { problemBody, rawAnswer } from './raw-answer.ts';
import { completeRoute } from './route-declaration.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { createValidation } from './validation.ts';

/** The HTTP application that features add their routes to. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/**
 * Makes an application without routes that answers every failure as a `ProblemBody`, and logs it.
 * Unknown body keys are refused, never dropped: the validator is TypeBox's, not Fastify's own.
 * Every route declares its `access`; this is where it is held to it.
 *
 * @param options.connections how it is connected to
 * @param options.authenticate throws for a request that does not prove who makes it
 */
export function createApp(options: {
  readonly log: Log;
  readonly connections: Connections;
  readonly authenticate: (request: FastifyRequest) => Caller;
  readonly limits: Pick<RateLimits, 'known' | 'fromAddress'>;
  readonly acting: Pick<ActingNow, 'as'>;
  readonly counts: Pick<RequestCounts, 'add'>;
}): App {
  const { log, connections, authenticate, limits, acting, counts } = options;
  const pass = createGate({ authenticate, limits });
  const answer = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = toProblem(error);
    logProblem(log, problem, request);
    // A request that no route is looked for has no headers yet.
    reply.headers(SECURITY_HEADERS);
    const wait = problem.details['retry_after_seconds'];
    if (typeof wait === 'number') reply.header('retry-after', wait);
    return reply.status(problem.status).send(problemBody(problem, request.id));
  };
  const app = fastify({
    ...connections.options,
    bodyLimit: BODY_LIMIT,
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    // Who is in the middle of several requests gets answers to all that arrive.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 128 },
    frameworkErrors: (error, request, reply) => {
      void answer(error, request, reply);
    },
    clientErrorHandler: refuseConnection,
  }).withTypeProvider<TypeBoxTypeProvider>();
  connections.guard(app);
  app.setValidatorCompiler(createValidation());
  // That answers are as their schemas say is what the tests prove; here it would cost each of them.
  app.setSerializerCompiler(() => JSON.stringify);
  // A form of another site can send text; JSON it cannot.
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('caller', undefined);
  const declared: RouteOptions[] = [];
  app.decorate('declared', declared);
  app.addHook('onRoute', (route) => {
    completeRoute(route);
    declared.push(route);
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS);
    try {
      connections.refuseUnprotected(request);
      refuseCompressed(request);
      request.caller = pass(request);
      done();
    } catch (error) {
      done(error as Error);
    }
  });

  // Not earlier: what waits for the body to come goes on as whoever sent its last piece.
  app.addHook('preHandler', (request, _reply, done) => {
    if (isRead(request.method) || request.is404) done();
    else acting.as(request, done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    counts.add(request, reply);
    done();
  });
  app.setNotFoundHandler((request) => {
    throw new Problem('not_found', `There is no ${request.method} ${pathOf(request)} here.`);
  });
  app.setErrorHandler(answer);
  return app;
}

const CONNECTION_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers bytes that are not HTTP: there is no request yet, and so no reply. */
function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const status = CONNECTION_STATUS[error.code ?? ''] ?? 400;
  const problem = new Problem('bad_request', `The request is malformed: ${error.message}.`);
  socket.end(rawAnswer(problem, status));
}

/** What an error is to the caller; what it was stays in `cause`, for the log. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, statusCode = 500, message } = error as Partial<FastifyError>;
  if (statusCode === 413) {
    return new Problem('payload_too_large', `A body may have at most ${BODY_LIMIT} bytes.`);
  }
  // Fastify's own, and a caller who hung up in mid-body: the engine's have a statusCode too.
  if (/^(FST_|ECONNRESET$)/.test(String(code)) && statusCode < 500)
    return new Problem('bad_request', `The request is malformed: ${message}.`);
  return new Problem('internal', 'Something went wrong in the server; its log says what.', {
    cause: error,
  });
}

/** Logs the server's own failures as errors and refusals as warnings. */
export function logProblem(log: Log, problem: Problem, request: FastifyRequest): void {
  const context = {
    request_id: request.id,
    method: request.method,
    path: pathOf(request),
    code: problem.code,
    by: request.caller && actorOf(request),
    problem,
  };
  if (problem.status >= 500) log.error('request_failed', context);
  else log.warn('request_refused', context);
}

/** Without the query: it is the caller's own text, and nothing of ours is in it. */
const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '';
