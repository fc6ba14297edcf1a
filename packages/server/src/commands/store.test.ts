import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashSecret, newSecret } from '@berth/config/secret';
import type { Edit } from '@berth/config';
import { formatAuthorization } from '@berth/contract';
import { describe, expect, test } from 'vitest';
import { berthdFolder, type Berthd } from '../testing/berthd.ts';
import { UNPRIVILEGED } from '../testing/unprivileged.ts';
import { withStore } from './store.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const CLIENT = '0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b';
const { secret } = newSecret();
const TOKEN = formatAuthorization({ clientId: CLIENT, secret });
const WITH_CLIENT = {
  'users.yaml': `version: 1
users:
  ${ALICE}:
    username: alice
    clients:
      ${CLIENT}:
        {name: laptop, token_hash: "${hashSecret(secret)}", created: "2026-11-23T10:00:00Z", expires: null}
...
`,
};

const servingFile = ({ directory }: Berthd): string => join(directory, 'state', 'serving.json');

/** Runs an edit as a command does. Returns what was amiss. */
async function edit({ directory }: Berthd, change: (edit: Edit) => void): Promise<string[]> {
  const warnings: string[] = [];
  const warn = (text: string): void => void warnings.push(text);
  const output = { line: () => {}, json: () => {}, warn, fault: warn };
  await withStore(directory, output, (store) =>
    store.edit({ by: 'test', what: 'change something' }, change),
  );
  return warnings;
}

const disable =
  (isDisabled: boolean) =>
  (change: Edit): void => {
    change.set('users.yaml', ['users', ALICE, 'disabled'], isDisabled);
  };

describe('when a command is done', () => {
  test('the very next request to the server finds what it has changed', async () => {
    const berthd = await berthdFolder(WITH_CLIENT);
    const { url } = await berthd.serve();
    const ping = async (): Promise<number> =>
      (await fetch(`${url}/ping`, { headers: { authorization: TOKEN } })).status;
    expect(await ping()).toBe(200);
    for (let round = 0; round < 10; round += 1) {
      expect(await edit(berthd, disable(true))).toEqual([]);
      expect(await ping()).toBe(401);
      expect(await edit(berthd, disable(false))).toEqual([]);
      expect(await ping()).toBe(200);
    }
    await edit(berthd, (change) => {
      change.set('users.yaml', ['users', ALICE, 'clients', CLIENT], undefined);
    });
    expect(await ping()).toBe(401);
  });

  test.each([
    ['user', 'remove', 'alice', '--yes'],
    ['user', 'set', 'alice', '--disable'],
    ['client', 'revoke', 'alice', 'laptop'],
    ['client', 'reset', 'alice', 'laptop'],
    ['history', 'restore', '1', '--yes'],
  ])('whoever is locked out by berthd %s %s %s is out', async (...command) => {
    const berthd = await berthdFolder({ 'users.yaml': 'version: 1\nusers: {}\n...\n' });
    const { url } = await berthd.serve();
    await edit(berthd, (change) => {
      const client = {
        name: 'laptop',
        token_hash: hashSecret(secret),
        created: '2026-11-23T10:00:00Z',
        expires: null,
      };
      const alice = { username: 'alice', clients: { [CLIENT]: client } };
      change.set('users.yaml', ['users', ALICE], alice);
    });
    const ping = async (): Promise<number> =>
      (await fetch(`${url}/ping`, { headers: { authorization: TOKEN } })).status;
    expect(await ping()).toBe(200);
    expect(await berthd.run(command)).toMatchObject({ code: 0, stderr: '' });
    expect(await ping()).toBe(401);
  });

  test('the server has it, also where many commands run at the same time', async () => {
    const berthd = await berthdFolder(WITH_CLIENT);
    const { url } = await berthd.serve();
    const enabled = [1, 2, 3, 4, 5, 6].map((number) =>
      edit(berthd, (change) => {
        change.set('users.yaml', ['users', ALICE, 'metadata', `note-${number}`], 'x');
      }),
    );
    expect((await Promise.all(enabled)).flat()).toEqual([]);
    await edit(berthd, disable(true));
    expect((await fetch(`${url}/ping`, { headers: { authorization: TOKEN } })).status).toBe(401);
  });

  test('the server has it, also where that passed on to a change which has pushed it out of the history', async () => {
    const berthd = await berthdFolder(WITH_CLIENT);
    const main = await readFile(join(berthd.directory, 'main.yaml'), 'utf8');
    await berthd.write('main.yaml', main.replace('...', 'history: {keep: 1}\n...'));
    const { child } = await berthd.serve();
    child.kill('SIGSTOP');
    const edits = [];
    for (const number of [1, 2]) {
      const note = (change: Edit): void => {
        change.set('users.yaml', ['users', ALICE, 'metadata'], { note: `note-${number}` });
      };
      const record = join(berthd.directory, 'history', `0000000${number + 1}.json`);
      edits.push(edit(berthd, note));
      await expect.poll(() => existsSync(record), { timeout: 20_000 }).toBe(true);
    }
    child.kill('SIGCONT');
    expect((await Promise.all(edits)).flat()).toEqual([]);
  });

  test('a client that was let in is in', async () => {
    const berthd = await berthdFolder();
    const { url } = await berthd.serve();
    const asked = await fetch(`${url}/enroll`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_id: CLIENT, token_hash: hashSecret(secret), name: 'laptop' }),
    });
    const { code } = (await asked.json()) as { code: string };
    const approved = await berthd.run(['enroll', 'approve', code, '--user', 'alice']);
    expect(approved).toMatchObject({ code: 0, stderr: '' });
    expect((await fetch(`${url}/ping`, { headers: { authorization: TOKEN } })).status).toBe(200);
  });

  test('it has not waited for a server that was killed', async () => {
    const berthd = await berthdFolder(WITH_CLIENT);
    const server = await berthd.serve();
    server.child.kill('SIGKILL');
    await server.ended;
    expect(JSON.parse(await readFile(servingFile(berthd), 'utf8'))).toMatchObject({
      url: server.url,
    });
    expect(await edit(berthd, disable(true))).toEqual([]);
    const { url } = await berthd.serve();
    expect((await fetch(`${url}/ping`, { headers: { authorization: TOKEN } })).status).toBe(401);
  });

  test('it has failed where the server may not read a file, and said which and what to do', async () => {
    const berthd = await berthdFolder(WITH_CLIENT);
    const { url, printed } = await berthd.serve({ through: UNPRIVILEGED });
    const ping = async (): Promise<number> =>
      (await fetch(`${url}/ping`, { headers: { authorization: TOKEN } })).status;
    const path = join(berthd.directory, 'users', `${ALICE}.yaml`);
    await mkdir(dirname(path));
    await writeFile(path, 'version: 1\nlimits: {cpus: 2}\n...\n', { mode: 0 });
    const user = process.geteuid?.();
    const advice = `${path} cannot be read by user ${user}, as whom the server runs. Let it be read: chown ${user} ${path} && chmod u+rX ${path}`;
    const [entry] = await printed(/event: config_unreadable\n[^]*?(?=\n---|\n$)/);
    expect(entry).toContain(advice);
    expect(entry).not.toContain('stack');
    expect(await berthd.run(['client', 'revoke', 'alice', 'laptop'])).toEqual({
      code: 1,
      stdout: `Revoked laptop of alice (${CLIENT}).\n`,
      stderr: expect.stringMatching(/^berthd: The change is saved, but the running server/),
    });
    const disabling = await berthd.run(['user', 'set', 'alice', '--disable', '--json']);
    expect(JSON.parse(disabling.stdout)).toMatchObject({ disabled: true });
    expect(disabling).toMatchObject({ code: 1, stderr: expect.stringContaining(advice) });
    expect((await berthd.run(['check'])).stdout).toContain(advice);
    expect(await ping()).toBe(200);
    await chmod(path, 0o600);
    await expect.poll(ping, { timeout: 20_000 }).toBe(401);
  });

  test('it has failed where the server does not take the change up', async () => {
    const berthd = await berthdFolder(WITH_CLIENT);
    const { child } = await berthd.serve();
    child.kill('SIGSTOP');
    const [warning] = await edit(berthd, disable(true));
    child.kill('SIGCONT');
    expect(warning).toBe(
      `The change is saved, but the running server (process ${child.pid}) goes on without it. Its log says why.`,
    );
  });

  test('it has failed where that cannot be seen', async () => {
    const berthd = await berthdFolder(WITH_CLIENT);
    await berthd.serve();
    await rm(servingFile(berthd));
    await writeFile(servingFile(berthd), '{');
    const [warning] = await edit(berthd, disable(true));
    expect(warning).toMatch(/^The change is saved\. Whether a running server has taken it up/);
  });
});

describe('the server', () => {
  test('tells what it serves until it ends', async () => {
    const berthd = await berthdFolder();
    const server = await berthd.serve();
    const told = async (): Promise<Record<string, unknown>> =>
      JSON.parse(await readFile(servingFile(berthd), 'utf8')) as Record<string, unknown>;
    const first = await told();
    expect(first).toEqual({
      pid: server.child.pid,
      url: server.url,
      revision: expect.stringMatching(/^[0-9a-f]{16}$/),
      rejected: null,
    });
    await berthd.write('users.yaml', 'version: 1\nusers: {');
    await server.printed(/config_rejected/);
    await expect.poll(told, { timeout: 20_000 }).toMatchObject({
      revision: first['revision'],
      rejected: expect.stringContaining('users.yaml:2:9'),
    });
    await berthd.write('users.yaml', 'version: 1\nusers: {}\n...\n');
    await expect.poll(told, { timeout: 20_000 }).toMatchObject({
      revision: expect.not.stringContaining(String(first['revision'])),
      rejected: null,
    });
    server.child.kill('SIGTERM');
    await server.ended;
    await expect(told()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
