import { readdir, readFile } from 'node:fs/promises';
import { updateAdmin, updateUser } from '@berth/config';
import type { LoginList, LoginView, ProblemBody } from '@berth/contract';
import { describe, expect, test } from 'vitest';
import { bearer, PASSWORD, testApp, type LoginHeaders, type TestApp } from '../testing/test-app.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Of a password that nobody knows. */
const HASH =
  '$pbkdf2-sha256$i=600000,l=32$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

const logIn = ({ app }: TestApp, username: string, password: string, headers = {}) =>
  app.inject({ method: 'POST', url: '/login', headers, payload: { username, password } });

/** Who a cookie logs in: a name, or the code of the refusal. */
async function who({ app }: TestApp, headers: Record<string, string>): Promise<string> {
  const answer = await app.inject({ url: '/login', headers });
  return answer.statusCode === 200
    ? answer.json<LoginView>().username
    : answer.json<ProblemBody>().code;
}

const idOf = (house: TestApp, name: string): string =>
  house.config().accountByName.get(name)?.id ?? '';

async function listed({ app }: TestApp, url: string, headers: LoginHeaders) {
  return (await app.inject({ url, headers })).json<LoginList>().logins;
}

describe('a login', () => {
  test('of the built-in admin, and of a user with a password, tells who it is', async () => {
    const house = await testApp();
    await house.person('alice', { rights: ['admin'] });
    const admin = await logIn(house, 'admin', PASSWORD);
    expect(admin.json()).toMatchObject({
      username: 'admin',
      kind: 'admin',
      rights: ['admin'],
      change_password: false,
      created: '2026-11-23T10:00:00.000Z',
      idle_expires: '2026-11-23T10:30:00.000Z',
      expires: '2026-11-23T22:00:00.000Z',
    });
    const alice = await logIn(house, 'alice', PASSWORD);
    expect(alice.json()).toMatchObject({ username: 'alice', kind: 'user', rights: ['admin'] });
    expect(alice.headers['cache-control']).toBe('no-store');
  });

  test('is refused alike for a wrong password, a stranger, who has none, and who is disabled', async () => {
    const house = await testApp();
    await house.person('alice');
    await house.person('bob', { disabled: true });
    await house.user('carol', []);
    const bodies = [];
    for (const [name, password] of [
      ['alice', 'wrong'],
      ['nobody', PASSWORD],
      ['bob', PASSWORD],
      ['carol', PASSWORD],
      ['', ''],
    ] as const) {
      const answer = await logIn(house, name, password);
      expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([401, undefined]);
      bodies.push({ ...answer.json<ProblemBody>(), request_id: '' });
    }
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  });

  test('that fails is logged with name and address, quoted and cut, and never with the password', async () => {
    const house = await testApp();
    await logIn(house, 'eve\n---\nevent: fake', 'hunter2hunter2');
    await logIn(house, 'x'.repeat(64), 'hunter2hunter2');
    expect((await logIn(house, 'x'.repeat(65), 'hunter2hunter2')).statusCode).toBe(400);
    expect(house.logged()).toContain('event: login_failed');
    expect(house.logged()).toContain('address: "127.0.0.1"');
    expect(house.logged()).not.toMatch(/^event: fake/m);
    expect(house.logged()).not.toContain('hunter2');
  });

  test('by a stored hash of one round is refused and logged (iteration downgrade)', async () => {
    const house = await testApp();
    const weak =
      '$pbkdf2-sha256$i=1,l=32$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    await house.person('alice', { password_hash: weak });
    expect((await logIn(house, 'alice', PASSWORD)).statusCode).toBe(401);
    expect(house.logged()).toContain('event: password_hash_refused');
    expect(house.logged()).toContain('1 round of PBKDF2');
    expect(house.logged()).not.toContain('AAAA');
  });

  test('by an older, weaker hash stores a strong one, and goes on', async () => {
    const house = await testApp();
    const strong = house.config().settings.admin.password_hash;
    const old = strong.replace('i=600000', 'i=100000');
    await house.person('alice', { password_hash: old });
    const headers = await house.login('alice');
    const stored = house.config().accountByName.get('alice')?.user.password_hash;
    expect(stored).toContain('i=600000');
    expect(await who(house, headers)).toBe('alice');
  });
});

describe('the cookie', () => {
  test('is for this host alone, and no script’s', async () => {
    const house = await testApp();
    const { headers } = await logIn(house, 'admin', PASSWORD);
    expect(headers['set-cookie']).toMatch(
      /^__Host-berth=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  test('that was set before a login is replaced, and lets nobody in (session fixation)', async () => {
    const house = await testApp();
    const preset = `__Host-berth=${'A'.repeat(43)}`;
    const answer = await logIn(house, 'admin', PASSWORD, { cookie: preset });
    expect(String(answer.headers['set-cookie'])).not.toContain(preset);
    expect(await who(house, { cookie: preset })).toBe('unauthorized');
    const first = await house.login();
    const second = await house.login();
    expect(second.cookie).not.toBe(first.cookie);
  });

  test.each([
    ['empty', '__Host-berth='],
    ['of another form', '__Host-berth=%00'],
    ['there twice', (cookie: string) => `${cookie}; ${cookie}`],
    ['under another name', (cookie: string) => cookie.replace('__Host-', '')],
  ])('lets nobody in that is %s', async (_, cookie) => {
    const house = await testApp();
    const headers = await house.login();
    const made = typeof cookie === 'string' ? cookie : cookie(headers.cookie);
    expect(await who(house, { cookie: made })).toBe('unauthorized');
    expect(await who(house, { cookie: `theme=dark; ${headers.cookie};x` })).toBe('admin');
  });

  test('stands nowhere in what the server keeps or logs', async () => {
    const house = await testApp();
    const { cookie } = await house.login();
    const folder = `${house.config().settings.stateDirectory}/logins`;
    const texts = await Promise.all(
      (await readdir(folder)).map((name) => readFile(`${folder}/${name}`, 'utf8')),
    );
    expect(texts).toHaveLength(1);
    const secret = cookie.slice('__Host-berth='.length);
    expect([house.logged(), ...texts].join('\n')).not.toContain(secret);
  });
});

describe('a login ends', () => {
  test('when it was not used for the idle time', async () => {
    const house = await testApp();
    const headers = await house.login();
    for (let used = 0; used < 5; used += 1) {
      house.pass(29 * MINUTE);
      expect(await who(house, headers)).toBe('admin');
    }
    house.pass(30 * MINUTE);
    expect(await who(house, headers)).toBe('unauthorized');
  });

  test('after the absolute time, however much it is used', async () => {
    const house = await testApp();
    const headers = await house.login();
    for (let passed = 0; passed < 12 * HOUR; passed += 20 * MINUTE) {
      expect(await who(house, headers)).toBe('admin');
      house.pass(20 * MINUTE);
    }
    expect(await who(house, headers)).toBe('unauthorized');
  });

  test('by limits that changed meanwhile', async () => {
    const house = await testApp();
    const headers = await house.login();
    await house.edit({ by: 'test', what: 'shorter' }, (edit) => {
      edit.set('main.yaml', ['logins'], { idle_minutes: 1 });
    });
    house.pass(MINUTE);
    expect(await who(house, headers)).toBe('unauthorized');
  });

  test('at logout, on the server: the old cookie is worth nothing', async () => {
    const house = await testApp();
    const headers = await house.login();
    const answer = await house.app.inject({ method: 'POST', url: '/logout', headers });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['set-cookie']).toMatch(/^__Host-berth=; Max-Age=0; Path=\//);
    expect(await who(house, headers)).toBe('unauthorized');
  });

  test.each([
    ['gets another password', (house: TestApp) => house.person('alice', { password_hash: HASH })],
    ['has no password any more', (house: TestApp) => patch(house, { password_hash: null })],
    ['is disabled', (house: TestApp) => patch(house, { disabled: true })],
  ])('when its user %s', async (_, change) => {
    const house = await testApp();
    await house.person('alice');
    const headers = await house.login('alice');
    const before = await house.login();
    await change(house);
    expect(await who(house, headers)).toBe('unauthorized');
    expect(await who(house, before)).toBe('admin');
  });

  test('for good: who is let in again has to log in again', async () => {
    const house = await testApp();
    await house.person('alice');
    const headers = await house.login('alice');
    await patch(house, { disabled: true });
    await house.logins.review();
    await patch(house, { disabled: null });
    expect(await who(house, headers)).toBe('unauthorized');
    expect(await who(house, await house.login('alice'))).toBe('alice');
  });

  test('when the admin’s password is set by a command', async () => {
    const house = await testApp();
    const headers = await house.login();
    await house.edit({ by: 'root', what: 'set the password of the admin' }, (edit) => {
      updateAdmin(edit, { password_hash: HASH });
    });
    expect(await who(house, headers)).toBe('unauthorized');
  });

  test('when the same person has logged in twenty times since', async () => {
    const house = await testApp();
    const first = await house.login();
    for (let count = 0; count < 20; count += 1) {
      house.pass(1);
      await house.login();
    }
    expect(await who(house, first)).toBe('unauthorized');
  });
});

test('removing the right `admin` removes the power of a login at once', async () => {
  const house = await testApp();
  await house.person('alice', { rights: ['admin'] });
  const headers = await house.login('alice');
  const status = async () => (await house.app.inject({ url: '/admin/logins', headers })).statusCode;
  expect(await status()).toBe(200);
  await patch(house, { rights: [] });
  expect(await status()).toBe(403);
  expect(await who(house, headers)).toBe('alice');
});

test('logins survive a restart, with their limits, and those that have ended do not', async () => {
  const house = await testApp();
  const kept = await house.login();
  const ended = await house.login();
  await house.app.inject({ method: 'POST', url: '/logout', headers: ended });
  house.pass(20 * MINUTE);
  expect(await who(house, kept)).toBe('admin');
  await house.logins.flush();
  const secret = (headers: LoginHeaders): string => headers.cookie.slice('__Host-berth='.length);
  house.pass(29 * MINUTE);
  const after = await house.restarted();
  expect(() => after.authenticate(secret(ended))).toThrow('not logged in');
  expect(after.authenticate(secret(kept)).login.username).toBe('admin');
  house.pass(30 * MINUTE);
  expect(() => after.authenticate(secret(kept))).toThrow('not logged in');
});

describe('lists of logins', () => {
  test('show one’s own with device and last use, and end them', async () => {
    const house = await testApp();
    await house.person('alice');
    await house.login();
    const phone = await logIn(house, 'alice', PASSWORD, { 'user-agent': 'x'.repeat(500) });
    house.pass(MINUTE);
    const headers = await house.login('alice');
    const logins = await listed(house, '/logins', headers);
    expect(logins).toMatchObject([
      { username: 'alice', current: true, used: '2026-11-23T10:01:00.000Z' },
      { username: 'alice', current: false, device: 'x'.repeat(200), address: '127.0.0.1' },
    ]);
    const url = `/logins/${phone.json<LoginView>().id}`;
    expect((await house.app.inject({ method: 'DELETE', url, headers })).statusCode).toBe(204);
    expect(await listed(house, '/logins', headers)).toHaveLength(1);
    expect((await house.app.inject({ method: 'DELETE', url, headers })).statusCode).toBe(404);
  });

  test('of everybody are for admins, who may end any', async () => {
    const house = await testApp();
    await house.person('alice');
    const [admin, alice] = [await house.login(), await house.login('alice')];
    expect(await listed(house, '/admin/logins', admin)).toHaveLength(2);
    const [hers] = await listed(house, '/logins', alice);
    const [his] = await listed(house, '/logins', admin);
    const end = async (url: string, headers: LoginHeaders): Promise<number> =>
      (await house.app.inject({ method: 'DELETE', url, headers })).statusCode;
    expect(await end(`/logins/${his?.id}`, alice)).toBe(404);
    expect(await end(`/admin/logins/${his?.id}`, alice)).toBe(403);
    expect(await end(`/admin/logins/${hers?.id}`, admin)).toBe(204);
    expect(await who(house, alice)).toBe('unauthorized');
  });
});

describe('a password that has to be changed', () => {
  const change = ({ app }: TestApp, headers: LoginHeaders, password: string, fresh: string) =>
    app.inject({
      method: 'POST',
      url: '/login/password',
      headers,
      payload: { password, new_password: fresh },
    });

  test('lets its login see itself, change it and log out, and nothing else', async () => {
    const house = await testApp();
    await house.edit({ by: 'init', what: 'first' }, (edit) => {
      updateAdmin(edit, { change_password: true });
    });
    const headers = await house.login();
    const refused = await house.app.inject({ url: '/admin/logins', headers });
    expect([refused.statusCode, refused.json<ProblemBody>().code]).toEqual([
      403,
      'password_change_required',
    ]);
    expect((await house.app.inject({ url: '/logins', headers })).statusCode).toBe(403);
    const seen = await house.app.inject({ url: '/login', headers });
    expect(seen.json()).toMatchObject({ change_password: true });
    const other = await house.login();
    const done = await change(house, headers, PASSWORD, 'a better one');
    expect(done.json()).toMatchObject({ username: 'admin', change_password: false });
    const [cookie = ''] = String(done.headers['set-cookie']).split(';');
    expect((await house.app.inject({ url: '/admin/logins', headers: { cookie } })).statusCode).toBe(
      200,
    );
    expect(house.config().settings.admin.change_password).toBeUndefined();
    expect([await who(house, headers), await who(house, other)]).toEqual([
      'unauthorized',
      'unauthorized',
    ]);
    expect((await logIn(house, 'admin', PASSWORD)).statusCode).toBe(401);
    expect((await logIn(house, 'admin', 'a better one')).statusCode).toBe(200);
  });

  test.each([
    ['the old one', PASSWORD, PASSWORD, 400],
    ['a short one', PASSWORD, 'short', 400],
    ['any, by who does not know the old one,', 'wrong', 'a better one', 403],
  ])('is not changed to %s', async (_, password, fresh, status) => {
    const house = await testApp();
    await house.person('alice', { change_password: true });
    const headers = await house.login('alice');
    expect((await change(house, headers, password, fresh)).statusCode).toBe(status);
    const seen = await house.app.inject({ url: '/login', headers });
    expect(seen.json()).toMatchObject({ change_password: true });
  });

  test('is no matter of clients: these have secrets of their own', async () => {
    const house = await testApp();
    const headers = bearer(await house.user('alice', []));
    await patch(house, { change_password: true });
    expect((await house.app.inject({ url: '/ping', headers })).statusCode).toBe(200);
  });
});

function patch(house: TestApp, entry: Parameters<typeof updateUser>[2]): Promise<void> {
  return house.edit({ by: 'test', what: 'change alice' }, (edit) => {
    updateUser(edit, idOf(house, 'alice'), entry);
  });
}
