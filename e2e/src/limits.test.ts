import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHouse } from './support/house.ts';

let house: Awaited<ReturnType<typeof openHouse>>;

beforeAll(async () => {
  house = await openHouse({
    settings: 'limits: {per_user: {containers: 3, cpus: 100, memory: 1g, pids: 4096}}',
    templates: `
  lab: {image: IMAGE, resources: {memory: 64m}}
  big: {image: IMAGE, resources: {memory: 900m}}`,
  });
});

afterAll(() => house.close());

test('ten starts at once against a limit of three leave three, and seven clear refusals', async () => {
  const user = await house.user('alice', ['lab']);
  const names = Array.from({ length: 10 }, (_, index) => `n${index}`);
  const starts = await Promise.all(names.map((name) => user.berth('start', 'lab', '--name', name)));
  const started = starts.filter(({ code }) => code === 0);
  const refused = starts.filter(({ code }) => code === 1);
  expect([started.length, refused.length]).toEqual([3, 7]);
  for (const { stderr } of refused) {
    expect(stderr).toMatch(/limit of 3 containers: 3 in use, 1 more wanted/);
  }
  const containers = await user.containers();
  expect(containers.map(({ state }) => state)).toEqual(['running', 'running', 'running']);
  const networks = await house.engine.docker.listNetworks({
    filters: { label: [`io.berth.instance=${house.prefix}`] },
  });
  expect(networks).toHaveLength(1);

  // A place that was given back can be taken again.
  const { template, name } = containers[0] ?? {};
  await user.berth('stop', `${template}.${name}`, '--yes');
  expect((await user.berth('start', 'lab', '--name', 'again')).code).toBe(0);
});

test('an override cannot pass a limit', async () => {
  const user = await house.user('bob', ['lab', 'big']);
  expect((await user.berth('start', 'big')).code).toBe(0);
  const { owner } = await user.container('big');
  await house.override(owner.id, 'overrides: {lab: {resources: {memory: 200m}}}');
  const { code, stderr } = await user.berth('start', 'lab');
  expect(code).toBe(1);
  expect(stderr).toContain('limit of 1g memory: 900m in use, 200m more wanted');
});

test('a user’s own limits go before everybody’s', async () => {
  const user = await house.user('carol', ['lab']);
  expect((await user.berth('start', 'lab')).code).toBe(0);
  const { owner } = await user.container('lab');
  await house.override(owner.id, 'limits: {containers: 1}');
  const { code, stderr } = await user.berth('start', 'lab', '--name', 'two');
  expect(code).toBe(1);
  expect(stderr).toContain('limit of 1 containers');
  // What runs already still counts as itself.
  expect((await user.berth('start', 'lab')).code).toBe(0);
});
