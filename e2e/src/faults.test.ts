import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, startRegistry, type Registry } from '@berth/testbed';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { expectFailure } from './support/failure.ts';
import { houseForTest, type House, type HouseOptions, type Resident } from './support/house.ts';

const TEMPLATES = '  lab: {image: IMAGE, volumes: [{name: home, target: /home/user}]}';

const withHouse = (options: Partial<HouseOptions> = {}): Promise<House> =>
  houseForTest({ templates: TEMPLATES, ...options });

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
    expect(ended.stderr).toContain('code: server_stopping');
    expectFailure(await starting.ended, 4, /The server stops .* Start again when it is back/);
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
