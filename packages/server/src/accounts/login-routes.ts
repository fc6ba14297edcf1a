import { LoginList, LoginRequest, LoginView, PasswordChange, Uuid } from '@berth/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../http/app.ts';
import { loginOf } from '../http/caller.ts';
import { loginCookie, NO_LOGIN_COOKIE } from '../http/cookie.ts';
import type { Logins, NewLogin } from './logins.ts';
import type { Origin } from './proof.ts';

export function loginRoutes(app: App, logins: Logins): void {
  const own = { access: 'login', isForFirstLogin: true } as const;
  const params = Type.Object({ id: Uuid });
  const tags = ['logins'];

  app.post(
    '/login',
    {
      config: { access: 'anyone', limit: 'login' },
      schema: {
        tags,
        summary: 'Log in with name and password',
        body: LoginRequest,
        response: { 200: LoginView },
      },
    },
    async (request, reply) => welcome(reply, await logins.logIn(request.body, originOf(request))),
  );
  app.get(
    '/login',
    { config: own, schema: { tags, summary: 'Who is logged in', response: { 200: LoginView } } },
    (request, reply) => {
      reply.header('cache-control', 'no-store');
      return logins.view(loginOf(request));
    },
  );
  app.post(
    '/login/password',
    {
      config: { ...own, limit: 'login' },
      schema: {
        tags,
        summary: 'Set a password of one’s own',
        body: PasswordChange,
        response: { 200: LoginView },
      },
    },
    async (request, reply) => {
      const caller = loginOf(request);
      return welcome(reply, await logins.changePassword(caller, request.body, originOf(request)));
    },
  );
  app.post(
    '/logout',
    { config: own, schema: { tags, summary: 'End this login', response: { 204: Type.Null() } } },
    async (request, reply) => {
      const caller = loginOf(request);
      await logins.end(caller, caller.login.id, 'own');
      return reply.status(204).header('set-cookie', NO_LOGIN_COOKIE).send(null);
    },
  );

  for (const [path, access, whose] of [
    ['/logins', 'login', 'own'],
    ['/admin/logins', 'admin', 'all'],
  ] as const) {
    const config = { access };
    const title = whose === 'own' ? 'The caller’s logins' : 'Everybody’s logins';
    const list = { tags, summary: `${title}, the last used first`, response: { 200: LoginList } };
    app.get(path, { config, schema: list }, (request) => ({
      logins: logins.list(loginOf(request), whose),
    }));
    const summary = whose === 'own' ? 'End one of the caller’s logins' : 'End anybody’s login';
    app.delete(
      `${path}/:id`,
      { config, schema: { tags, summary, params, response: { 204: Type.Null() } } },
      async (request, reply) => {
        await logins.end(loginOf(request), request.params.id, whose);
        return reply.status(204).send(null);
      },
    );
  }
}

function welcome(reply: FastifyReply, { secret, view }: NewLogin): LoginView {
  reply.header('set-cookie', loginCookie(secret)).header('cache-control', 'no-store');
  return view;
}

export const originOf = ({ ip, headers }: FastifyRequest): Origin => ({
  address: ip,
  device: headers['user-agent'] ?? '',
});
