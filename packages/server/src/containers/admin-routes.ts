import {
  ContainerLogEvent,
  ContainerLogQuery,
  Problem,
  RestartedContainer,
  StoppedContainer,
  Uuid,
} from '@berth/contract';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { toProblem, type App } from '../http/app.ts';
import { ndjsonStream } from '../http/ndjson.ts';
import { problemBody } from '../http/raw-answer.ts';
import type { AnyContainer } from './any-container.ts';

const USUAL_TAIL = 1000;

export function anyContainerRoutes(
  app: App,
  options: {
    readonly containers: AnyContainer;
    /** Hears of a log that broke off after its stream had begun. */
    readonly onStreamFailure: (problem: Problem, request: FastifyRequest) => void;
    /** Fires when the server stops and has waited long enough for what runs. */
    readonly ending: AbortSignal;
  },
): void {
  const { containers, onStreamFailure, ending } = options;
  const config = { access: 'admin' } as const;
  const about = { tags: ['containers'], params: Type.Object({ id: Uuid }) };

  app.post(
    '/admin/containers/:id/stop',
    {
      config,
      schema: {
        ...about,
        summary: 'Stop and remove anybody’s container',
        description: 'As its owner would: the volumes that they keep stay.',
        response: { 200: StoppedContainer },
      },
    },
    (request) => containers.stop(request.params.id),
  );

  app.post(
    '/admin/containers/:id/restart',
    {
      config,
      schema: {
        ...about,
        summary: 'Restart anybody’s container',
        description: 'It stays as it is, files and all.',
        response: { 200: RestartedContainer },
      },
    },
    (request) => containers.restart(request.params.id),
  );

  const logs = {
    ...about,
    summary: 'What anybody’s container prints',
    description: 'Answers with one JSON document a line. The last, `end` or `failed`, decides.',
    querystring: ContainerLogQuery,
    response: { 200: { content: { 'application/x-ndjson': { schema: ContainerLogEvent } } } },
  };
  // A HEAD would follow, too, and nobody would hear it.
  const route = { config, schema: logs, exposeHeadRoute: false };
  app.get('/admin/containers/:id/logs', route, async (request, reply) => {
    const { tail = USUAL_TAIL, since, follow = false } = request.query;
    const stream = ndjsonStream(reply);
    const wanted = { tail, follow, ...(since !== undefined && { since: new Date(since) }) };
    const signal = AbortSignal.any([stream.gone, ending]);
    const entries = await containers.logs(request.params.id, wanted, signal);
    stream.begin();
    try {
      for await (const { stream: from, time, text } of entries) {
        await stream.writeInTurn({
          event: 'printed',
          stream: from,
          time: time.toISOString(),
          text,
        });
      }
      stream.end({ event: 'end' });
    } catch (error) {
      const problem = ending.aborted ? stopping(error) : toProblem(error);
      onStreamFailure(problem, request);
      stream.end({ event: 'failed', problem: problemBody(problem, request.id) });
    }
    return reply;
  });
}

function stopping(error: unknown): Problem {
  return new Problem('server_stopping', 'The server stops. Ask again when it is back.', {
    cause: error,
  });
}
