import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoginView, ProblemBody, SecondFactorView } from '@berth/contract';
import { TOTP } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { PASSWORD, testApp, type LoginHeaders, type TestApp } from '../testing/test-app.ts';

const STEP = 30_000;
const START = Date.parse('2026-11-23T10:00:00Z');

const post = ({ app }: TestApp, url: string, headers: LoginHeaders, payload: object) =>
  app.inject({ method: 'POST', url, headers, payload });

const logIn = ({ app }: TestApp, code?: string, password = PASSWORD, username = 'admin') =>
  app.inject({ method: 'POST', url: '/login', payload: { username, password, code } });

/** The code of an app, so many steps after the start. */
const codeAt = (secret: string, step: number): string =>
  new TOTP({ secret }).generate({ timestamp: START + step * STEP });

const fileOf = ({ directory }: TestApp): string => join(directory, 'secrets.yaml');

/** A house whose admin has a second factor, confirmed at the start. */
async function withFactor() {
  const house = await testApp();
  const headers = await house.login();
  const begun = await post(house, '/login/second-factor', headers, { password: PASSWORD });
  const { secret, uri } = begun.json<{ secret: string; uri: string }>();
  const confirmed = await post(house, '/login/second-factor/confirm', headers, {
    code: codeAt(secret, 0),
  });
  const { recovery_codes: codes } = confirmed.json<{ recovery_codes: string[] }>();
  return { house, headers, secret, uri, codes };
}

const codeOf = (answer: { json: () => unknown }): string => (answer.json() as ProblemBody).code;

describe('a second factor', () => {
  test('is in force once a code of it was shown, and wanted of every login from then on', async () => {
    const house = await testApp();
    const headers = await house.login();
    const state = async () =>
      (await house.app.inject({ url: '/login/second-factor', headers })).json<SecondFactorView>();
    const begun = await post(house, '/login/second-factor', headers, { password: PASSWORD });
    const { secret, uri } = begun.json<{ secret: string; uri: string }>();
    expect(uri).toMatch(/^otpauth:\/\/totp\/Berth:admin\?issuer=Berth&secret=[A-Z2-7]{32}&/);
    expect(await state()).toEqual({ on: false, recovery_codes: 0 });
    expect((await logIn(house)).statusCode).toBe(200);
    const wrong = await post(house, '/login/second-factor/confirm', headers, { code: '000000' });
    expect(wrong.statusCode).toBe(400);
    const code = codeAt(secret, 0);
    const done = await post(house, '/login/second-factor/confirm', headers, { code });
    expect(done.json<{ recovery_codes: string[] }>().recovery_codes).toHaveLength(10);
    expect(await state()).toEqual({ on: true, recovery_codes: 10 });
    const without = await logIn(house);
    expect([without.statusCode, codeOf(without)]).toEqual([401, 'second_factor_required']);
    expect(codeOf(await logIn(house, undefined, 'wrong'))).toBe('unauthorized');
    house.pass(STEP);
    expect((await logIn(house, codeAt(secret, 1))).statusCode).toBe(200);
  });

  test('takes a code of a clock that is half a minute off, and no other', async () => {
    const { house, secret } = await withFactor();
    house.pass(10 * STEP);
    for (const [step, status] of [
      [8, 401],
      [12, 401],
      [9, 200],
      [11, 200],
    ] as const) {
      expect((await logIn(house, codeAt(secret, step))).statusCode).toBe(status);
    }
  });

  test('takes no code twice, nor an older one, also after a restart', async () => {
    const { house, secret } = await withFactor();
    expect((await logIn(house, codeAt(secret, 0))).statusCode).toBe(401);
    house.pass(2 * STEP);
    expect((await logIn(house, codeAt(secret, 2))).statusCode).toBe(200);
    const after = await house.restarted();
    for (const code of [codeAt(secret, 2), codeAt(secret, 1)]) {
      const request = { username: 'admin', password: PASSWORD, code };
      await expect(after.logIn(request, { address: '::1', device: '' })).rejects.toMatchObject({
        code: 'second_factor_required',
      });
    }
  });

  test('lets one of two in that use the same code at the same moment', async () => {
    const { house, secret } = await withFactor();
    house.pass(STEP);
    const code = codeAt(secret, 1);
    const answers = await Promise.all([logIn(house, code), logIn(house, code)]);
    const statuses = answers.map(({ statusCode }) => statusCode);
    expect(new Set(statuses)).toEqual(new Set([200, 401]));
  });

  test('can be replaced by each recovery code, once, however it is typed', async () => {
    const { house, codes } = await withFactor();
    const [one = '', other = ''] = codes;
    expect((await logIn(house, one)).statusCode).toBe(200);
    expect((await logIn(house, one)).statusCode).toBe(401);
    expect((await logIn(house, other.toLowerCase().replaceAll('-', ''))).statusCode).toBe(200);
    const headers = await logIn(house, codes[2]);
    const [cookie = ''] = String(headers.headers['set-cookie']).split(';');
    const left = await house.app.inject({ url: '/login/second-factor', headers: { cookie } });
    expect(left.json()).toEqual({ on: true, recovery_codes: 7 });
  });

  test('is not guessed: after five wrong codes one has to wait, longer each time', async () => {
    const { house, secret } = await withFactor();
    house.pass(STEP);
    const wrong = codeAt(secret, 1) === '000000' ? '000001' : '000000';
    const tries = [];
    for (let count = 0; count < 6; count += 1) {
      tries.push((await logIn(house, wrong)).statusCode);
    }
    expect(tries).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await logIn(house, codeAt(secret, 1))).statusCode).toBe(429);
    house.pass(16_000);
    expect((await logIn(house, codeAt(secret, 1))).statusCode).toBe(200);
  });

  test('locks nobody out by those who do not know the password', async () => {
    const { house, secret } = await withFactor();
    house.pass(STEP);
    for (let count = 0; count < 20; count += 1) await logIn(house, '000000', 'wrong');
    expect((await logIn(house, codeAt(secret, 1))).statusCode).toBe(200);
  });

  test('is turned on and off by who knows the password, not by a login left open', async () => {
    const { house, headers } = await withFactor();
    const off = (password: string) =>
      post(house, '/login/second-factor/off', headers, { password });
    expect((await off('wrong')).statusCode).toBe(403);
    expect((await logIn(house)).statusCode).toBe(401);
    expect(
      (await post(house, '/login/second-factor', headers, { password: PASSWORD })).statusCode,
    ).toBe(409);
    expect((await off(PASSWORD)).statusCode).toBe(204);
    expect((await off(PASSWORD)).statusCode).toBe(409);
    expect((await logIn(house)).statusCode).toBe(200);
  });

  test('is each admin’s own, and users without the right have none', async () => {
    const { house } = await withFactor();
    await house.person('alice', { rights: ['admin'] });
    await house.person('bob');
    const alice = await house.login('alice');
    const payload = { password: PASSWORD };
    const begun = await post(house, '/login/second-factor', alice, payload);
    const { secret } = begun.json<{ secret: string }>();
    await post(house, '/login/second-factor/confirm', alice, { code: codeAt(secret, 0) });
    expect((await logIn(house, undefined, PASSWORD, 'alice')).statusCode).toBe(401);
    house.pass(STEP);
    const hers = await logIn(house, codeAt(secret, 1), PASSWORD, 'alice');
    expect(hers.json<LoginView>().username).toBe('alice');
    const bob = await house.login('bob');
    expect((await post(house, '/login/second-factor', bob, payload)).statusCode).toBe(403);
  });

  test('lies in a file of its own that only its owner can read, and in no log or trail', async () => {
    const { house, secret, codes } = await withFactor();
    const file = fileOf(house);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, 'utf8');
    expect(text).toContain(`totp_secret: ${secret}`);
    expect(text).not.toContain(codes[0]);
    const trail = join(house.config().settings.stateDirectory, 'audit/00000001.yaml');
    const told = house.logged() + (await readFile(trail, 'utf8'));
    expect(told).toContain('turn_on_second_factor');
    for (const one of [secret, ...codes]) expect(told).not.toContain(one);
  });

  test('lets nobody in while its file does not load', async () => {
    const { house } = await withFactor();
    const file = fileOf(house);
    await writeFile(file, (await readFile(file, 'utf8')).replace('...\n', ''));
    const answer = await logIn(house);
    expect([answer.statusCode, codeOf(answer)]).toEqual([503, 'config_invalid']);
    expect(answer.body).not.toContain('totp_secret');
    await chmod(file, 0o600);
  });
});
