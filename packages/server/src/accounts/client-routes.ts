import { ClientChange, ClientView, IfMatch, NewClient, ShownClient, Uuid } from '@berth/contract';
import { Type } from 'typebox';
import type { App } from '../http/app.ts';
import { changeOf } from '../http/if-match.ts';
import type { Clients } from './clients.ts';

/** A client is a part of its user: `If-Match` takes the user’s revision. */
export function clientRoutes(app: App, clients: Clients): void {
  const config = { access: 'admin' } as const;
  const about = { tags: ['users'], headers: IfMatch };
  const one = { ...about, params: Type.Object({ id: Uuid, client: Uuid }) };

  app.post(
    '/admin/users/:id/clients',
    {
      config,
      schema: {
        ...about,
        params: Type.Object({ id: Uuid }),
        summary: 'Make a client, for a program',
        description: 'Its secret is shown this once.',
        body: NewClient,
        response: { 201: ShownClient },
      },
    },
    async (request, reply) =>
      reply.status(201).send(await clients.add(request.params.id, request.body, changeOf(request))),
  );
  app.patch(
    '/admin/users/:id/clients/:client',
    {
      config,
      schema: {
        ...one,
        summary: 'Call a client something else, or set when it ends',
        body: ClientChange,
        response: { 200: ClientView },
      },
    },
    (request) => {
      const { id, client } = request.params;
      return clients.change(id, client, request.body, changeOf(request));
    },
  );
  app.post(
    '/admin/users/:id/clients/:client/reset',
    {
      config,
      schema: {
        ...one,
        summary: 'Give a client a new secret; the old one ends at once',
        response: { 200: ShownClient },
      },
    },
    (request) => clients.reset(request.params.id, request.params.client, changeOf(request)),
  );
  app.delete(
    '/admin/users/:id/clients/:client',
    {
      config,
      schema: {
        ...one,
        summary: 'End a client: its next request is refused',
        response: { 200: ClientView },
      },
    },
    (request) => clients.revoke(request.params.id, request.params.client, changeOf(request)),
  );
}
