import { randomBytes } from 'node:crypto';
import { busyboxImage, createSubnets, removeEverything, testEngine } from '@berth/testbed';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Engine } from '../port.ts';
import { createMaker, type Maker } from '../testing/fixture.ts';
import { toContainer } from './containers.ts';
import { createDockerEngine } from './engine.ts';

/** What other programs made in the same engine is reported too, and never in our way. */

const prefix = `t${randomBytes(6).toString('hex')}`;
const labels = { 'io.berth.instance': prefix };
const OURS = `io.berth.instance=${prefix}`;
const { host, docker } = await testEngine();
let engine: Engine;
let make: Maker;
beforeEach(async () => {
  const image = await busyboxImage(docker);
  engine = createDockerEngine({ host, timeoutMs: 30_000, pullStallMs: 30_000 });
  make = createMaker({ engine, image, prefix, subnet: await createSubnets(docker) });
});
afterEach(() => removeEverything(docker, prefix));

test('ports that are not published, and those of IPv6, are not reported', async () => {
  const made = await docker.createContainer({
    Image: make.spec().image,
    Labels: labels,
    ExposedPorts: { '80/tcp': {}, '81/tcp': {} },
    HostConfig: {
      NetworkMode: await make.network(),
      PortBindings: { '80/tcp': [{ HostPort: '' }] }, // on all addresses
    },
  });
  await made.start();
  const [container] = await engine.containers(labels);
  expect(container?.ports).toEqual([
    { container: 80, protocol: 'tcp', hostAddress: '0.0.0.0', hostPort: expect.any(Number) },
  ]);
});

test('mounts that are no volumes are not reported', async () => {
  const name = make.name();
  await docker.createContainer({
    name,
    Image: make.spec().image,
    Labels: labels,
    HostConfig: { Mounts: [{ Type: 'bind', Source: '/tmp', Target: '/host', ReadOnly: true }] },
  });
  await expect(engine.containerNamed(name)).resolves.toMatchObject({ name, mounts: [] });
});

test('mounts and ports are reported in one order, whichever the engine lists them in', async () => {
  await make.container();
  const [info] = await docker.listContainers({ all: true, filters: { label: [OURS] } });
  if (info === undefined) throw new Error('The container was not listed.');
  const Mounts = ['/b', '/a', '/c'].map((Destination) => ({
    Type: 'volume',
    Name: 'v',
    Source: '',
    Destination,
    Driver: 'local',
    Mode: '',
    RW: true,
    Propagation: '',
  }));
  const Ports = [80, 443, 22].map((number) => ({
    IP: '127.0.0.1',
    PrivatePort: number,
    PublicPort: 20_000 + number,
    Type: 'tcp',
  }));
  const { mounts, ports } = toContainer({ ...info, Mounts, Ports });
  expect(mounts.map(({ target }) => target)).toEqual(['/a', '/b', '/c']);
  expect(ports.map(({ container }) => container)).toEqual([22, 80, 443]);
});

test('a state that Docker does not have is an error that names it', async () => {
  await make.container();
  const [info] = await docker.listContainers({ all: true, filters: { label: [OURS] } });
  if (info === undefined) throw new Error('The container was not listed.');
  expect(() => toContainer({ ...info, State: 'configured' })).toThrow('unknown state: configured');
});

test('networks without a subnet of IPv4 take none', async () => {
  const name = make.name();
  await docker.createNetwork({
    Name: name,
    Labels: labels,
    EnableIPv6: true,
    IPAM: { Config: [{ Subnet: 'fd00:be47::/64' }, { Subnet: '10.222.255.240/28' }] },
  });
  const networks = await engine.networks();
  expect(networks.find((network) => network.name === name)?.subnets).toEqual(['10.222.255.240/28']);
  expect(networks.find((network) => network.name === 'host')).toEqual({
    name: 'host',
    labels: {},
    subnets: [],
  });
});

test('volumes without labels are listed when none are asked for', async () => {
  const name = make.name();
  await docker.createVolume({ Name: name });
  try {
    await expect(engine.volumes({})).resolves.toContainEqual({ name, labels: {} });
    await expect(engine.volumes(labels)).resolves.toEqual([]);
  } finally {
    await engine.removeVolume(name);
  }
});

test('health is reported while a container with a health check runs', async () => {
  await make.container();
  const [info] = await docker.listContainers({ all: true, filters: { label: [OURS] } });
  if (info === undefined) throw new Error('The container was not listed.');
  const healthAt = (Status: string) => toContainer({ ...info, Status }).health;
  expect(healthAt('Up Less than a second (health: starting)')).toBe('starting');
  expect(healthAt('Up 3 minutes (healthy)')).toBe('healthy');
  expect(healthAt('Up About an hour (unhealthy)')).toBe('unhealthy');
  expect(healthAt('Up 3 minutes')).toBeUndefined();
  expect(healthAt('Up 3 minutes (Paused)')).toBeUndefined();
  expect(healthAt('Exited (137) 2 hours ago')).toBeUndefined();
});
