import type { Account } from '@berth/config';
import { Health, Pong } from '@berth/contract';
import type { App } from '../http/app.ts';

export function monitoringRoutes(
  app: App,
  options: {
    readonly account: (authorization: string | undefined) => Account;
    readonly health: () => Health;
    /** Revision of what this user gets from `GET /get_config`. */
    readonly revision: (account: Account) => string;
    readonly now: () => Date;
  },
): void {
  const { account, health, revision, now } = options;
  app.get('/healthz', { schema: { response: { 200: Health } } }, () => health());
  app.route({
    method: ['GET', 'POST'],
    url: '/ping',
    schema: { response: { 200: Pong } },
    handler: (request): Pong => ({
      revision: revision(account(request.headers.authorization)),
      time: now().toISOString(),
    }),
  });
}
