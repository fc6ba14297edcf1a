import { appendFile, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { updateUser } from '@berth/config';
import type { AuditEntry, AuditPage, LoginList } from '@berth/contract';
import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { PASSWORD, testApp, type TestApp } from '../testing/test-app.ts';
import { appendAudit } from './audit-files.ts';
import { readAudit } from './read-audit.ts';

const folderOf = (house: TestApp): string => join(house.config().settings.stateDirectory, 'audit');

const textOf = (house: TestApp): Promise<string> =>
  readFile(join(folderOf(house), '00000001.yaml'), 'utf8');

/** The trail as an admin sees it, oldest first, without times, ids and what testing has done. */
async function seen(house: TestApp, query = ''): Promise<Partial<AuditEntry>[]> {
  const headers = await house.login();
  const answer = await house.app.inject({ url: `/admin/audit${query}`, headers });
  expect([answer.statusCode, answer.body]).toEqual([200, answer.body]);
  return answer.json<AuditPage>().entries.toReversed();
}

const logIn = ({ app }: TestApp, username: string, password: string) =>
  app.inject({ method: 'POST', url: '/login', payload: { username, password } });

describe('the audit trail', () => {
  test('has who logged in, who failed to, who left and who was thrown out, and from where', async () => {
    const house = await testApp();
    await house.person('alice');
    const alice = await house.login('alice');
    await logIn(house, 'alice', 'wrong');
    const admin = await house.login();
    const list = await house.app.inject({ url: '/admin/logins', headers: admin });
    const hers = list.json<LoginList>().logins.find(({ username }) => username === 'alice');
    const url = `/admin/logins/${hers?.id}`;
    await house.app.inject({ method: 'DELETE', url, headers: admin });
    await house.app.inject({ method: 'POST', url: '/logout', headers: admin });
    expect(alice.cookie).toBeDefined();
    const from = '127.0.0.1';
    const [, ...entries] = await seen(house);
    expect(entries).toMatchObject([
      { action: 'log_in', by: { kind: 'user', name: 'alice', id: hers?.id }, from },
      { action: 'log_in', outcome: 'refused', by: { kind: 'stranger', name: 'alice' }, from },
      { action: 'log_in', by: { kind: 'admin', name: 'admin' } },
      { action: 'end_login', subject: 'alice', by: { kind: 'admin', name: 'admin' }, from },
      { action: 'log_out', by: { kind: 'admin', name: 'admin' }, from },
      { action: 'log_in' },
    ]);
  });

  test('has each change of the configuration with its number, by who asked for it', async () => {
    const house = await testApp();
    await house.person('alice', { rights: ['admin'] });
    const headers = await house.login('alice');
    const payload = { password: PASSWORD, new_password: 'a better one' };
    await house.app.inject({ method: 'POST', url: '/login/password', headers, payload });
    const entry = (await seen(house)).find(({ what }) => what === 'set the password of alice');
    expect(entry).toEqual({
      time: '2026-11-23T10:00:00.000Z',
      action: 'change_configuration',
      what: 'set the password of alice',
      by: { kind: 'user', name: 'alice', id: expect.any(String) as string },
      from: '127.0.0.1',
      outcome: 'done',
      history: 3,
      revision: house.config().revision,
    });
    expect(await textOf(house)).not.toMatch(/pbkdf2|better|correct horse/);
  });

  test('tells a change by hand from the edit that has found it', async () => {
    const house = await testApp();
    await house.person('alice');
    const file = join(house.directory, 'users.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('username: alice', 'username: alicia'));
    const headers = await house.login();
    const payload = { password: PASSWORD, new_password: 'a better one' };
    await house.app.inject({ method: 'POST', url: '/login/password', headers, payload });
    await logIn(house, 'admin', 'a better one');
    const page = await readAudit(house.config().settings.stateDirectory, {
      action: 'change_configuration',
      limit: 2,
    });
    expect(page.entries).toMatchObject([
      { what: 'set the password of admin', by: { kind: 'admin', name: 'admin' } },
      { what: 'edit users.yaml', by: { kind: 'hand' } },
    ]);
    expect(page.entries[1]).not.toHaveProperty('from');
  });

  test('is YAML in which hostile text stays one entry, and is cut', async () => {
    const house = await testApp();
    const name = 'x\n--- {"action":"fake"}\u0085\u2028\u001b[2J';
    await logIn(house, name, 'wrong');
    await house.audit({ action: 'stop_container', subject: 'y'.repeat(1000) });
    const text = await textOf(house);
    const documents = loadAll(text).filter((one) => one !== null) as AuditEntry[];
    expect(documents).toHaveLength(2);
    expect(documents[0]?.by.name).toBe(name);
    expect(documents[1]?.subject).toHaveLength(257);
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  test('is for admins alone', async () => {
    const house = await testApp();
    await house.person('alice', { rights: ['monitor'] });
    const headers = await house.login('alice');
    expect((await house.app.inject({ url: '/admin/audit', headers })).statusCode).toBe(403);
    const anyone = await house.app.inject('/admin/audit');
    expect(anyone.statusCode).toBe(401);
  });

  test('is read by person, action, outcome and time, a page at a time', async () => {
    const house = await testApp();
    for (let count = 0; count < 5; count += 1) {
      house.pass(60_000);
      await logIn(house, `eve${count}`, 'wrong');
    }
    const { stateDirectory } = house.config().settings;
    const names = async (query: object): Promise<(string | undefined)[]> =>
      (await readAudit(stateDirectory, query)).entries.map(({ by }) => by.name);
    expect(await names({ by: 'eve2' })).toEqual(['eve2']);
    expect(await names({ action: 'log_out' })).toEqual([]);
    expect(await names({ outcome: 'done' })).toEqual([]);
    const since = '2026-11-23T10:02:00.000Z';
    const until = '2026-11-23T10:03:00.000Z';
    expect(await names({ since, until })).toEqual(['eve2', 'eve1']);
    const first = await readAudit(stateDirectory, { limit: 2 });
    const second = await readAudit(stateDirectory, { limit: 2, before: first.next ?? '' });
    const third = await readAudit(stateDirectory, { limit: 2, before: second.next ?? '' });
    const pages = [first, second, third].map(({ entries }) => entries.map(({ by }) => by.name));
    expect(pages).toEqual([['eve4', 'eve3'], ['eve2', 'eve1'], ['eve0']]);
    expect(third.next).toBeNull();
    const limited = await seen(house, '?limit=1&outcome=refused');
    expect(limited).toMatchObject([{ by: { name: 'eve4' } }]);
  });
});

describe('the files of the trail', () => {
  const entry = (name: string): AuditEntry => ({
    time: '2026-11-23T10:00:00.000Z',
    action: 'log_in',
    by: { kind: 'user', name },
    outcome: 'done',
  });
  const line = (name: string): string => `--- ${JSON.stringify(entry(name))}`;

  async function trail() {
    const house = await testApp();
    const state = house.config().settings.stateDirectory;
    const folder = folderOf(house);
    return {
      folder,
      append: (name: string, most = 2 ** 30) => appendAudit(folder, line(name), most),
      names: async () => (await readAudit(state, { limit: 1000 })).entries.map(({ by }) => by.name),
    };
  }

  test('lose only what was torn', async () => {
    const { folder, append, names } = await trail();
    for (const name of ['a', 'b']) await append(name);
    const path = join(folder, '00000001.yaml');
    await truncate(path, (await readFile(path)).length - 20);
    await append('c');
    await appendFile(path, '--- {"time": 1}\n--- nonsense\n');
    expect(await names()).toEqual(['c', 'a']);
  });

  test('take what several write at the same moment', async () => {
    const { append, names } = await trail();
    const all = Array.from({ length: 50 }, (_, index) => `n${index}`);
    await Promise.all(all.map((name) => append(name)));
    expect(new Set(await names())).toEqual(new Set(all));
  });

  test('begin anew when they are large, and the oldest go', async () => {
    const { folder, append, names } = await trail();
    await mkdir(folder, { recursive: true });
    const large = Buffer.alloc(4 * 1024 * 1024, '\n');
    for (const number of [1, 2, 3]) await writeFile(join(folder, `0000000${number}.yaml`), large);
    await append('a', 8 * 1024 * 1024);
    expect(await readdir(folder)).toEqual(['00000003.yaml', '00000004.yaml']);
    expect(await names()).toEqual(['a']);
  });
});

test('an entry is on the disk before the answer goes out', async () => {
  const house = await testApp();
  await house.person('alice');
  await house.edit({ by: 'root', what: 'disable alice' }, (edit) => {
    updateUser(edit, house.config().accountByName.get('alice')?.id ?? '', { disabled: true });
  });
  expect(await textOf(house)).toContain('disable alice');
  await logIn(house, 'admin', 'wrong');
  expect(await textOf(house)).toContain('"outcome":"refused"');
});
