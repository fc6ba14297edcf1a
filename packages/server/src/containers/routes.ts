import {
  ContainerList,
  ContainerRef,
  StartEvent,
  StartRequest,
  StopResult,
  Problem,
} from '@berth/contract';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { toProblem, type App } from '../http/app.ts';
import { accountOf } from '../http/caller.ts';
import { ndjsonStream } from '../http/ndjson.ts';
import { problemBody } from '../http/raw-answer.ts';
import type { Containers } from './containers.ts';

export function containerRoutes(
  app: App,
  options: {
    readonly containers: Containers;
    /** Hears of a start that failed after its stream had begun. */
    readonly onStreamFailure: (problem: Problem, request: FastifyRequest) => void;
    /** Fires when the server stops and has waited long enough for what runs. */
    readonly ending: AbortSignal;
  },
): void {
  const { containers, onStreamFailure, ending } = options;
  const config = { access: 'account' } as const;
  const tags = { tags: ['containers'] };

  app.get(
    '/containers',
    {
      config,
      schema: {
        ...tags,
        summary: 'The caller’s containers, oldest first',
        response: { 200: ContainerList },
      },
    },
    async (request) => ({
      containers: await containers.list(accountOf(request)),
    }),
  );

  const start = {
    ...tags,
    summary: 'Start a container',
    description: 'Answers with one JSON document a line. The last, `done` or `failed`, decides.',
    body: StartRequest,
    response: { 200: { content: { 'application/x-ndjson': { schema: StartEvent } } } },
  };
  app.post('/containers', { config, schema: start }, async (request, reply) => {
    const stream = ndjsonStream(reply);
    try {
      const done = await containers.start(
        accountOf(request),
        request.body,
        (event) => stream.write(event, { droppable: event.event === 'layer' }),
        AbortSignal.any([stream.gone, ending]),
      );
      stream.end(done);
    } catch (error) {
      // Before the first event the failure still has a status of its own.
      if (!stream.isOpen()) throw error;
      const problem = ending.aborted ? stopping(error) : toProblem(error);
      onStreamFailure(problem, request);
      stream.end({ event: 'failed', problem: problemBody(problem, request.id) });
    }
    return reply;
  });

  app.post(
    '/containers/:ref/stop',
    {
      config,
      schema: {
        ...tags,
        summary: 'Stop and remove a container',
        params: Type.Object({ ref: ContainerRef }),
        response: { 200: StopResult },
      },
    },
    (request) => containers.stop(accountOf(request), request.params.ref),
  );
}

/** A start that was cancelled because the server stops can be asked for again. */
function stopping(error: unknown): Problem {
  const problem = toProblem(error);
  if (problem.code !== 'cancelled') return problem;
  return new Problem(
    'server_stopping',
    'The server stops before the start was done; nothing is left of it. Start again when it is back.',
    { cause: error },
  );
}
