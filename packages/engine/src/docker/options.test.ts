import { randomBytes } from 'node:crypto';
import { busyboxImage, createSubnets, removeEverything, testEngine } from '@berth/testbed';
import { afterEach, expect, test } from 'vitest';
import { createMaker } from '../testing/fixture.ts';
import { createDockerEngine } from './engine.ts';

const prefix = `t${randomBytes(6).toString('hex')}`;
afterEach(async () => removeEverything((await testEngine()).docker, prefix));

async function setUp() {
  const { host, docker } = await testEngine();
  const image = await busyboxImage(docker);
  const engine = createDockerEngine({ host, timeoutMs: 30_000, pullStallMs: 30_000 });
  const make = createMaker({ engine, image, prefix, subnet: await createSubnets(docker) });
  return { docker, make, image };
}

test('the engine has exactly what the specification says', async () => {
  const { docker, make, image } = await setUp();
  const network = await make.network();
  const volume = await make.volume();
  const spec = {
    command: ['sleep', '500'],
    env: { A: '1', B: 'x=y z' },
    user: '1000:1000',
    workdir: '/tmp',
    hostname: 'lab-two',
    network,
    mounts: [{ ...make.mount(volume), readOnly: true }],
    ports: [
      { container: 80, protocol: 'tcp', hostAddress: '127.0.0.1', hostPorts: [12_000, 12_999] },
      { container: 53, protocol: 'udp', hostAddress: '127.0.0.1', hostPorts: [12_000, 12_999] },
    ],
    memoryBytes: 96 * 1024 ** 2,
    cpus: 0.29,
    pids: 40,
    shmBytes: 8 * 1024 ** 2,
    capabilities: ['CHOWN', 'NET_RAW'],
  } as const;
  const id = await make.running(spec);

  const { Config, HostConfig } = await docker.getContainer(id).inspect();
  expect(Config).toMatchObject({
    Image: image,
    Cmd: ['sleep', '500'],
    Env: expect.arrayContaining(['A=1', 'B=x=y z']),
    User: '1000:1000',
    WorkingDir: '/tmp',
    Hostname: 'lab-two',
    Labels: make.labels,
    Tty: false,
    OpenStdin: false,
    ExposedPorts: { '80/tcp': {}, '53/udp': {} },
  });
  // Later engines write them with their prefix.
  const added: string[] = HostConfig.CapAdd;
  expect(added.map((name) => name.replace(/^CAP_/, ''))).toEqual(['CHOWN', 'NET_RAW']);
  const binding = [{ HostIp: '127.0.0.1', HostPort: '12000-12999' }];
  expect(HostConfig).toMatchObject({
    Memory: 96 * 1024 ** 2,
    MemorySwap: 96 * 1024 ** 2,
    NanoCpus: 290_000_000,
    PidsLimit: 40,
    ShmSize: 8 * 1024 ** 2,
    Init: true,
    Privileged: false,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    NetworkMode: network,
    PortBindings: { '80/tcp': binding, '53/udp': binding },
    LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
    RestartPolicy: { Name: 'no' },
    AutoRemove: false,
    Binds: null,
    Mounts: [{ Type: 'volume', Source: volume, Target: '/data', ReadOnly: true }],
  });
});

test('what is not asked for is the image’s own, and nothing more', async () => {
  const { docker, make } = await setUp();
  const id = await make.running();
  const { Config, HostConfig } = await docker.getContainer(id).inspect();
  expect(Config).toMatchObject({ Cmd: ['sleep', '600'], Env: ['PATH=/bin'], User: '' });
  expect(HostConfig).toMatchObject({ NetworkMode: 'none', PortBindings: {} });
  expect(HostConfig.Mounts ?? []).toEqual([]);
  expect(HostConfig.CapAdd ?? []).toEqual([]);
});

test('a process inside has no capability, no way to gain one, and an init that is not it', async () => {
  const { docker, make } = await setUp();
  const id = await make.running();
  const exec = await docker.getContainer(id).exec({
    Cmd: ['sh', '-c', 'cat /proc/1/status /proc/self/status'],
    AttachStdout: true,
  });
  const said = await (await exec.start({})).setEncoding('utf8').toArray();
  const status = said.join('');
  expect(status).toContain('docker-init');
  for (const line of status.split('\n').filter((text) => /^Cap(Prm|Eff|Bnd|Inh)/.test(text))) {
    expect(line).toMatch(/\t0+$/);
  }
  expect(status.match(/^NoNewPrivs:\t1$/gm)).toHaveLength(2);
});
