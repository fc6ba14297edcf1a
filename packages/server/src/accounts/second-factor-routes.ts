import {
  PasswordProof,
  RecoveryCodes,
  SecondFactorCode,
  SecondFactorSecret,
  SecondFactorView,
} from '@berth/contract';
import { Type } from 'typebox';
import type { App } from '../http/app.ts';
import { loginOf } from '../http/caller.ts';
import { originOf } from './login-routes.ts';
import type { OwnFactor } from './own-factor.ts';

export function secondFactorRoutes(app: App, secondFactor: OwnFactor): void {
  const config = { access: 'admin' } as const;
  // Each takes a password or a code, which somebody else could try at an open page.
  const guarded = { ...config, limit: 'login' } as const;
  const tags = ['logins'];

  app.get(
    '/login/second-factor',
    {
      config,
      schema: { tags, summary: 'Whether a code is needed', response: { 200: SecondFactorView } },
    },
    (request) => secondFactor.view(loginOf(request)),
  );
  app.post(
    '/login/second-factor',
    {
      config: guarded,
      schema: {
        tags,
        summary: 'Make a secret for an authenticator app',
        body: PasswordProof,
        response: { 200: SecondFactorSecret },
      },
    },
    (request, reply) => {
      reply.header('cache-control', 'no-store');
      return secondFactor.begin(loginOf(request), request.body.password, originOf(request));
    },
  );
  app.post(
    '/login/second-factor/confirm',
    {
      config: guarded,
      schema: {
        tags,
        summary: 'Put the secret in force',
        body: SecondFactorCode,
        response: { 200: RecoveryCodes },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return {
        recovery_codes: await secondFactor.confirm(loginOf(request), request.body.code),
      };
    },
  );
  app.post(
    '/login/second-factor/off',
    {
      config: guarded,
      schema: {
        tags,
        summary: 'Need no code any more',
        body: PasswordProof,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await secondFactor.end(loginOf(request), request.body.password, originOf(request));
      return reply.status(204).send(null);
    },
  );
}
