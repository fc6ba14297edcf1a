import type {
  Admitted,
  AuditPage,
  EnrolmentView,
  Enrolments,
  NewInvite,
  ProblemBody,
} from '@berth/contract';
import { describe, expect, test } from 'vitest';
import { refusedStatuses, sendAs } from '../testing/as-admin.ts';
import { bearer, newCredential, testApp, tokenHash } from '../testing/test-app.ts';

async function withOneWaiting() {
  const house = await testApp();
  const alice = await house.user('alice', ['lab']);
  const credential = newCredential();
  const ask = async (more: object = {}): Promise<EnrolmentView> => {
    const payload = {
      client_id: credential.clientId,
      token_hash: tokenHash(credential),
      name: 'desktop',
      ...more,
    };
    return (await house.app.inject({ method: 'POST', url: '/enroll', payload })).json();
  };
  const { id, code } = await ask();
  const send = await sendAs(house);
  const pings = async (): Promise<number> =>
    (await house.app.inject({ url: '/ping', headers: bearer(credential) })).statusCode;
  return { house, alice, ask, id, code, send, pings, url: `/admin/enrolments/${id}` };
}

describe('a client that waits', () => {
  test('is listed with the code that its user sees, and let in', async () => {
    const { send, id, code, url, pings } = await withOneWaiting();
    const { enrolments } = (await send('GET', '/admin/enrolments')).json<Enrolments>();
    expect(enrolments).toMatchObject([{ id, name: 'desktop' }]);
    expect(enrolments[0]?.code.replace('-', '')).toBe(code?.replace('-', ''));
    const answer = await send('POST', `${url}/approve`, { username: 'alice' });
    expect(answer.json<Admitted>()).toMatchObject({ name: 'desktop', username: 'alice' });
    expect(await pings()).toBe(200);
    expect((await send('POST', `${url}/approve`, { username: 'alice' })).statusCode).toBe(404);
    expect((await send('GET', '/admin/enrolments')).json<Enrolments>().enrolments).toEqual([]);
  });

  test('is let in as a new user', async () => {
    const { house, send, url, pings } = await withOneWaiting();
    const body = { username: 'bob', new_user: { containers: ['gpu'] } };
    expect((await send('POST', `${url}/approve`, body)).statusCode).toBe(200);
    expect(house.config().accountByName.get('bob')?.templates).toEqual(new Set(['gpu']));
    expect(await pings()).toBe(200);
  });

  test('is turned away, and the trail says by whom', async () => {
    const { send, url, pings } = await withOneWaiting();
    expect((await send('POST', `${url}/refuse`)).statusCode).toBe(200);
    expect(await pings()).toBe(401);
    const { entries } = (await send('GET', '/admin/audit?action=refuse_client')).json<AuditPage>();
    expect(entries).toMatchObject([{ by: { name: 'admin' }, subject: 'desktop', outcome: 'done' }]);
  });

  test.each([
    ['nobody', { username: 'nobody' }, 404],
    [
      'a new user of a name that is taken',
      { username: 'alice', new_user: { containers: [] } },
      409,
    ],
    ['a template that is not there', { username: 'bob', new_user: { containers: ['none'] } }, 404],
    ['no name', {}, 400],
  ])('is not let in as %s', async (_, body, status) => {
    const { send, url, pings } = await withOneWaiting();
    const answer = await send('POST', `${url}/approve`, body);
    expect([answer.statusCode, answer.json<ProblemBody>().message]).toEqual([
      status,
      expect.any(String),
    ]);
    expect(await pings()).toBe(401);
  });
});

test('an invite lets one client in before it asks', async () => {
  const { send, ask, pings } = await withOneWaiting();
  const answer = await send('POST', '/admin/invites', { username: 'alice' });
  const { code } = answer.json<NewInvite>();
  expect(answer.statusCode).toBe(201);
  expect(await ask({ invite: code })).toMatchObject({ state: 'approved', username: 'alice' });
  expect(await pings()).toBe(200);
  const { body } = await send('GET', '/admin/audit');
  expect(body).toContain('"action":"invite"');
  expect(body).not.toContain(code);
});

test('who may come in is for admins to decide', async () => {
  const { house, alice, url } = await withOneWaiting();
  for (const request of [
    ['GET', '/admin/enrolments'],
    ['POST', `${url}/approve`, { username: 'alice' }],
    ['POST', `${url}/refuse`],
    ['POST', '/admin/invites', { username: 'alice' }],
  ] as const) {
    expect(await refusedStatuses(house, bearer(alice), request)).toEqual([401, 403, 403]);
  }
});
