import { createLog } from '@berth/logs';
import { Problem, type Right } from '@berth/contract';
import type { RouteShorthandOptions } from 'fastify';
import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { testApp } from '../testing/test-app.ts';
import { createActingNow } from '../acting.ts';
import { createApp, type App } from './app.ts';
import { createConnections } from './connections.ts';
import { accountOf, actorOf, type Access, type Caller } from './caller.ts';

const schema = { tags: ['reference'], summary: 'Nothing', response: { 200: Type.String() } };

const ACCESSES = [
  'anyone',
  'authenticated',
  'account',
  'client',
  'login',
  'monitor',
  'admin',
] satisfies Access[];

type Kind = 'client' | 'login' | 'built-in';

/** An application whose callers say what they are, with a route for each access. */
async function house(rights?: Right[]): Promise<App> {
  const { config, user } = await testApp();
  await user('alice', []);
  const found = config().accountByName.get('alice');
  if (found === undefined) throw new Error('alice was just made');
  const account = { ...found, user: { ...found.user, ...(rights && { rights }) } };
  const id = crypto.randomUUID();
  const login = { id, username: 'alice', secret: 'x', csrfToken: 'y', mustChangePassword: false };
  const callers: Partial<Record<string, Caller>> = {
    client: { kind: 'client', account, clientId: id },
    login: { kind: 'login', login, account },
    'built-in': { kind: 'login', login: { ...login, username: 'admin' }, account: undefined },
  };
  const app = createApp({
    acting: createActingNow(),
    connections: createConnections({ settings: () => config().settings }),
    counts: { add: () => {} },
    limits: { known: () => {}, fromAddress: () => {} },
    log: createLog({ write: () => {}, level: () => 'error', now: () => new Date(0) }),
    authenticate: ({ headers }) => {
      const caller = callers[headers.authorization ?? ''];
      if (caller === undefined) throw new Problem('unauthorized', 'Who are you?');
      return caller;
    },
  });
  for (const access of ACCESSES) {
    app.get(`/${access}`, { config: { access }, schema }, () => access);
  }
  app.get('/mine', { config: { access: 'anyone' }, schema }, (request) => accountOf(request).id);
  app.get('/actor', { config: { access: 'anyone' }, schema }, (request) => actorOf(request).name);
  app.get('/by', { config: { access: 'monitor' }, schema }, (request) => {
    const { kind, name } = actorOf(request);
    return `${kind} ${name}`;
  });
  return app;
}

/** What may be called, in the order of `ACCESSES`. */
const allowed = async (app: App, authorization: Kind): Promise<string> => {
  const found: string[] = [];
  for (const access of [...ACCESSES, 'nothing']) {
    const { statusCode } = await app.inject({ url: `/${access}`, headers: { authorization } });
    if (statusCode === 200) found.push(access);
    else expect([access, statusCode]).toEqual([access, access === 'nothing' ? 404 : 403]);
  }
  return found.join(' ');
};

test('who does not prove who they are gets what is for anyone', async () => {
  const app = await house();
  const statuses = [];
  for (const access of ACCESSES) statuses.push((await app.inject(`/${access}`)).statusCode);
  expect(statuses).toEqual([200, 401, 401, 401, 401, 401, 401]);
});

test.each([
  ['client', undefined, 'anyone authenticated account client'],
  ['client', [], 'anyone authenticated account client'],
  ['client', ['monitor'], 'anyone authenticated account client monitor'],
  ['client', ['admin'], 'anyone authenticated account client monitor'],
  ['login', [], 'anyone authenticated account login'],
  ['login', ['monitor'], 'anyone authenticated account login monitor'],
  ['login', ['admin'], 'anyone authenticated account login monitor admin'],
  ['built-in', undefined, 'anyone authenticated login monitor admin'],
] satisfies [Kind, Right[] | undefined, string][])(
  'a %s with the rights %j gets what these allow',
  async (kind, rights, expected) => {
    expect(await allowed(await house(rights), kind)).toBe(expected);
  },
);

test('a client’s credential on an admin’s route is told how an admin gets in', async () => {
  const app = await house(['admin']);
  const answer = await app.inject({ url: '/admin', headers: { authorization: 'client' } });
  expect(answer.json()).toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('POST /login') as string,
  });
});

test.each([
  ['client', 'client alice'],
  ['login', 'user alice'],
  ['built-in', 'admin admin'],
] satisfies [Kind, string][])('a %s acts as %s', async (authorization, expected) => {
  const app = await house(['admin']);
  expect((await app.inject({ url: '/by', headers: { authorization } })).body).toBe(expected);
});

const anyone = { access: 'anyone' } as const;

test.each<[string, RouteShorthandOptions]>([
  ['who may call it', { schema }],
  ['what it answers', { config: anyone, schema: { tags: schema.tags, summary: 'Nothing' } }],
  ['what it is for', { config: anyone, schema: { tags: schema.tags, response: {} } }],
  [
    'that it takes nothing else in its query',
    { config: anyone, schema: { ...schema, querystring: Type.Object({}) } },
  ],
  [
    'that it takes nothing else in its body',
    { config: anyone, schema: { ...schema, body: Type.Object({}) } },
  ],
  ['what it is about', { config: anyone, schema: { ...schema, tags: ['other'] } }],
])('a route that does not say %s is refused at once', async (_, route) => {
  const app = await house();
  expect(() => app.post('/vague', route, () => '')).toThrow('/vague must declare');
});

test.each(['/mine', '/actor'])(
  'a route for anyone cannot take its caller for a user: %s',
  async (url) => {
    expect((await (await house()).inject(url)).statusCode).toBe(500);
  },
);
