import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Problem, type ProblemBody } from '@berth/contract';
import type { Log } from '@berth/logs';
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';

/** The HTTP application that features add their routes to. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Bodies are small: the largest is a start request. */
const BODY_LIMIT = 64 * 1024;

/**
 * Makes an application without routes that answers every failure as a `ProblemBody`, and logs it.
 * Unknown body keys are refused, never dropped: the validator is TypeBox's, not Fastify's own.
 */
export function createApp(log: Log): App {
  const answer = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = toProblem(error);
    logProblem(log, problem, request);
    return reply.status(problem.status).send(problemBody(problem, request.id));
  };
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 128 },
    frameworkErrors: (error, request, reply) => {
      void answer(error, request, reply);
    },
    clientErrorHandler: refuseConnection,
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(TypeBoxValidatorCompiler);

  app.setNotFoundHandler((request) => {
    throw new Problem('not_found', `There is no ${request.method} ${pathOf(request)} here.`);
  });
  app.setErrorHandler(answer);
  return app;
}

export function problemBody(problem: Problem, requestId: string): ProblemBody {
  return {
    code: problem.code,
    message: problem.message,
    details: problem.details,
    request_id: requestId,
  };
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
  const body = JSON.stringify(problemBody(problem, randomUUID()));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** What an error is to the caller; what it was stays in `cause`, for the log. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, statusCode = 500, validation, message } = error as Partial<FastifyError>;
  if (validation !== undefined)
    return new Problem('bad_request', `The request is malformed: ${message}.`);
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
    problem,
  };
  if (problem.status >= 500) log.error('request_failed', context);
  else log.warn('request_refused', context);
}

/** Without the query: it is the caller's own text, and nothing of ours is in it. */
const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '';
