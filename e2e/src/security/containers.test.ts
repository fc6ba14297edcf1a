import { formatAuthorization } from '@berth/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHouse, type Resident } from '../support/house.ts';
import { engineIdOf } from '../support/inside.ts';
import { send, type Answer } from '../support/send.ts';

let house: Awaited<ReturnType<typeof openHouse>>;
let alice: Resident;
let bob: Resident;
let eve: Resident;
/** Bob’s container: our id and the engine’s. */
let id: string;
let engineId: string;

beforeAll(async () => {
  house = await openHouse({
    templates:
      '  lab: {image: IMAGE, volumes: [{name: home, target: /home}]}\n  gpu: {image: IMAGE}',
  });
  alice = await house.user('alice', ['lab']);
  bob = await house.user('bob', ['lab']);
  eve = await house.user('eve', []);
  expect((await bob.berth('start', 'lab')).code).toBe(0);
  ({ id } = await bob.container('lab'));
  engineId = await engineIdOf(house.engine.docker, id);
});

afterAll(() => house.close());

async function as(user: Resident, method: string, path: string, body?: unknown): Promise<Answer> {
  const headers = { authorization: formatAuthorization(await user.credential()) };
  return send(house.url, path, { method, headers, body });
}

/** What alice gets for a request to start something, with more in it than may be. */
async function startWith(more: object): Promise<{ status: number; code: string }> {
  const { status, body } = await as(alice, 'POST', '/containers', { template: 'lab', ...more });
  return { status, code: (JSON.parse(body) as { code: string }).code };
}

const MALFORMED = { status: 400, code: 'bad_request' };

async function expectUnharmed(): Promise<void> {
  expect(await alice.containers()).toEqual([]);
  expect(await bob.container('lab')).toMatchObject({ id, state: 'running' });
}

test('U: crafted container id or name reaches another API path', async () => {
  const refs = ['bob/kill?x=', '../info?x=', '.', '..', ''].flatMap((ref) => [
    ref,
    encodeURIComponent(ref),
    ref.replaceAll('.', '%2e'),
  ]);
  refs.push(encodeURIComponent(`${engineId}/kill?x=`), 'lab%00', `${house.prefix}.bob.lab`);
  for (const ref of refs) {
    const { status } = await as(alice, 'POST', `/containers/${ref}/stop`);
    // A slash of its own makes it another path, where there is nothing.
    expect(ref.includes('/') || ref === '' ? [400, 404] : [400], ref).toContain(status);
  }
  await expectUnharmed();
});

test('U: hex prefix of another’s container', async () => {
  for (const ref of [id, id.slice(0, 8), engineId, engineId.slice(0, 12)]) {
    const { status } = await as(alice, 'POST', `/containers/${ref}/stop`);
    // What begins with a digit cannot be a name at all.
    expect([400, 404], ref).toContain(status);
    expect((await alice.berth('stop', ref, '--yes')).code).not.toBe(0);
  }
  await expectUnharmed();
});

test('U: privileged, capabilities, devices, engine socket, host namespaces', async () => {
  const wishes = [
    { privileged: true },
    { capabilities: ['SYS_ADMIN'] },
    { devices: ['/dev/sda'] },
    { network: { mode: 'host' } },
    { pid: 'host' },
    { HostConfig: { Binds: ['/var/run/docker.sock:/var/run/docker.sock'] } },
    { resources: { memory: '64g' } },
  ];
  for (const wish of wishes) {
    expect(await startWith(wish), JSON.stringify(wish)).toEqual(MALFORMED);
  }
  await expectUnharmed();
  const { HostConfig } = await house.engine.docker.getContainer(engineId).inspect();
  expect(HostConfig).toMatchObject({
    Privileged: false,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    PidMode: '',
    IpcMode: 'private',
    UsernsMode: '',
    Binds: null,
  });
  expect([HostConfig.CapAdd ?? [], HostConfig.Devices ?? []]).toEqual([[], []]);
  expect(HostConfig.NetworkMode).toBe(`${house.prefix}.bob`);
  expect(HostConfig.PidsLimit).toBeGreaterThan(0);
  expect(HostConfig.Memory).toBeGreaterThan(0);
});

test('U: template not allowed; empty list means all', async () => {
  for (const template of ['T', 't\0', 't/../x', '__proto__', '', ['lab'], null, { lab: 1 }]) {
    expect(await startWith({ template }), JSON.stringify(template)).toEqual(MALFORMED);
  }
  const refusals = [];
  for (const template of ['gpu', 'unknown']) {
    const { status, body } = await as(alice, 'POST', '/containers', { template });
    const { code, message } = JSON.parse(body) as { code: string; message: string };
    refusals.push({ status, code, message: message.replace(template, 'NAME') });
  }
  expect(refusals[0]).toEqual(refusals[1]);
  expect(refusals[0]).toMatchObject({ status: 403, code: 'forbidden' });
  expect((await as(eve, 'POST', '/containers', { template: 'lab' })).status).toBe(403);
});

test('U: bind escape: .., a symlink, a volume with driver options', async () => {
  const wishes = [
    { volumes: [{ name: 'x', target: '/etc' }] },
    { volumes: [{ name: 'x', options: { o: 'bind', device: '/etc' } }] },
    { mounts: [{ source: '/srv/../etc', target: '/x' }] },
    { mounts: ['/:/host'] },
  ];
  for (const wish of wishes) {
    expect(await startWith(wish), JSON.stringify(wish)).toEqual(MALFORMED);
  }
  const { Mounts } = await house.engine.docker.getContainer(engineId).inspect();
  expect(Mounts.map(({ Type }) => Type as string)).toEqual(['volume']);
});

test('U: ownership labels', async () => {
  expect(await startWith({ labels: { 'io.berth.owner': 'alice' } })).toEqual(MALFORMED);
});

test('U: env injection', async () => {
  for (const env of [{ LD_PRELOAD: '/x.so' }, { PATH: '/x' }, { BASH_ENV: 'x' }, { 'A\nB': '' }]) {
    expect(await startWith({ env }), JSON.stringify(env)).toEqual(MALFORMED);
  }
});

test('U: SSRF by image name', async () => {
  expect(await startWith({ image: '127.0.0.1:22/x' })).toEqual(MALFORMED);
});

test('U: username in a file name', async () => {
  for (const name of ['../x', 'CON', 'Alice', 'alice/..', '.']) {
    const { code, stderr } = await house.berthd('user', 'add', name);
    expect([code, stderr], name).toEqual([2, expect.stringMatching(/lower-case letters/)]);
  }
});
