import {
  Admission,
  Admitted,
  Enrolments,
  formatCode,
  NewInvite,
  Problem,
  TurnedAway,
  Uuid,
} from '@berth/contract';
import { Type } from 'typebox';
import type { Audit } from '../acting.ts';
import type { App } from '../http/app.ts';
import { actorOf } from '../http/caller.ts';
import type { Enrolment, Grant, PendingClient } from './enrolment.ts';

/** Which clients may come in: what admins decide. */
export function admitRoutes(
  app: App,
  options: {
    readonly enrolment: Pick<Enrolment, 'pending' | 'approve' | 'refuse' | 'invite'>;
    readonly audit: Audit;
  },
): void {
  const { enrolment, audit } = options;
  const config = { access: 'admin' } as const;
  const tags = { tags: ['enrolment'] };
  const one = { ...tags, params: Type.Object({ id: Uuid }) };

  const waiting = async (id: Uuid): Promise<PendingClient> => {
    const client = (await enrolment.pending()).find((pending) => pending.id === id);
    if (client !== undefined) return client;
    throw new Problem(
      'not_found',
      'That client waits no more: it was let in, refused, or too late.',
    );
  };

  app.get(
    '/admin/enrolments',
    {
      config,
      schema: {
        ...tags,
        summary: 'The clients that wait to be let in',
        response: { 200: Enrolments },
      },
    },
    async () => ({
      enrolments: (await enrolment.pending()).map(({ id, clientName, code, expires }) => ({
        id,
        name: clientName,
        code: formatCode(code),
        expires,
      })),
    }),
  );
  app.post(
    '/admin/enrolments/:id/approve',
    {
      config,
      schema: { ...one, summary: 'Let a client in', body: Admission, response: { 200: Admitted } },
    },
    async (request): Promise<Admitted> => {
      const { code } = await waiting(request.params.id);
      const { name } = actorOf(request);
      const client = await enrolment.approve(code, grantOf(request.body), name);
      const { clientId: id, clientName } = client;
      return { id, name: clientName, username: request.body.username };
    },
  );
  app.post(
    '/admin/enrolments/:id/refuse',
    { config, schema: { ...one, summary: 'Turn a client away', response: { 200: TurnedAway } } },
    async (request): Promise<TurnedAway> => {
      const { code } = await waiting(request.params.id);
      const { clientId: id, clientName: name } = await enrolment.refuse(code);
      await audit({ action: 'refuse_client', subject: name });
      return { id, name };
    },
  );
  app.post(
    '/admin/invites',
    {
      config,
      schema: {
        ...tags,
        summary: 'Let a client in before it asks',
        body: Admission,
        response: { 201: NewInvite },
      },
    },
    async (request, reply) => {
      const invite = await enrolment.invite(grantOf(request.body));
      await audit({ action: 'invite', subject: request.body.username });
      return reply.status(201).send(invite);
    },
  );
}

const grantOf = ({ username, new_user: newUser }: Admission): Grant => ({
  username,
  ...(newUser && { newUser }),
});
