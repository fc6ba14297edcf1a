import type { ClientView, ProblemBody, ShownClient, UserView } from '@berth/contract';
import { describe, expect, test } from 'vitest';
import { refusedStatuses, sendAs } from '../testing/as-admin.ts';
import { bearer, testApp } from '../testing/test-app.ts';

async function withAlice() {
  const house = await testApp();
  const credential = await house.user('alice', ['lab']);
  const send = await sendAs(house);
  const id = house.config().accountByName.get('alice')?.id ?? '';
  const url = `/admin/users/${id}/clients`;
  const pings = async (headers: { authorization: string }): Promise<number> =>
    (await house.app.inject({ url: '/ping', headers })).statusCode;
  return { house, credential, send, id, url, laptop: `${url}/${credential.clientId}`, pings };
}

const NOBODYS = '00000000-0000-4000-8000-000000000000';

describe('a client', () => {
  test('is made for a program, which is let in with what is shown once', async () => {
    const { house, send, url, id, pings } = await withAlice();
    const answer = await send('POST', url, { name: 'robot' });
    const robot = answer.json<ShownClient>();
    expect(answer.statusCode).toBe(201);
    expect(robot).toMatchObject({ name: 'robot', user: 'alice', expires: null });
    expect(robot.authorization).toBe(`Bearer ${robot.id}.${robot.secret}`);
    expect(await pings(robot)).toBe(200);
    const { body } = await send('GET', `/admin/users/${id}`);
    const audit = (await send('GET', '/admin/audit')).body;
    expect([body, audit, house.logged()].join()).not.toContain(robot.secret);
    expect(audit).toContain('add client robot of alice');
  });

  test('is renamed, and ended at a time', async () => {
    const { house, send, laptop, credential, pings } = await withAlice();
    const expires = '2026-11-23T11:00:00Z';
    const answer = await send('PATCH', laptop, { name: 'old laptop', expires });
    expect(answer.json<ClientView>()).toMatchObject({ name: 'old laptop', expires });
    expect(await pings(bearer(credential))).toBe(200);
    house.pass(3_600_000);
    expect(await pings(bearer(credential))).toBe(401);
    const reset = await sendAs(house);
    const refused = await reset('POST', `${laptop}/reset`);
    expect([refused.statusCode, refused.json<ProblemBody>().message]).toEqual([
      409,
      expect.stringContaining('has expired'),
    ]);
  });

  test('is given a new secret, and the old one ends at once', async () => {
    const { send, laptop, credential, pings } = await withAlice();
    const { authorization } = (await send('POST', `${laptop}/reset`)).json<ShownClient>();
    expect(await pings({ authorization })).toBe(200);
    expect(await pings(bearer(credential))).toBe(401);
  });

  test('is ended', async () => {
    const { send, laptop, credential, pings } = await withAlice();
    expect((await send('DELETE', laptop)).json<ClientView>()).toMatchObject({ name: 'laptop' });
    expect(await pings(bearer(credential))).toBe(401);
    expect((await send('DELETE', laptop)).statusCode).toBe(404);
  });

  test.each([
    ['a name that another has', 'POST', '', { name: 'laptop' }, 409],
    ['no name', 'POST', '', {}, 400],
    ['an expiry that is no moment', 'POST', '', { name: 'x', expires: 'tomorrow' }, 400],
    ['a secret of one’s own', 'POST', '', { name: 'x', secret: 'y' }, 400],
    ['a client that is not there', 'PATCH', `/${NOBODYS}`, { name: 'x' }, 404],
  ] as const)('is refused with %s', async (_, method, path, payload, status) => {
    const { send, url } = await withAlice();
    expect((await send(method, `${url}${path}`, payload)).statusCode).toBe(status);
  });

  test('is not changed where its user is another than was seen', async () => {
    const { send, id, url, laptop } = await withAlice();
    const { revision } = (await send('GET', `/admin/users/${id}`)).json<UserView>();
    const seen = { 'if-match': `"${revision}"` };
    expect((await send('POST', url, { name: 'first' }, seen)).statusCode).toBe(201);
    const stale = await send('PATCH', laptop, { name: 'second' }, seen);
    expect([stale.statusCode, stale.json<ProblemBody>().code]).toEqual([412, 'stale']);
  });
});

test('clients are for admins', async () => {
  const { house, credential, url, laptop } = await withAlice();
  for (const request of [
    ['POST', url, { name: 'x' }],
    ['PATCH', laptop, { name: 'x' }],
    ['POST', `${laptop}/reset`],
    ['DELETE', laptop],
  ] as const) {
    expect(await refusedStatuses(house, bearer(credential), request)).toEqual([401, 403, 403]);
  }
});
