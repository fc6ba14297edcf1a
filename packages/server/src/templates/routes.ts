import type { Account } from '@berth/config';
import type { App } from '../http/app.ts';
import type { RenderedConfig } from './view.ts';

export function configRoutes(
  app: App,
  account: (authorization: string | undefined) => Account,
  render: (account: Account) => RenderedConfig,
): void {
  // No response schema: what is sent was rendered once, see view.ts.
  app.get('/get_config', (request, reply) => {
    const { etag, body } = render(account(request.headers.authorization));
    reply.header('etag', etag).header('cache-control', 'private, no-cache');
    if (request.headers['if-none-match'] === etag) return reply.status(304).send();
    return reply.header('content-type', 'application/json; charset=utf-8').send(body);
  });
}
