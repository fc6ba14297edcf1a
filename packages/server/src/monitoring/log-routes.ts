import { ServerLogPage, ServerLogQuery } from '@berth/contract';
import { latestEntries } from '@berth/logs';
import type { App } from '../http/app.ts';

const USUAL_LIMIT = 100;

/**
 * @param log.directory where it is written to
 * @param log.name of its files, without `.yaml`
 */
export function serverLogRoutes(
  app: App,
  log: { readonly directory: () => string; readonly name: string },
): void {
  app.get(
    '/admin/logs',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['monitoring'],
        summary: 'The server’s log: the latest entries, the oldest of them first',
        description: 'For those before them give the time of the first as `until`.',
        querystring: ServerLogQuery,
        response: { 200: ServerLogPage },
      },
    },
    async ({ query }): Promise<ServerLogPage> => {
      const { since, until, request_id: requestId, limit = USUAL_LIMIT, ...filter } = query;
      let damaged = 0;
      const entries = await latestEntries(
        log.directory(),
        log.name,
        {
          ...filter,
          requestId,
          since: since === undefined ? undefined : Date.parse(since),
          until: until === undefined ? undefined : Date.parse(until),
        },
        {
          most: limit,
          onDamaged: () => {
            damaged += 1;
          },
        },
      );
      return {
        entries: entries.map(({ time, severity, event, fields }) => ({
          time,
          severity,
          event,
          fields,
        })),
        damaged,
      };
    },
  );
}
