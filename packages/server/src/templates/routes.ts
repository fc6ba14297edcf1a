import type { Account } from '@berth/config';
import { ConfigView } from '@berth/contract';
import { Type } from 'typebox';
import type { App } from '../http/app.ts';
import { accountOf } from '../http/caller.ts';
import type { RenderedConfig } from './view.ts';

export function configRoutes(app: App, render: (account: Account) => RenderedConfig): void {
  // As text, because each user’s is rendered once: see view.ts.
  const schema = {
    tags: ['configuration'],
    summary: 'Who the caller is, and what they may start',
    response: { 200: Type.Unsafe<string>(ConfigView), 304: Type.Null() },
  };
  app.get('/get_config', { config: { access: 'account' }, schema }, (request, reply) => {
    const { etag, body } = render(accountOf(request));
    reply.header('etag', etag).header('cache-control', 'private, no-cache');
    if (request.headers['if-none-match'] === etag) {
      reply.status(304);
      return null;
    }
    reply.header('content-type', 'application/json; charset=utf-8');
    return body;
  });
}
