import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addTemplate, updateClient } from '@berth/config';
import { ServerEvent, type EnrolmentView } from '@berth/contract';
import { Check } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { bearer, newCredential, tokenHash } from '../testing/test-app.ts';
import { openHouse } from './testing/house.ts';
import { kindsOf, listen } from './testing/listen.ts';

describe('the stream', () => {
  test('begins at once, with where to resume, and passes through proxies as it is', async () => {
    const { hear, user } = await openHouse();
    const { answer, raw } = await hear(await user('alice', ['lab']));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      connection: 'close',
    });
    expect(answer.headers).not.toHaveProperty('transfer-encoding');
    await once(answer, 'data');
    expect(raw()).toMatch(/^retry: 2000\nid: [0-9a-f]{12}-\d+\n\n$/);
  });

  test('has events that are as their schema says', async () => {
    const { hear, login, user, allow } = await openHouse();
    const admin = await hear(await login());
    await user('alice', ['lab']);
    await allow('alice');
    await admin.heard('user_changed');
    expect(kindsOf(admin)).toEqual([
      'config_accepted',
      'user_added',
      'client_added',
      'config_accepted',
      'user_changed',
    ]);
    const wrong = admin.events.filter((event) => !Check(ServerEvent, event));
    expect(wrong).toEqual([]);
  });

  test('beats while there is nothing to hear, and then also tells where to resume', async () => {
    const { hear, user, allow, pass } = await openHouse();
    const [alice, bob] = [await user('alice', ['lab']), await user('bob', [])];
    const listener = await hear(bob);
    await allow('alice');
    const other = await hear(alice);
    await other.said('id: ');
    pass(15_000);
    await listener.said(`: heartbeat\nid: ${other.lastId()}\n\n`);
    expect([listener.events, listener.lastId()]).toEqual([[], other.lastId()]);
    pass(15_000);
    await listener.said(`: heartbeat\nid: ${other.lastId()}\n\n: heartbeat`);
  });

  test('is for nobody who is not let in, and for no HEAD, which would not hear it', async () => {
    const { app, url, user } = await openHouse();
    expect((await app.inject('/events')).statusCode).toBe(401);
    expect((await listen(url, { authorization: 'Bearer x' })).answer.statusCode).toBe(400);
    const headers = bearer(await user('alice', []));
    expect((await app.inject({ method: 'HEAD', url: '/events', headers })).statusCode).toBe(404);
  });
});

describe('who hears what', () => {
  test('a user hears of their own alone', async () => {
    const { hear, user, allow, override, idOf } = await openHouse();
    const alice = await hear(await user('alice', ['lab']));
    const bob = await hear(await user('bob', ['lab']));
    await allow('bob');
    await override(idOf('bob'), 'limits: {cpus: 1}');
    await allow('alice');
    await alice.heard('config_changed');
    expect(kindsOf(alice)).toEqual(['config_changed']);
    expect(kindsOf(bob)).toEqual(['config_changed', 'config_changed']);
  });

  test('a user is told of who is let in as them', async () => {
    const { hear, user, change, idOf } = await openHouse();
    const credential = await user('alice', []);
    const alice = await hear(credential);
    await change((edit) => {
      updateClient(edit, idOf('alice'), credential.clientId, { name: 'old laptop' });
    });
    expect(await alice.heard('client_changed')).toMatchObject({
      user: { id: idOf('alice'), username: 'alice' },
      client: { id: credential.clientId, name: 'old laptop' },
    });
  });

  test('what a user does not get to see is no change to them', async () => {
    const { hear, user, update, allow, templates } = await openHouse();
    const alice = await hear(await user('alice', ['lab']));
    await update('alice', { metadata: { team: 'vision' } });
    await templates('version: 1\ncontainers:\n  lab: {image: lab:2}\n  gpu: {image: gpu:1}\n...\n');
    await templates('version: 1\ncontainers:\n  lab: {image: lab:2}\n  gpu: {image: gpu:2}\n...\n');
    await allow('alice');
    await alice.heard('config_changed', 2);
    expect(kindsOf(alice)).toEqual(['config_changed', 'config_changed']);
  });

  test('who may monitor hears how the server is, an admin hears of everybody', async () => {
    const { hear, user, update, login, person, change, directory, reload } = await openHouse();
    const client = await user('mona', []);
    await update('mona', { rights: ['monitor'] });
    await person('ada', { rights: ['admin'] });
    const mona = await hear(client);
    const ada = await hear(await login('ada'));
    const root = await hear(await login());
    await user('bob', ['lab']);
    await change((edit) => {
      addTemplate(edit, 'shell', { image: 'shell:1' });
    });
    await writeFile(join(directory, 'users.yaml'), 'rubbish');
    await reload();
    for (const listener of [mona, ada, root]) await listener.heard('config_rejected');
    expect(kindsOf(mona)).toEqual(['config_accepted', 'config_accepted', 'config_rejected']);
    expect(kindsOf(ada)).toEqual([
      'config_accepted',
      'user_added',
      'client_added',
      'config_accepted',
      'template_added',
      'config_rejected',
    ]);
    expect(root.events).toEqual(ada.events);
  });

  test('an admin’s client hears no more than may be on a disk: its credential is on one', async () => {
    const { hear, user, update } = await openHouse();
    const client = await user('ada', []);
    await update('ada', { rights: ['admin'] });
    const ada = await hear(client);
    await user('bob', []);
    await update('bob', { disabled: true });
    await ada.heard('config_accepted', 2);
    expect(kindsOf(ada)).toEqual(['config_accepted', 'config_accepted']);
  });
});

test('an admin hears who asks to be let in, and what becomes of it', async () => {
  const { app, hear, login, user, enrolment } = await openHouse();
  const admin = await hear(await login());
  const alice = await hear(await user('alice', []));
  const ask = async (name: string): Promise<EnrolmentView> => {
    const credential = newCredential();
    const payload = { client_id: credential.clientId, token_hash: tokenHash(credential), name };
    return (await app.inject({ method: 'POST', url: '/enroll', payload })).json();
  };
  const [one, other] = [await ask('desk'), await ask('phone')];
  await enrolment.approve(one.code ?? '', { username: 'alice' }, 'root');
  await enrolment.refuse(other.code ?? '');
  await admin.heard('enrolment_refused');
  const desk = { id: one.id, client_name: 'desk' };
  const phone = { id: other.id, client_name: 'phone' };
  expect(admin.events.filter(({ kind }) => kind.startsWith('enrolment'))).toMatchObject([
    { kind: 'enrolment_asked', enrolment: desk },
    { kind: 'enrolment_asked', enrolment: phone },
    { kind: 'enrolment_approved', enrolment: desk },
    { kind: 'enrolment_refused', enrolment: phone },
  ]);
  await alice.heard('client_added');
  expect(kindsOf(alice)).toEqual(['client_added']);
});

describe('who goes on behind an event', () => {
  test('hears what came since, once', async () => {
    const { hear, user, allow, update } = await openHouse();
    const credential = await user('alice', ['lab']);
    const alice = await hear(credential);
    await allow('alice');
    await alice.heard('config_changed');
    alice.cut();
    await allow('alice', 'lab');
    await allow('alice', 'gpu');
    const again = await hear(credential, { lastId: alice.lastId() });
    await allow('alice');
    await update('alice', { disabled: true });
    await again.ended;
    expect(kindsOf(again)).toEqual(['config_changed', 'config_changed', 'config_changed', 'ended']);
  });

  test.each(['0123456789ab-7', 'rubbish'])(
    'of another life of the server is told so, and goes on from there: %s',
    async (id) => {
      const { hear, user, allow } = await openHouse();
      const credential = await user('alice', ['lab']);
      const alice = await hear(credential, { lastId: id });
      await alice.heard('reset');
      const again = await hear(credential, { lastId: alice.lastId() });
      await allow('alice');
      await again.heard('config_changed');
      expect(kindsOf(again)).toEqual(['config_changed']);
    },
  );
});
