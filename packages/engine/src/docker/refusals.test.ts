import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  busyboxImage,
  createSubnets,
  freePorts,
  removeEverything,
  testEngine,
  type TestEngine,
} from '@berth/testbed';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Engine, PortRequest } from '../port.ts';
import { problemOf } from '../testing/expect-problem.ts';
import { createMaker, type Maker } from '../testing/fixture.ts';
import { createDockerEngine } from './engine.ts';
import { checkedId } from './names.ts';

/** What the engine’s refusals become for the user; which code stands for which is in the contract. */

const prefix = `t${randomBytes(6).toString('hex')}`;
let real: TestEngine;
let engine: Engine;
let make: Maker;
let image: string;

beforeAll(async () => {
  real = await testEngine();
  image = await busyboxImage(real.docker);
  engine = createDockerEngine({ host: real.host, timeoutMs: 30_000, pullStallMs: 30_000 });
  const subnet = await createSubnets(real.docker);
  make = createMaker({ engine, image, prefix, subnet });
});
afterEach(() => removeEverything(real.docker, prefix));
afterAll(() => engine.close());

async function messageOf(work: Promise<unknown>): Promise<string> {
  const problem = await problemOf(work);
  // The log gets what the engine said.
  expect(problem.cause).toMatchObject({ json: { message: expect.any(String) } });
  return problem.message;
}

const start = async (over: Parameters<Maker['spec']>[0]) =>
  engine.startContainer(await make.container(over));

const port = (hostAddress: string, hostPorts: PortRequest['hostPorts']): PortRequest => ({
  container: 80,
  protocol: 'tcp',
  hostAddress,
  hostPorts,
});

describe('making a container', () => {
  test('a missing image is named', async () => {
    await expect(messageOf(make.container({ image: 'berth-test-none:1' }))).resolves.toMatch(
      /^The image berth-test-none:1 is not on the engine’s machine\./,
    );
  });

  test('a name that is taken is named', async () => {
    const name = make.name();
    await make.container({ name });
    await expect(messageOf(make.container({ name }))).resolves.toContain(`named ${name} already`);
  });

  test('the least memory is told', async () => {
    await expect(messageOf(make.container({ memoryBytes: 1_000_000 }))).resolves.toContain(
      'the least is 6MB. Raise resources.memory.',
    );
  });

  test('the number of CPUs is told', async () => {
    await expect(messageOf(make.container({ cpus: 4000 }))).resolves.toMatch(
      /there are \d+\. Lower resources\.cpus\./,
    );
  });

  test.each([
    ['a name with a slash', { name: 'a/b' }, 'Invalid container name'],
    ['an image’s name that is none', { image: 'Berth//x' }, 'invalid reference format'],
    ['a folder that is a file', { workdir: '/etc/passwd' }, 'Cannot mkdir: /etc/passwd is not a'],
    ['an unknown capability', { capabilities: ['NONE'] }, 'unknown capability: "CAP_NONE"'],
  ])('%s is template_rejected, with the engine’s reason', async (_, over, reason) => {
    const problem = await problemOf(make.container(over));
    expect(problem.code).toBe('template_rejected');
    expect(problem.message).toContain(reason);
  });
});

describe('starting a container', () => {
  test('an unknown user is named', async () => {
    await expect(messageOf(start({ user: 'nobody-here' }))).resolves.toBe(
      'The engine refuses what the template asks for: unable to find user nobody-here: no matching entries in passwd file. Correct the template, or ask your admin to.',
    );
  });

  test('a host name that the kernel refuses is shown without the runtime’s wrapping', async () => {
    await expect(messageOf(start({ hostname: 'x'.repeat(65) }))).resolves.toContain(
      'asks for: sethostname: invalid argument.',
    );
  });

  test('a command that is not in the image is named', async () => {
    // Behind an init process, as ours are, it starts and ends with 127; without one it is refused.
    const made = await real.docker.createContainer({
      Image: image,
      Cmd: ['nope'],
      Labels: make.labels,
    });
    const problem = await problemOf(engine.startContainer(checkedId(made.id)));
    expect(problem.code).toBe('template_rejected');
    expect(problem.message).toContain(
      'asks for: exec: "nope": executable file not found in $PATH. Correct',
    );
  });

  test('a network that is gone is named', async () => {
    const network = `${prefix}.gone`;
    await expect(messageOf(start({ network }))).resolves.toContain(`network ${network} is gone`);
  });

  test('a network without a free address is named', async () => {
    const network = await make.network(30);
    await make.running({ network });
    await expect(messageOf(start({ network }))).resolves.toContain(
      `The network ${network} has no free address left.`,
    );
  });

  test('a port that another program has is port_unavailable', async () => {
    const [free] = await freePorts(1);
    const program = createServer().listen(free, '127.0.0.1');
    await once(program, 'listening');
    try {
      const network = await make.network();
      const ports = [port('127.0.0.1', [free, free])];
      const problem = await problemOf(start({ network, ports }));
      expect(problem.code).toBe('port_unavailable');
      expect(problem.cause).toMatchObject({ statusCode: 500 });
    } finally {
      program.close();
    }
  });

  test('of a range the ports that other programs have are passed over', async () => {
    const [first, last] = await freePorts(3);
    const programs = [first, first + 1].map((used) => createServer().listen(used, '127.0.0.1'));
    await Promise.all(programs.map((program) => once(program, 'listening')));
    try {
      const network = await make.network();
      const id = await make.running({ network, ports: [port('127.0.0.1', [first, last])] });
      await expect(make.view(id)).resolves.toMatchObject({ ports: [{ hostPort: last }] });
    } finally {
      for (const program of programs) program.close();
    }
  });

  test('an address that the machine does not have is told', async () => {
    const network = await make.network();
    const ports = [port('192.0.2.1', await freePorts(1))];
    const problem = await problemOf(start({ network, ports }));
    expect(problem.code).toBe('port_unavailable');
    expect(problem.message).toContain('correct ports.bind in the settings');
  });

  test('a paused container is conflict', async () => {
    const id = await make.running();
    await real.docker.getContainer(id).pause();
    const problem = await problemOf(engine.startContainer(id));
    expect(problem.code).toBe('conflict');
    expect(problem.message).toContain('cannot start a paused container');
  });
});

describe('networks and volumes', () => {
  test('those that are taken or in use are named', async () => {
    const [network, volume] = [await make.network(), await make.volume()];
    const { labels, mount } = make;
    await make.running({ network, mounts: [mount(volume)] });

    const [taken] = (await engine.networks()).flatMap(({ name, subnets }) =>
      name === network ? subnets : [],
    );
    const other = make.name();
    const second = { name: network, labels, subnet: '10.222.0.0/30' };
    await expect(messageOf(engine.createNetwork(second))).resolves.toContain(network);
    await expect(
      messageOf(engine.createNetwork({ name: other, labels, subnet: taken ?? '' })),
    ).resolves.toMatch(new RegExp(`the network ${other} are used by another network`));
    await expect(messageOf(engine.removeNetwork(network))).resolves.toContain(
      `${network} is in use by a container`,
    );
    await expect(messageOf(engine.removeVolume(volume))).resolves.toContain(
      `${volume} is in use by a container`,
    );
  });

  test('a volume’s name that is too long is template_rejected', async () => {
    const name = `${prefix}.${'v'.repeat(300)}`;
    const problem = await problemOf(engine.createVolume({ name, labels: make.labels }));
    expect(problem.code).toBe('template_rejected');
    expect(problem.message.length).toBeLessThan(500);
  });

  test('what another program made under our name is name_taken', async () => {
    const name = make.name();
    const labels = { ...make.labels, by: 'another' };
    await real.docker.createVolume({ Name: name, Labels: labels });
    await expect(
      problemOf(engine.createVolume({ name, labels: make.labels })),
    ).resolves.toMatchObject({ code: 'name_taken' });
  });
});

test('what no rule explains is thrown as it came', async () => {
  const invalid = { name: make.name(), labels: make.labels, subnet: 'nonsense' };
  await expect(engine.createNetwork(invalid)).rejects.toMatchObject({
    statusCode: 500,
    json: { message: expect.stringContaining('nonsense') },
  });
});
