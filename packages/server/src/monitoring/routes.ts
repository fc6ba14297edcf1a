import type { Account } from '@berth/config';
import { Health, Pong } from '@berth/contract';
import type { App } from '../http/app.ts';
import { accountOf } from '../http/caller.ts';

export function monitoringRoutes(
  app: App,
  options: {
    readonly health: () => Health;
    /** Revision of what this user gets from `GET /get_config`. */
    readonly revision: (account: Account) => string;
    readonly now: () => Date;
  },
): void {
  const { health, revision, now } = options;
  app.get(
    '/healthz',
    {
      config: { access: 'anyone' },
      schema: {
        tags: ['monitoring'],
        summary: 'Whether the server answers, and its configuration is good',
        response: { 200: Health },
      },
    },
    () => health(),
  );
  app.route({
    method: ['GET', 'POST'],
    url: '/ping',
    config: { access: 'client' },
    schema: {
      tags: ['monitoring'],
      summary: 'Say that a client is there',
      response: { 200: Pong },
    },
    handler: (request): Pong => ({
      revision: revision(accountOf(request)),
      time: now().toISOString(),
    }),
  });
}
