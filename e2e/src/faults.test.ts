import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatAuthorization } from '@berth/contract';
import { freePorts, startRegistry, type Registry } from '@berth/testbed';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openHouse, type House, type HouseOptions, type Resident } from './support/house.ts';
import { run, startProgram, type Ended } from './support/program.ts';

const TEMPLATES = '  lab: {image: IMAGE, volumes: [{name: home, target: /home/user}]}';

async function withHouse(options: Partial<HouseOptions> = {}): Promise<House> {
  const house = await openHouse({ templates: TEMPLATES, ...options });
  onTestFinished(house.close);
  return house;
}

/** What failed says so in a headline and what to do, without a trace of our code. */
function expectFailure(ended: Ended, code: number, says: RegExp): void {
  expect(ended.code, ended.stdout + ended.stderr).toBe(code);
  expect(ended.stderr).toMatch(says);
  expect(ended.stdout + ended.stderr).not.toMatch(
    /\bat .*\.ts:\d+|node:internal|undefined|should not have happened/,
  );
}

/** Everything of this house that is in the engine. */
async function inventory({ engine: { docker }, prefix }: House): Promise<string[]> {
  const filters = { label: [`io.berth.instance=${prefix}`] };
  const containers = await docker.listContainers({ all: true, filters });
  const networks = await docker.listNetworks({ filters });
  const { Volumes } = await docker.listVolumes({ filters });
  return [
    ...containers.map(({ Names }) => Names.join()),
    ...networks.map(({ Name }) => Name),
    ...Volumes.map(({ Name }) => Name),
  ];
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-faults-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe('the engine', () => {
  test('is not there', async () => {
    const house = await withHouse({ engineHost: 'unix:///nowhere/docker.sock' });
    const alice = await house.user('alice', ['lab']);
    const says = /no container engine at unix:\/\/\/nowhere\/docker\.sock/;
    expectFailure(await alice.berth('start', 'lab'), 5, says);
    expectFailure(await alice.berth('list'), 5, says);
    expectFailure(await alice.berth('stop', 'lab', '--yes'), 5, says);
  });

  test('has left its socket behind', async () => {
    const socket = join(await temporaryFolder(), 's');
    const listen = `require('node:net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`;
    await once(spawn(process.execPath, ['-e', listen]), 'exit');
    const house = await withHouse({ engineHost: `unix://${socket}` });
    const alice = await house.user('alice', ['lab']);
    expectFailure(await alice.berth('start', 'lab'), 5, /is not running/);
  });

  test('may not be used by the server', async () => {
    const socket = join(await temporaryFolder(), 's');
    const server = createServer().listen(socket);
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    await chmod(socket, 0);
    const house = await withHouse({
      engineHost: `unix://${socket}`,
      // Root that may not pass over permissions is like anybody else.
      serveThrough: ['setpriv', '--bounding-set=-dac_override,-dac_read_search'],
    });
    const alice = await house.user('alice', ['lab']);
    expectFailure(
      await alice.berth('start', 'lab'),
      5,
      /No permission to use the container engine/,
    );
  });

  test('takes connections and never answers', async () => {
    const socket = join(await temporaryFolder(), 's');
    const server = createServer().listen(socket);
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const house = await withHouse({ engineHost: `unix://${socket}`, timeout: '1s' });
    const alice = await house.user('alice', ['lab']);
    expectFailure(await alice.berth('start', 'lab'), 5, /has said nothing for 1 s/);
  });
});

describe('the image', () => {
  let registry: Registry;

  beforeAll(async () => {
    registry = await startRegistry();
  });

  afterAll(() => registry.stop());

  const withImage = async (image: string, more = ''): Promise<[House, Resident]> => {
    const house = await withHouse({ templates: `  lab: {image: "${image}"${more}}` });
    return [house, await house.user('alice', ['lab'])];
  };

  test('is pulled, and the user sees it coming', async () => {
    const reference = `${registry.host}/seen:1`;
    const [house, alice] = await withImage(reference);
    await registry.offer(house.engine.docker, reference, 3_000_000);
    onTestFinished(async () => {
      // Behind the house: an image in use cannot go.
      await house.engine.docker.getImage(reference).remove({ force: true });
    });
    const { code, stdout, stderr } = await alice.berth('start', 'lab');
    expect(code, stderr).toBe(0);
    expect(stdout + stderr).toMatch(/Pull(ing|ed)/);
    expect(stdout + stderr).toContain(reference);
    const json = await alice.berth('stop', 'lab', '--yes');
    expect(json.code).toBe(0);
  });

  test('is missing and never to be pulled', async () => {
    const [house, alice] = await withImage('berth-test-none:1', ', pull: never');
    expectFailure(await alice.berth('start', 'lab'), 1, /not on the server.*never to pull/);
    expect(await inventory(house)).toEqual([]);
  });

  test('has no such tag', async () => {
    const [house, alice] = await withImage(`${registry.host}/none:1`);
    expectFailure(await alice.berth('start', 'lab'), 1, /The registry has no image/);
    expect(await inventory(house)).toEqual([]);
  });

  test('comes from a registry that is down', async () => {
    const [port] = await freePorts(1);
    const [house, alice] = await withImage(`127.0.0.1:${port}/x:1`);
    expectFailure(await alice.berth('start', 'lab'), 1, /registry/);
    expect(await inventory(house)).toEqual([]);
  });

  test('fails to arrive after its pull has begun', async () => {
    const reference = `${registry.host}/lost:1`;
    const [house, alice] = await withImage(reference);
    await registry.offer(house.engine.docker, reference, 200_000);
    await registry.loseLayers();
    const failed = await alice.berth('start', 'lab');
    expectFailure(failed, 1, /image/);
    expect(failed.stdout + failed.stderr).toMatch(/Pulling/);
    expect(await inventory(house)).toEqual([]);
  });

  test('is still coming when the server is told to stop: it stops, and the start is undone', async () => {
    const reference = `${registry.host}/halted:1`;
    const [house, alice] = await withImage(reference);
    await registry.offer(house.engine.docker, reference, 3_000_000);
    registry.stallLayersAfter(100_000);
    onTestFinished(() => {
      registry.stallLayersAfter(Number.POSITIVE_INFINITY);
    });
    const starting = alice.start('start', 'lab');
    await starting.printed(/Pulling/);
    const ended = await house.end('SIGTERM');
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('code: cancelled');
    expectFailure(await starting.ended, 4, /The connection to .* broke/);
    expect(await inventory(house)).toEqual([]);
  });

  test('is still coming when the user gives up: the start is undone', async () => {
    const reference = `${registry.host}/slow:1`;
    const [house, alice] = await withImage(reference);
    await registry.offer(house.engine.docker, reference, 3_000_000);
    registry.stallLayersAfter(100_000);
    onTestFinished(() => {
      registry.stallLayersAfter(Number.POSITIVE_INFINITY);
    });
    const starting = alice.start('start', 'lab');
    await starting.printed(/Pulling/);
    starting.child.kill('SIGINT');
    const { code, stdout, stderr } = await starting.ended;
    expect(code, stdout + stderr).toBe(130);
    expect(stdout + stderr).toMatch(/cancelled/i);
    expect(await inventory(house)).toEqual([]);
  });
});

describe('the template', () => {
  test.each([
    ['has a user that the image does not know', 'user: nobody-here', /user/],
    ['wants more CPUs than there are', 'resources: {cpus: 3000}', /CPU/i],
    ['wants less memory than anything runs in', 'resources: {memory: 1m}', /memory/i],
  ])('%s', async (_, line, says) => {
    const house = await withHouse({
      settings: 'limits: {per_user: {containers: 5, cpus: 4000, memory: 8g, pids: 2048}}',
      templates: `  lab: {image: IMAGE, ${line}}`,
    });
    const alice = await house.user('alice', ['lab']);
    expectFailure(await alice.berth('start', 'lab'), 1, says);
    expect(await inventory(house)).toEqual([]);
  });

  test('is not the user’s, or is not there: the same refusal', async () => {
    const house = await withHouse({ templates: `${TEMPLATES}\n  secret: {image: IMAGE}` });
    const alice = await house.user('alice', ['lab']);
    const denied = await alice.berth('start', 'secret');
    expectFailure(denied, 3, /You have no template called secret\./);
    const unknown = await alice.berth('start', 'nowhere');
    expect(unknown.code).toBe(3);
    expect(unknown.stderr).toBe(denied.stderr.replaceAll('secret', 'nowhere'));
    expectFailure(await alice.berth('start', 'lap'), 3, /Did you mean lab\?/);
    const nobody = await house.user('nobody', []);
    expectFailure(await nobody.berth('start', 'lab'), 3, /no templates yet; ask your admin/);
  });

  test('has ended up with a name that somebody else’s container has', async () => {
    const house = await withHouse();
    const alice = await house.user('alice', ['lab']);
    const { docker } = house.engine;
    const other = await docker.createContainer({
      Image: house.image,
      name: `${house.prefix}.alice.lab`,
      Labels: { 'io.berth.instance': house.prefix },
    });
    expectFailure(await alice.berth('start', 'lab'), 1, /was not made for you/);
    expect((await other.inspect()).State.Status).toBe('created');
  });

  test('finds its only port taken by another program', async () => {
    const [port] = await freePorts(1);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const house = await withHouse({
      settings: `ports: {range: ${port}-${port}}`,
      templates: '  lab: {image: IMAGE, network: {ports: [{container: 80}]}}',
    });
    const alice = await house.user('alice', ['lab']);
    expectFailure(await alice.berth('start', 'lab'), 1, /port/);
    expect(await inventory(house)).toEqual([]);
    server.close();
    await once(server, 'close');
    expect((await alice.berth('start', 'lab')).code).toBe(0);
    expect((await alice.container('lab')).ports[0]?.host_port).toBe(port);
    expectFailure(await alice.berth('start', 'lab', '--name', 'two'), 1, /port/);
  });
});

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
    ['a file that is a folder', ['check', '--config', '.'], /main\.yaml: a folder, not a file/],
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
    const server = startProgram('berthd', ['serve', '--config', folder]);
    onTestFinished(() => {
      server.child.kill('SIGKILL');
    });
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
    expectFailure(attempt, 1, /only a loopback address is safe/);
  });

  test('ends in peace when asked to', async () => {
    const house = await withHouse();
    const { code, stderr } = await house.end('SIGTERM');
    expect(code).toBe(0);
    expect(stderr).toContain('event: stopped');
  });
});
