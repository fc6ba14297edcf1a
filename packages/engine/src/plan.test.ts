import { Problem, type Template } from '@berth/contract';
import { describe, expect, test } from 'vitest';
import { admit, engineName, plan, type PlanRequest } from './plan.ts';

const template: Template = {
  description: '',
  image: 'registry.example/lab:1',
  pull: 'missing',
  env: {},
  resources: { cpus: 1, memory: '1g', pids: 256 },
  shm_size: '64m',
  volumes: [],
  network: { mode: 'private', ports: [] },
  capabilities: [],
};

const alice = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const id = '0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b';

function request(changes: Partial<PlanRequest> & { template?: Template } = {}): PlanRequest {
  return {
    id,
    owner: { id: alice, username: 'alice' },
    templateName: 'lab',
    template,
    name: undefined,
    override: {},
    limits: { containers: 5, cpus: 4, memory: '8g', pids: 2048 },
    running: [],
    settings: {
      prefix: 'berth',
      ports: { bind: '127.0.0.1', range: [20_000, 29_999] },
      networks: { pool: '10.201.0.0/16', prefix: 28 },
    },
    ...changes,
  };
}

describe('the container', () => {
  test('of the smallest template is confined and named after user and template', () => {
    expect(plan(request())).toEqual({
      pull: 'missing',
      network: {
        name: 'berth.alice',
        labels: { 'io.berth.instance': 'berth', 'io.berth.owner': alice },
        pool: '10.201.0.0/16',
        prefix: 28,
      },
      container: {
        name: 'berth.alice.lab',
        labels: {
          'io.berth.instance': 'berth',
          'io.berth.owner': alice,
          'io.berth.template': 'lab',
          'io.berth.id': id,
          'io.berth.network': 'berth.alice',
          'io.berth.cpus': '1',
          'io.berth.memory': '1g',
          'io.berth.pids': '256',
        },
        image: 'registry.example/lab:1',
        command: undefined,
        env: {},
        user: undefined,
        workdir: undefined,
        hostname: 'lab',
        mounts: [],
        network: 'berth.alice',
        ports: [],
        memoryBytes: 1_073_741_824,
        cpus: 1,
        pids: 256,
        shmBytes: 67_108_864,
        capabilities: [],
        init: true,
        noNewPrivileges: true,
      },
    });
  });

  test('takes everything a template says', () => {
    const { pull, container } = plan(
      request({
        template: {
          ...template,
          pull: 'always',
          command: ['jupyter', 'lab'],
          env: { A: '1' },
          user: '1000:1000',
          workdir: '/srv/lab',
          shm_size: '1g',
          capabilities: ['CHOWN', 'SETUID'],
          network: {
            mode: 'private',
            ports: [{ container: 8888, protocol: 'tcp', label: 'web' }],
          },
        },
      }),
    );
    expect(pull).toBe('always');
    expect(container).toMatchObject({
      command: ['jupyter', 'lab'],
      env: { A: '1' },
      user: '1000:1000',
      workdir: '/srv/lab',
      shmBytes: 1_073_741_824,
      capabilities: ['CHOWN', 'SETUID'],
      ports: [
        {
          container: 8888,
          protocol: 'tcp',
          hostAddress: '127.0.0.1',
          hostPorts: [20_000, 29_999],
        },
      ],
    });
  });

  test('has a name of its own beside the template’s when the user gives one', () => {
    const { container } = plan(
      request({
        name: 'two',
        template: {
          ...template,
          volumes: [{ name: 'home', target: '/h', persistent: true, read_only: false }],
        },
      }),
    );
    expect(container.name).toBe('berth.alice.lab.two');
    expect(container.hostname).toBe('lab-two');
    expect(container.labels['io.berth.name']).toBe('two');
    expect(container.mounts[0]?.volume).toBe('berth.alice.lab.two.home');
  });

  test('has a host name the kernel takes, however long the names', () => {
    const long = 'a'.repeat(32);
    const { container } = plan(request({ templateName: long, name: long }));
    expect(container.hostname).toHaveLength(63);
  });

  test('has a name that no other user’s can equal', () => {
    const names = [
      engineName('berth', 'a', { template: 'b-c' }),
      engineName('berth', 'a-b', { template: 'c' }),
      engineName('berth', 'a', { template: 'b', name: 'c' }),
      engineName('berth-a', 'b', { template: 'c' }),
    ];
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('networks', () => {
  test('a template can name another of the user’s own networks', () => {
    const { network, container } = plan(
      request({ template: { ...template, network: { mode: 'private', name: 'db', ports: [] } } }),
    );
    expect(network?.name).toBe('berth.alice.db');
    expect(container.network).toBe('berth.alice.db');
    expect(container.labels['io.berth.network']).toBe('berth.alice.db');
  });

  test('none means none: no network, no ports, no label', () => {
    const { network, container } = plan(
      request({
        template: {
          ...template,
          network: { mode: 'none', ports: [{ container: 80, protocol: 'tcp' }] },
        },
      }),
    );
    expect(network).toBeUndefined();
    expect(container.network).toBeUndefined();
    expect(container.ports).toEqual([]);
    expect(container.labels).not.toHaveProperty('io.berth.network');
  });
});

describe('volumes', () => {
  const volumes: Template['volumes'] = [
    { name: 'home', target: '/home/user', persistent: true, read_only: false },
    { name: 'scratch', target: '/scratch', persistent: false, read_only: true },
  ];

  test('belong to user, template and container, and say whether they last', () => {
    const { mounts } = plan(request({ template: { ...template, volumes } })).container;
    expect(mounts).toEqual([
      {
        volume: 'berth.alice.lab.home',
        target: '/home/user',
        readOnly: false,
        labels: {
          'io.berth.instance': 'berth',
          'io.berth.owner': alice,
          'io.berth.template': 'lab',
          'io.berth.volume': 'home',
          'io.berth.persistent': 'true',
        },
      },
      {
        volume: 'berth.alice.lab.scratch',
        target: '/scratch',
        readOnly: true,
        labels: expect.objectContaining({ 'io.berth.persistent': 'false' }),
      },
    ]);
  });

  test('last by the user’s choice, which cannot make the template’s lasting ones go', () => {
    const lasting = (persist: boolean) =>
      plan(
        request({ template: { ...template, volumes }, override: { persist } }),
      ).container.mounts.map(({ labels }) => labels['io.berth.persistent']);
    expect(lasting(true)).toEqual(['true', 'true']);
    expect(lasting(false)).toEqual(['true', 'false']);
  });
});

describe('overrides', () => {
  test('add to the environment and replace single resources', () => {
    const { container } = plan(
      request({
        template: { ...template, env: { A: 'template', B: 'template' } },
        override: { env: { B: 'user', C: 'user' }, resources: { memory: '2g' } },
      }),
    );
    expect(container.env).toEqual({ A: 'template', B: 'user', C: 'user' });
    expect(container).toMatchObject({ memoryBytes: 2_147_483_648, cpus: 1, pids: 256 });
    expect(container.labels).toMatchObject({ 'io.berth.memory': '2g', 'io.berth.cpus': '1' });
  });

  test.each([
    ['cpus', { cpus: 4.01 }],
    ['memory', { memory: '9g' }],
    ['pids', { pids: 2049 }],
  ])('cannot pass the user’s limit of %s', (resource, resources) => {
    const attempt = () => plan(request({ override: { resources } }));
    expect(attempt).toThrow(Problem);
    expect(attempt).toThrow(
      expect.objectContaining({
        code: 'limit_exceeded',
        details: expect.objectContaining({ resource }),
      }),
    );
  });
});

describe('limits', () => {
  const limits = { containers: 2, cpus: 0.3, memory: '1g', pids: 10 };
  const small = { cpus: 0.1, memory: '256m', pids: 5 };

  test('are sums: what fits exactly is let in', () => {
    expect(() => admit(limits, [small], small)).not.toThrow();
  });

  test('count CPUs in hundredths, so that fractions do not drift past them', () => {
    const roomy = { ...limits, containers: 9, pids: 99, memory: '9g' };
    expect(() => admit(roomy, [small, small], small)).not.toThrow();
    expect(() => admit(roomy, [small, small], { ...small, cpus: 0.11 })).toThrow(Problem);
  });

  test('of containers', () => {
    expect(() => admit(limits, [small, small], { ...small, pids: 0 })).toThrow(
      'limit of 2 containers: 2 in use, 1 more wanted',
    );
  });

  test('of memory', () => {
    expect(() => admit(limits, [small], { ...small, memory: '800m' })).toThrow(
      'limit of 1g memory: 256m in use, 800m more wanted',
    );
  });

  test('of pids', () => {
    expect(() => admit(limits, [small], { ...small, pids: 6 })).toThrow(
      'limit of 10 pids: 5 in use, 6 more wanted',
    );
  });

  test('of zero containers let nothing in', () => {
    expect(() => admit({ ...limits, containers: 0 }, [], small)).toThrow('limit of 0 containers');
  });
});
