import type { Account } from '@berth/config';
import {
  ContainerList,
  ContainerRef,
  StartRequest,
  StopResult,
  type Problem,
} from '@berth/contract';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { problemBody, toProblem, type App } from '../http/app.ts';
import { ndjsonStream } from '../http/ndjson.ts';
import type { Containers } from './containers.ts';

export function containerRoutes(
  app: App,
  options: {
    readonly account: (authorization: string | undefined) => Account;
    readonly containers: Containers;
    /** Hears of a start that failed after its stream had begun. */
    readonly onStreamFailure: (problem: Problem, request: FastifyRequest) => void;
  },
): void {
  const { account, containers, onStreamFailure } = options;

  app.get('/containers', { schema: { response: { 200: ContainerList } } }, async (request) => ({
    containers: await containers.list(account(request.headers.authorization)),
  }));

  app.post('/containers', { schema: { body: StartRequest } }, async (request, reply) => {
    const caller = account(request.headers.authorization);
    const stream = ndjsonStream(reply);
    try {
      const done = await containers.start(
        caller,
        request.body,
        (event) => stream.write(event, { droppable: event.event === 'layer' }),
        stream.gone,
      );
      stream.end(done);
    } catch (error) {
      // Before the first event the failure still has a status of its own.
      if (!stream.isOpen()) throw error;
      const problem = toProblem(error);
      onStreamFailure(problem, request);
      stream.end({ event: 'failed', problem: problemBody(problem, request.id) });
    }
    return reply;
  });

  app.post(
    '/containers/:ref/stop',
    {
      schema: { params: Type.Object({ ref: ContainerRef }), response: { 200: StopResult } },
    },
    (request) => containers.stop(account(request.headers.authorization), request.params.ref),
  );
}
