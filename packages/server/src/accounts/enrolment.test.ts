import { hash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeUser, updateUser } from '@berth/config';
import { EnrolmentView, type ProblemBody } from '@berth/contract';
import { Check } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { bearer, newCredential, testApp, tokenHash, type TestApp } from '../testing/test-app.ts';

const HOUR = 60 * 60 * 1000;

function ask({ app }: TestApp, credential = newCredential(), more: object = {}) {
  const payload = {
    client_id: credential.clientId,
    token_hash: tokenHash(credential),
    name: 'laptop',
    ...more,
  };
  return app.inject({ method: 'POST', url: '/enroll', payload });
}

const view = async ({ app }: TestApp, id: string): Promise<EnrolmentView> =>
  (await app.inject(`/enroll/${id}`)).json();

describe('a client that asks', () => {
  test('waits, is let in with its code, and can then call', async () => {
    const house = await testApp();
    const credential = newCredential();
    const asked = await ask(house, credential);
    expect(asked.statusCode).toBe(201);
    const pending = asked.json<EnrolmentView>();
    expect(Check(EnrolmentView, pending)).toBe(true);
    expect(pending).toMatchObject({ state: 'pending', expires: '2026-11-23T11:00:00.000Z' });
    expect(pending.code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
    const headers = bearer(credential);
    expect((await house.app.inject({ url: '/ping', headers })).statusCode).toBe(401);

    const newUser = { containers: ['lab'] };
    await house.enrolment.approve(pending.code ?? '', { username: 'alice', newUser }, 'root');
    expect(await view(house, pending.id)).toEqual({
      id: pending.id,
      state: 'approved',
      username: 'alice',
    });
    expect((await house.app.inject({ url: '/ping', headers })).statusCode).toBe(200);
    expect(await house.enrolment.pending()).toEqual([]);
  });

  test('is let in for a user there is; the code may be typed as people type', async () => {
    const house = await testApp();
    await house.user('alice', ['lab']);
    const { code = '' } = (await ask(house)).json<EnrolmentView>();
    const typed = `${code.slice(0, 4)}-${code.slice(4)}`.toLowerCase();
    await house.enrolment.approve(typed, { username: 'alice' }, 'root');
    const [alice] = house.config().accounts.values();
    expect(Object.keys(alice?.clients ?? {})).toHaveLength(2);
  });

  test('asking again gives the same answer', async () => {
    const house = await testApp();
    const credential = newCredential();
    const first = (await ask(house, credential)).json();
    expect((await ask(house, credential)).json()).toEqual(first);
    expect(await house.enrolment.pending()).toHaveLength(1);
  });

  test('asking twice at once is asking once', async () => {
    const house = await testApp();
    const credential = newCredential();
    await Promise.all([ask(house, credential), ask(house, credential)]);
    expect(await house.enrolment.pending()).toHaveLength(1);
  });

  test('is turned away', async () => {
    const house = await testApp();
    const { id, code = '' } = (await ask(house)).json<EnrolmentView>();
    await house.enrolment.refuse(code);
    expect(await view(house, id)).toEqual({ id, state: 'refused' });
    await expect(
      house.enrolment.approve(code, { username: 'alice' }, 'root'),
    ).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('is forgotten after an hour', async () => {
    const house = await testApp();
    const { id } = (await ask(house)).json<EnrolmentView>();
    house.pass(HOUR);
    const answer = await house.app.inject(`/enroll/${id}`);
    expect([answer.statusCode, answer.json<ProblemBody>().code]).toEqual([404, 'not_found']);
    expect(await house.enrolment.pending()).toEqual([]);
  });

  test('cannot take the id of another, waiting or let in', async () => {
    const house = await testApp();
    const known = await house.user('alice', ['lab']);
    const waiting = newCredential();
    await ask(house, waiting);
    for (const { clientId } of [known, waiting]) {
      const answer = await ask(house, { ...newCredential(), clientId });
      expect([answer.statusCode, answer.json<ProblemBody>().code]).toEqual([409, 'conflict']);
    }
  });

  test('is refused when too many wait', async () => {
    const house = await testApp();
    for (let count = 0; count < 200; count += 1) {
      expect((await ask(house)).statusCode).toBe(201);
    }
    const answer = await ask(house);
    expect([answer.statusCode, answer.json<ProblemBody>().code]).toEqual([429, 'rate_limited']);
  });

  test.each([
    { client_id: 'x' },
    { token_hash: 'sha256:x' },
    { name: '' },
    { name: 'a\nb' },
    { name: '\u001b[31m' },
    { invite: 'short' },
    { secret: 'x' },
    { rights: ['admin'] },
  ])('is refused with %j', async (more) => {
    const house = await testApp();
    expect((await ask(house, newCredential(), more)).statusCode).toBe(400);
  });
});

describe('an invite', () => {
  const newUser = { containers: ['lab'] };

  test('lets one client in, once', async () => {
    const house = await testApp();
    const { code: invite } = await house.enrolment.invite({ username: 'alice', newUser });
    const credential = newCredential();
    const answer = await ask(house, credential, { invite });
    expect(answer.json()).toMatchObject({ state: 'approved', username: 'alice' });
    expect((await house.app.inject({ url: '/ping', headers: bearer(credential) })).statusCode).toBe(
      200,
    );
    const second = await ask(house, newCredential(), { invite });
    expect([second.statusCode, second.json<ProblemBody>().code]).toEqual([410, 'enrolment_closed']);
  });

  test('of which two make use at once lets one in', async () => {
    const house = await testApp();
    const { code: invite } = await house.enrolment.invite({ username: 'alice', newUser });
    const answers = await Promise.all([1, 2, 3].map(() => ask(house, newCredential(), { invite })));
    const statuses = answers.map(({ statusCode }) => statusCode);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 410, 410]);
  });

  test('is spent before anybody else is heard', async () => {
    const house = await testApp();
    await house.user('bob', ['lab']);
    const { code: invite } = await house.enrolment.invite({ username: 'bob' });
    const answered = Promise.withResolvers<number>();
    // The first one's edit is written, and everything that comes after it takes its time.
    house.onEdited(async () => {
      const second = await ask(house, newCredential(), { invite });
      answered.resolve(second.statusCode);
    });
    expect((await ask(house, newCredential(), { invite })).statusCode).toBe(201);
    expect(await answered.promise).toBe(410);
  });

  test('that is none costs the server no reading of its files', async () => {
    const house = await testApp();
    await writeFile(join(house.directory, 'users.yaml'), 'rubbish');
    const answer = await ask(house, newCredential(), { invite: 'A'.repeat(20) });
    expect(answer.statusCode).toBe(410);
  });

  test('tells a stranger nothing of what stands in the files', async () => {
    const house = await testApp();
    const { code: invite } = await house.enrolment.invite({ username: 'alice', newUser });
    await writeFile(join(house.directory, 'users.yaml'), 'carol: 1\n...\n');
    const answer = await ask(house, newCredential(), { invite });
    expect(answer.json<ProblemBody>()).toMatchObject({ code: 'config_invalid', details: {} });
    expect(answer.body).not.toContain('carol');
    expect(house.logged()).toContain('carol');
  });

  test('may be presented again by the client it let in, whose answer was lost', async () => {
    const house = await testApp();
    const { code: invite } = await house.enrolment.invite({ username: 'alice', newUser });
    const credential = newCredential();
    await ask(house, credential, { invite });
    expect((await ask(house, credential, { invite })).json()).toMatchObject({ state: 'approved' });
  });

  describe('for a user there is', () => {
    const GONE = {
      code: 'enrolment_closed',
      message: 'This invite is for no user there is now. Ask your admin for another.',
    };
    const invited = async (): Promise<{ house: TestApp; userId: string; invite: string }> => {
      const house = await testApp();
      await house.user('eve', ['lab']);
      const userId = house.config().accountByName.get('eve')?.id ?? '';
      const { code: invite } = await house.enrolment.invite({ username: 'eve' });
      return { house, userId, invite };
    };

    test('is for nobody else who gets the name of one who is gone', async () => {
      const { house, userId, invite } = await invited();
      await house.edit({ by: 'test', what: 'remove eve' }, (edit) => {
        removeUser(edit, userId);
      });
      await house.user('eve', ['lab']);
      const answer = await ask(house, newCredential(), { invite });
      expect(answer.json()).toMatchObject(GONE);
    });

    test('stays theirs under another name', async () => {
      const { house, userId, invite } = await invited();
      await house.edit({ by: 'test', what: 'rename eve' }, (edit) => {
        updateUser(edit, userId, { username: 'eva' });
      });
      await house.user('eve', ['lab']);
      const credential = newCredential();
      const answer = await ask(house, credential, { invite });
      expect(answer.json()).toMatchObject({ state: 'approved', username: 'eva' });
      expect(house.config().accountOfClient.get(credential.clientId)?.id).toBe(userId);
    });

    test('is refused where only a name was kept, as an older version did', async () => {
      const { house } = await invited();
      const invite = 'A'.repeat(20);
      const record = { grant: { username: 'eve' }, expires: '2026-11-24T10:00:00Z' };
      const path = join(house.directory, 'state', 'invites', `${hash('sha256', invite)}.json`);
      await writeFile(path, JSON.stringify(record));
      const answer = await ask(house, newCredential(), { invite });
      expect(answer.json()).toMatchObject(GONE);
    });
  });

  test('is good for a week', async () => {
    const house = await testApp();
    const { code: invite } = await house.enrolment.invite({ username: 'alice', newUser });
    house.pass(7 * 24 * HOUR);
    expect((await ask(house, newCredential(), { invite })).statusCode).toBe(410);
  });

  test('cannot be used to take a client from somebody', async () => {
    const house = await testApp();
    const known = await house.user('bob', ['lab']);
    const { code: invite } = await house.enrolment.invite({ username: 'alice', newUser });
    const answer = await ask(house, { ...newCredential(), clientId: known.clientId }, { invite });
    expect(answer.json<ProblemBody>().code).toBe('conflict');
  });
});

describe('whom a client is for', () => {
  test.each([
    [
      'a user there is not',
      { username: 'alice' },
      'There is no user alice. To make one, say that they are new (--new, or new_user)',
    ],
    [
      'a new user who is there',
      { username: 'bob', newUser: { containers: [] } },
      'Leave out --new.',
    ],
    [
      'a new user with a name that cannot be',
      { username: 'Al Ice', newUser: { containers: [] } },
      '"Al Ice" cannot be a user’s name: lower-case letters',
    ],
    [
      'templates there are not',
      { username: 'alice', newUser: { containers: ['lap'] } },
      'There is no template lap. There are: lab, gpu.',
    ],
  ])('%s is refused at once', async (_, grant, message) => {
    const house = await testApp();
    await house.user('bob', []);
    await expect(house.enrolment.invite(grant)).rejects.toThrow(message);
    const { code = '' } = (await ask(house)).json<EnrolmentView>();
    await expect(house.enrolment.approve(code, grant, 'root')).rejects.toThrow(message);
  });
});
