import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireLock } from '@berth/config';
import { hashSecret, newSecret } from '@berth/config/secret';
import { formatAuthorization } from '@berth/contract';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createHeldFolders } from './held-folders.ts';
import { readServing, type Serving } from './serving.ts';
import { berthdFolder, type Berthd } from './testing/berthd.ts';
import { printed, printedJson, textOf } from './testing/printed.ts';

const CLIENT = '0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b';
const { secret } = newSecret();
const authorization = formatAuthorization({ clientId: CLIENT, secret });
const WITH_CLIENT = {
  'users.yaml': `version: 1
users:
  6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162:
    username: alice
    clients:
      ${CLIENT}:
        {name: laptop, token_hash: "${hashSecret(secret)}", created: "2026-11-23T10:00:00Z", expires: null}
...
`,
};

/** Names another state folder in `main.yaml`, beside the configuration folder. Returns its path. */
async function nameState(berthd: Berthd, name: string): Promise<string> {
  const main = (await textOf(berthd, 'main.yaml')).replace(/state: .*\n/, '');
  await berthd.write('main.yaml', main.replace('...', `state: {directory: ../${name}}\n...`));
  return join(berthd.directory, '..', name);
}

const untilTold = (directory: string): Promise<Serving> =>
  vi.waitUntil(() => readServing(directory), { timeout: 10_000 });

async function lock(directory: string): Promise<{ release(): Promise<void> }> {
  const taken = await acquireLock(directory, 0);
  if (taken === 'held') throw new Error(`Somebody holds ${directory}`);
  onTestFinished(taken.release);
  return taken;
}

async function expectLetGo(directory: string): Promise<void> {
  await expect(stat(join(directory, 'serving.json'))).rejects.toThrow('ENOENT');
  await lock(directory);
}

describe('a server whose main.yaml names another state folder', () => {
  test('is found there by every command, and in the old one until it ends', async () => {
    const berthd = await berthdFolder(WITH_CLIENT);
    const archive = join(berthd.directory, '..', 'backup.tar.gz');
    await printed(berthd, 'backup', archive);
    const { url, child, ended } = await berthd.serve();
    const old = join(berthd.directory, 'state');
    const told = await untilTold(await nameState(berthd, 'new'));
    expect(await readServing(old)).toEqual(told);

    expect(await berthd.run(['serve'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Another berthd already serves'),
    });
    expect(await berthd.run(['restore', archive, '--yes'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`A server at ${url} runs on this configuration.`),
    });
    const ping = async (): Promise<number> =>
      (await fetch(`${url}/ping`, { headers: { authorization } })).status;
    expect(await ping()).toBe(200);
    await printed(berthd, 'client', 'revoke', 'alice', 'laptop');
    expect(await ping()).toBe(401);

    child.kill('SIGTERM');
    const { stderr } = await ended;
    expect(stderr).not.toContain('restart_needed');
    expect(stderr).not.toContain('state_not_held');
    await expectLetGo(old);
    await expectLetGo(join(berthd.directory, '..', 'new'));
  });

  test('has taken that up when the restore which names it is done', async () => {
    const berthd = await berthdFolder(WITH_CLIENT);
    const main = await textOf(berthd, 'main.yaml');
    await nameState(berthd, 'new');
    await printed(berthd, 'user', 'set', 'alice', '--disable');
    await berthd.write('main.yaml', main);
    await printed(berthd, 'user', 'set', 'alice', '--enable');
    const { url } = await berthd.serve();
    const ping = async (): Promise<number> =>
      (await fetch(`${url}/ping`, { headers: { authorization } })).status;
    expect(await ping()).toBe(200);
    const { records } = (await printedJson(berthd, 'history')) as {
      records: { number: number; what: string }[];
    };
    const disabled = records.find(({ what }) => what.includes('disable'));
    await printed(berthd, 'history', 'restore', String(disabled?.number), '--yes');
    expect(await ping()).toBe(401);
  });

  test('keeps who asks to be let in where the commands look for them', async () => {
    const berthd = await berthdFolder();
    const { url } = await berthd.serve();
    await untilTold(await nameState(berthd, 'new'));
    const body = { client_id: CLIENT, token_hash: `sha256:${'a'.repeat(64)}`, name: 'laptop' };
    const headers = { 'content-type': 'application/json' };
    await fetch(`${url}/enroll`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(await printed(berthd, 'enroll', 'list')).toContain('laptop');
  });

  test('has it still where it is the old one, moved', async () => {
    const berthd = await berthdFolder();
    const { child, ended } = await berthd.serve();
    await rename(join(berthd.directory, 'state'), join(berthd.directory, '../moved'));
    const moved = join(berthd.directory, '../moved');
    const { revision } = await untilTold(moved);
    await nameState(berthd, 'moved');
    await vi.waitUntil(async () => (await readServing(moved))?.revision !== revision, {
      timeout: 10_000,
    });
    child.kill('SIGTERM');
    expect((await ended).stderr).not.toMatch(/state_not_held|serving_not_told/);
    await expectLetGo(moved);
  });

  test('says so where another has it, and goes on until one is named that is free', async () => {
    const berthd = await berthdFolder();
    const other = await berthdFolder();
    await other.serve();
    const { url, printed: logged } = await berthd.serve();
    const main = await textOf(berthd, 'main.yaml');
    const taken = join(other.directory, 'state');
    await berthd.write('main.yaml', main.replace('...', `state: {directory: ${taken}}\n...`));
    const [entry] = await logged(/severity: error\nevent: state_not_held[^]*?Name another/);
    expect(entry).toContain(taken);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await untilTold(taken)).not.toMatchObject({ url });
    expect(await untilTold(await nameState(berthd, 'free'))).toMatchObject({ url });
  });

  test('says so where there can be no folder', async () => {
    const berthd = await berthdFolder();
    const { url, printed: logged } = await berthd.serve();
    await writeFile(join(berthd.directory, '../file'), '');
    await nameState(berthd, 'file/state');
    await logged(/severity: error\nevent: state_not_held[^]*?ENOTDIR/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

const SERVING: Serving = { pid: 7, url: 'http://127.0.0.1:1', revision: 'new', rejected: null };

test('a folder in whose place there is a file keeps no other from being told or let go', async () => {
  const { directory } = await berthdFolder();
  const [broken, whole] = [join(directory, 'broken'), join(directory, 'whole')];
  const errors: unknown[] = [];
  const folders = createHeldFolders((error) => errors.push(error));
  await folders.take(broken);
  await folders.take(whole);
  await rm(broken, { recursive: true });
  await writeFile(broken, '');
  await folders.tell(SERVING);
  expect(errors).toEqual([expect.objectContaining({ code: 'ENOTDIR' })]);
  expect(await readServing(whole)).toEqual(SERVING);
  await folders.release();
  await expectLetGo(whole);
});

describe('a folder that is not free yet', () => {
  async function waiting() {
    const { directory } = await berthdFolder();
    const other = await lock(directory);
    const folders = createHeldFolders((error) => {
      throw error;
    });
    return { directory, other, folders, taken: folders.take(directory) };
  }

  test('is told nothing before it is held', async () => {
    const { directory, other, folders, taken } = await waiting();
    const told = folders.tell(SERVING);
    expect(await readServing(directory)).toBeUndefined();
    await other.release();
    await Promise.all([taken, told]);
    expect(await readServing(directory)).toEqual(SERVING);
    await folders.release();
  });

  test('is let go also where that is asked for meanwhile, and none is taken afterwards', async () => {
    const { directory, other, folders, taken } = await waiting();
    const told = folders.tell(SERVING);
    const released = folders.release();
    const late = folders.take(directory);
    await other.release();
    await Promise.all([taken, told, released, late]);
    await expectLetGo(directory);
  });
});
