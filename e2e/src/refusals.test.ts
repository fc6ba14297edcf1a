import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatAuthorization } from '@berth/contract';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { expectFailure } from './support/failure.ts';
import { houseForTest, openHouse, type House, type HouseOptions } from './support/house.ts';
import { run, start } from './support/program.ts';

const TEMPLATES = '  lab: {image: IMAGE, volumes: [{name: home, target: /home/user}]}';

const withHouse = (options: Partial<HouseOptions> = {}): Promise<House> =>
  houseForTest({ templates: TEMPLATES, ...options });

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-faults-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe('the credential', () => {
  let house: Awaited<ReturnType<typeof openHouse>>;

  beforeAll(async () => {
    house = await openHouse({ templates: TEMPLATES });
  });

  afterAll(() => house.close());

  const answer = (authorization?: string) =>
    fetch(
      `${house.url}/containers`,
      authorization === undefined ? {} : { headers: { authorization } },
    );

  test('is missing, malformed, unknown or wrong', async () => {
    const alice = await house.user('alice', ['lab']);
    const { clientId, secret } = await alice.credential();
    const other = `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`;
    const statusOf = async (header?: string) => (await answer(header)).status;
    expect(await statusOf(`Bearer ${clientId}.${secret}`)).toBe(200);
    expect(await statusOf()).toBe(401);
    for (const malformed of ['Bearer', 'x', `Bearer ${clientId}.`, `Basic ${clientId}.${secret}`]) {
      expect(await statusOf(malformed), malformed).toBe(400);
    }
    const refused = [
      `Bearer ${clientId}`,
      formatAuthorization({ clientId, secret: other }),
      formatAuthorization({ clientId: crypto.randomUUID(), secret }),
    ];
    const bodies = new Set<string>();
    for (const header of refused) {
      const response = await answer(header);
      expect(response.status).toBe(401);
      const { request_id: _, ...body } = (await response.json()) as Record<string, unknown>;
      bodies.add(JSON.stringify(body));
    }
    expect(bodies.size).toBe(1);
  });

  test('is wrong: the user learns how to log in again', async () => {
    const bob = await house.user('bob', ['lab']);
    const path = join(bob.home, '.config/berth/config.yaml');
    const { secret } = await bob.credential();
    await writeFile(path, (await readFile(path, 'utf8')).replace(secret, 'x'.repeat(43)));
    expectFailure(await bob.berth('list'), 3, /revoked.*berth login/s);
  });

  test('was revoked by an edit of users.yaml: refused from then on', async () => {
    const carol = await house.user('carol', ['lab']);
    expect((await carol.berth('list')).code).toBe(0);
    const { clientId } = await carol.credential();
    await house.edit(
      'users.yaml',
      new RegExp(`^ +clients:\\n +${clientId}:\\n(?: {8}.*\\n)+`, 'm'),
      '',
    );
    expectFailure(await carol.berth('list'), 3, /revoked/);
  });

  test('belongs to a user who was disabled, or has expired', async () => {
    const dave = await house.user('dave', ['lab']);
    await house.edit('users.yaml', 'username: dave', 'username: dave\n    disabled: true');
    expectFailure(await dave.berth('list'), 3, /revoked/);
    const erin = await house.user('erin', ['lab']);
    const { clientId } = await erin.credential();
    await house.edit(
      'users.yaml',
      new RegExp(`(${clientId}:[^]*?expires:) null`),
      '$1 2020-01-01T00:00:00Z',
    );
    expectFailure(await erin.berth('list'), 3, /revoked/);
  });
});

describe('the server', () => {
  test('cannot be reached', async () => {
    const house = await withHouse();
    const alice = await house.user('alice', ['lab']);
    await house.end('SIGTERM');
    for (const args of [['list'], ['start', 'lab'], ['stop', 'lab', '--yes'], ['status']]) {
      expectFailure(await alice.berth(...args), 4, /Nothing answers at http/);
    }
  });

  test('does not start on invalid YAML, and says where it is', async () => {
    const house = await withHouse();
    await house.end('SIGTERM');
    const users = join(house.directory, 'users.yaml');
    await writeFile(users, 'version: 1\nusers:\n  a: [\n...\n');
    const attempt = await run('berthd', ['serve', '--config', house.directory]);
    expectFailure(attempt, 1, /users\.yaml:4:1: not valid YAML/);
    await writeFile(users, 'version: 1\nusers: {}\nuser: {}\n...\n');
    expectFailure(
      await house.berthd('check'),
      1,
      /users\.yaml:3:1: unknown key "user" \(did you mean "users"\?\)\n {2}3 \| user: \{\}\n {6}\^/,
    );
  });

  test('keeps its configuration when a file becomes bad, and says so', async () => {
    const house = await withHouse();
    const alice = await house.user('alice', ['lab']);
    const health = async () => (await (await fetch(`${house.url}/healthz`)).json()) as object;
    const path = join(house.directory, 'users.yaml');
    const good = await readFile(path, 'utf8');
    await writeFile(path, good.replace('...', ''));
    await expect.poll(health).toMatchObject({ status: 'degraded', config: { rejected: true } });
    expect((await alice.berth('list')).code).toBe(0);
    await writeFile(path, good);
    process.kill(house.pid(), 'SIGHUP');
    await expect.poll(health).toMatchObject({ status: 'ok', config: { rejected: false } });
  });

  test.each([
    ['a folder that is a file', ['check', '--config', 'FILE'], /FILE\/users: not a folder/],
    ['a place below a file', ['init', '--config', 'FILE/new'], /FILE\/new: not a folder/],
    ['a file that is a folder', ['check', '--config', '.'], /main\.yaml is a folder, not a file/],
  ])('names what is wrong with %s', async (_, args, says) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'FILE'), '');
    await mkdir(join(folder, 'main.yaml'));
    const command = args.map((arg) => (/^(FILE|\.)/.test(arg) ? join(folder, arg) : arg));
    expectFailure(await run('berthd', command), 1, says);
  });

  test('goes on when nobody reads its log any more', async () => {
    const folder = await temporaryFolder();
    await run('berthd', ['init', '--config', folder, '--port', '0']);
    const server = start('berthd', ['serve', '--config', folder]);
    onTestFinished(server.kill);
    const [, url] = await server.printed(/serves (http\S+)/);
    server.child.stderr.destroy();
    for (const path of ['nowhere', 'nor-here']) {
      expect((await fetch(`${url}/${path}`)).status).toBe(404);
    }
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
  });

  test('serves a configuration once', async () => {
    const house = await withHouse();
    const second = await run('berthd', ['serve', '--config', house.directory]);
    expectFailure(second, 1, /Another berthd already serves this configuration/);
  });

  test('finds its port taken', async () => {
    const house = await withHouse();
    await house.end('SIGTERM');
    const port = Number(new URL(house.url).port);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const attempt = await run('berthd', ['serve', '--config', house.directory]);
    expectFailure(attempt, 1, new RegExp(`already listens on 127\\.0\\.0\\.1:${port}`));
  });

  test('does not serve plain HTTP to the world', async () => {
    const house = await withHouse();
    await house.end('SIGTERM');
    const path = join(house.directory, 'main.yaml');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('server: {', 'server: {host: 0.0.0.0, '));
    const attempt = await run('berthd', ['serve', '--config', house.directory]);
    expectFailure(attempt, 1, /main\.yaml:\d+:\d+: would serve plain HTTP beyond loopback/);
  });

  test('ends in peace when asked to', async () => {
    const house = await withHouse();
    const { code, stderr } = await house.end('SIGTERM');
    expect(code).toBe(0);
    expect(stderr).toContain('event: stopped');
  });
});
