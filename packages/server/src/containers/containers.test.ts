import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartEvent, StopResult, type ProblemBody } from '@berth/contract';
import { Check } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { bearer, testApp, type TestApp } from '../testing/test-app.ts';

async function start(
  { app }: TestApp,
  headers: { authorization: string },
  payload: object,
): Promise<{ status: number; events: StartEvent[]; problem?: ProblemBody }> {
  const answer = await app.inject({ method: 'POST', url: '/containers', headers, payload });
  if (answer.statusCode !== 200) {
    return { status: answer.statusCode, events: [], problem: answer.json() };
  }
  expect(answer.headers['content-type']).toBe('application/x-ndjson');
  const events = answer.body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as StartEvent);
  for (const event of events) expect(Check(StartEvent, event), JSON.stringify(event)).toBe(true);
  return { status: 200, events };
}

const stop = ({ app }: TestApp, headers: { authorization: string }, ref: string) =>
  app.inject({ method: 'POST', url: `/containers/${ref}/stop`, headers });

async function withAlice(templates = ['lab', 'gpu']) {
  const house = await testApp();
  return { house, alice: bearer(await house.user('alice', templates)) };
}

describe('POST /containers', () => {
  test('streams what happens, and ends with the container', async () => {
    const { house, alice } = await withAlice();
    const { events } = await start(house, alice, { template: 'lab' });
    expect(events.map(({ event }) => event)).toEqual(['creating', 'starting', 'done']);
    expect(events.at(-1)).toMatchObject({
      outcome: 'started',
      container: { template: 'lab', state: 'running' },
    });
  });

  test('streams a pull with its layers', async () => {
    const { house, alice } = await withAlice();
    const { events } = await start(house, alice, { template: 'gpu' });
    expect(events[0]).toEqual({ event: 'pulling', image: 'gpu:1' });
    expect(events.some(({ event }) => event === 'layer')).toBe(true);
    expect(events.at(-1)?.event).toBe('done');
  });

  test('after a rename goes on with what they had under the old name', async () => {
    const { house, alice } = await withAlice();
    await start(house, alice, { template: 'lab' });
    await stop(house, alice, 'lab');
    const [account] = house.config().accounts.values();
    await house.edit({ by: 'test', what: 'rename alice' }, (edit) => {
      edit.set('users.yaml', ['users', account?.id ?? '', 'username'], 'alicia');
    });
    const { events } = await start(house, alice, { template: 'lab' });
    expect(events.at(-1)).toMatchObject({ container: { owner: { username: 'alicia' } } });
    expect((await house.engine.volumes({})).map(({ name }) => name).toSorted()).toEqual([
      'berth.alice.lab.home',
      'berth.alice.lab.scratch',
    ]);
    const again = await start(house, alice, { template: 'lab' });
    expect(again.events.at(-1)).toMatchObject({ outcome: 'already_running' });
  });

  test('does not let a new user of an old name at the files of who had it', async () => {
    const { house, alice } = await withAlice();
    await start(house, alice, { template: 'lab' });
    const [account] = house.config().accounts.values();
    await house.edit({ by: 'test', what: 'rename alice' }, (edit) => {
      edit.set('users.yaml', ['users', account?.id ?? '', 'username'], 'alicia');
    });
    const another = bearer(await house.user('alice', ['lab']));
    const refused = await start(house, another, { template: 'lab' });
    expect(refused.problem ?? refused.events.at(-1)).toMatchObject({ code: 'name_taken' });
  });

  test('of what runs says so', async () => {
    const { house, alice } = await withAlice();
    await start(house, alice, { template: 'lab' });
    const { events } = await start(house, alice, { template: 'lab' });
    expect(events).toMatchObject([{ event: 'done', outcome: 'already_running' }]);
  });

  test('of a template that is not theirs has a status of its own', async () => {
    const { house, alice } = await withAlice(['lab']);
    const denied = await start(house, alice, { template: 'gpu' });
    expect([denied.status, denied.problem?.code]).toEqual([403, 'forbidden']);
    const unknown = await start(house, alice, { template: 'none' });
    expect(unknown.problem?.message).toBe(denied.problem?.message.replaceAll('gpu', 'none'));
  });

  test('that fails before its first event has a status of its own', async () => {
    const { house, alice } = await withAlice();
    for (const name of ['a', 'b', 'c', 'd']) await start(house, alice, { template: 'lab', name });
    const refused = await start(house, alice, { template: 'lab', name: 'e' });
    expect([refused.status, refused.problem?.code]).toEqual([409, 'limit_exceeded']);
    expect(refused.problem?.details).toEqual({
      resource: 'cpus',
      limit: '4',
      in_use: '4',
      wanted: '1',
    });
  });

  test('that fails later ends its stream with the problem, which the log has too', async () => {
    const { house, alice } = await withAlice();
    house.faults.fail('startContainer', new Error('odd'));
    const { status, events } = await start(house, alice, { template: 'lab' });
    expect(status).toBe(200);
    expect(events.at(-1)).toMatchObject({ event: 'failed', problem: { code: 'internal' } });
    expect(house.logged()).toContain('odd');
    expect(await house.engine.containers({})).toEqual([]);
  });

  test('ten at once pass no limit', async () => {
    const { house, alice } = await withAlice();
    const names = Array.from({ length: 10 }, (_, index) => `n${index}`);
    const starts = await Promise.all(
      names.map((name) => start(house, alice, { template: 'lab', name })),
    );
    expect(starts.filter(({ status }) => status === 200)).toHaveLength(4);
    expect(await house.engine.containers({})).toHaveLength(4);
  });

  test('keeps its place when an earlier start of the same name fails', async () => {
    const { house, alice } = await withAlice();
    for (const name of ['a', 'b', 'c']) await start(house, alice, { template: 'lab', name });
    const failing = house.faults.hold('hasImage');
    const first = start(house, alice, { template: 'lab' });
    await failing.reached;
    const second = start(house, alice, { template: 'lab' });
    // Places are given one after another: once it is the other's turn, the second has its own.
    const listing = house.faults.hold('containers');
    const otherListing = house.faults.hold('containers');
    const other = start(house, alice, { template: 'lab', name: 'd' });
    listing.release();
    await otherListing.reached;

    house.faults.fail('createContainer', new Error('odd'));
    const starting = house.faults.hold('startContainer');
    failing.release();
    await first;
    await starting.reached;
    otherListing.release();
    expect((await other).problem?.code).toBe('limit_exceeded');
    starting.release();
    expect((await second).events.at(-1)).toMatchObject({ outcome: 'started' });
  });

  test('keeps its place while what the engine says of it is on its way', async () => {
    const { house, alice } = await withAlice();
    for (const name of ['a', 'b', 'c']) await start(house, alice, { template: 'lab', name });
    const starting = house.faults.hold('startContainer');
    const last = start(house, alice, { template: 'lab' });
    await starting.reached;
    const listing = house.faults.holdAnswer('containers');
    const other = start(house, alice, { template: 'lab', name: 'd' });
    await listing.reached;
    starting.release();
    await last;
    listing.release();
    expect((await other).problem?.code).toBe('limit_exceeded');
  });

  test('again of what has exited counts what that container has', async () => {
    const { house, alice } = await withAlice();
    await house.templates(
      'version: 1\ncontainers: {lab: {image: "lab:1", resources: {cpus: 3}}, gpu: {image: "gpu:1"}}\n...\n',
    );
    await start(house, alice, { template: 'lab' });
    const [lab] = await house.engine.containers({});
    if (lab !== undefined) await house.engine.stopContainer(lab.id, 0);
    await house.templates(
      'version: 1\ncontainers: {lab: {image: "lab:1", resources: {cpus: 1}}, gpu: {image: "gpu:1"}}\n...\n',
    );
    for (const name of ['a', 'b']) await start(house, alice, { template: 'lab', name });
    const refused = await start(house, alice, { template: 'lab' });
    expect(refused.problem?.details).toMatchObject({ resource: 'cpus', in_use: '2', wanted: '3' });
  });

  test('does not wait for another one whose look at the engine takes long', async () => {
    const { house, alice } = await withAlice();
    const held = house.faults.hold('containers');
    const slow = start(house, alice, { template: 'lab', name: 'slow' });
    await held.reached;
    expect((await start(house, alice, { template: 'lab', name: 'quick' })).status).toBe(200);
    held.release();
    expect((await slow).status).toBe(200);
  });

  test('gives its place back when it fails', async () => {
    const { house, alice } = await withAlice();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      house.faults.fail('createContainer', new Error('odd'));
      await start(house, alice, { template: 'lab', name });
    }
    expect((await start(house, alice, { template: 'lab' })).status).toBe(200);
  });
});

describe('a reader that goes away', () => {
  test('cancels the start, which is undone', async () => {
    const { house, alice } = await withAlice();
    const held = house.faults.hold('createContainer');
    await house.app.listen({ port: 0, host: '127.0.0.1' });
    const closed = Promise.withResolvers<void>();
    house.app.server.once('connection', (socket) => {
      socket.once('close', () => closed.resolve());
    });
    const { port } = house.app.server.address() as AddressInfo;
    const client = request({
      port,
      method: 'POST',
      path: '/containers',
      headers: { ...alice, 'content-type': 'application/json' },
    });
    client.end(JSON.stringify({ template: 'lab' }));
    await once(client, 'response');
    await held.reached;
    client.destroy();
    await closed.promise;
    const settled = house.settled();
    held.release();
    await settled;
    expect(await house.engine.containers({})).toEqual([]);
    expect(await house.engine.volumes({})).toEqual([]);
    await expect.poll(() => house.logged()).toContain('code: cancelled');
  });

  test('whose server stops is undone, and its caller is told', async () => {
    const house = await testApp();
    const headers = bearer(await house.user('alice', ['lab']));
    const held = house.faults.hold('createContainer');
    const payload = { template: 'lab' };
    const starting = house.app.inject({ method: 'POST', url: '/containers', headers, payload });
    // An injected request is made when somebody waits for it.
    const answered = starting.then(({ body }) => body.trim().split('\n').at(-1) ?? '');
    await held.reached;
    house.endStreams();
    held.release();
    expect(JSON.parse(await answered)).toMatchObject({
      event: 'failed',
      problem: {
        code: 'server_stopping',
        message: expect.stringMatching(
          /^The server stops .* Start again when it is back\.$/,
        ) as string,
      },
    });
    expect(await house.engine.containers({})).toEqual([]);
  });
});

describe('POST /containers/{ref}/stop', () => {
  test('says what is gone and what stays', async () => {
    const { house, alice } = await withAlice();
    await start(house, alice, { template: 'lab' });
    const answer = await stop(house, alice, 'lab');
    expect(answer.statusCode).toBe(200);
    expect(Check(StopResult, answer.json())).toBe(true);
    expect(answer.json()).toMatchObject({
      container: { template: 'lab' },
      removed_volumes: ['scratch'],
      kept_volumes: ['home'],
      removed_network: true,
    });
  });

  test('takes an id, a template, or template.name', async () => {
    const { house, alice } = await withAlice();
    const { events } = await start(house, alice, { template: 'lab' });
    await start(house, alice, { template: 'lab', name: 'two' });
    const [last] = events.slice(-1);
    const id = last?.event === 'done' ? last.container.id : '';
    expect((await stop(house, alice, 'lab.two')).statusCode).toBe(200);
    expect((await stop(house, alice, id)).statusCode).toBe(200);
    expect((await stop(house, alice, 'lab')).statusCode).toBe(404);
  });

  test('does not find another user’s, by any of them', async () => {
    const { house, alice } = await withAlice();
    const bob = bearer(await house.user('bob', ['lab']));
    const { events } = await start(house, alice, { template: 'lab', name: 'two' });
    const [last] = events.slice(-1);
    const id = last?.event === 'done' ? last.container.id : '';
    for (const ref of [id, 'lab', 'lab.two']) {
      expect((await stop(house, bob, ref)).statusCode, ref).toBe(404);
    }
    expect(await house.engine.containers({})).toHaveLength(1);
  });

  test.each(['..', '%2e%2e', 'lab%00', 'LAB', 'a/b', 'a'.repeat(64), 'lab%3fx'])(
    'refuses %s before anything is asked',
    async (ref) => {
      const { house, alice } = await withAlice();
      expect([400, 404]).toContain((await stop(house, alice, ref)).statusCode);
      expect(await house.engine.containers({})).toEqual([]);
    },
  );

  test('suggests what a typo meant', async () => {
    const { house, alice } = await withAlice();
    await start(house, alice, { template: 'lab' });
    const answer = await stop(house, alice, 'lap');
    expect(answer.json<ProblemBody>().message).toContain('Did you mean lab?');
  });

  test('keeps what the user chose to keep', async () => {
    const { house, alice } = await withAlice();
    await start(house, alice, { template: 'lab' });
    const [account] = house.config().accounts.values();
    await house.override(account?.id ?? '', 'overrides: {lab: {persist: true}}');
    expect((await stop(house, alice, 'lab')).json()).toMatchObject({
      removed_volumes: [],
      kept_volumes: ['home', 'scratch'],
    });
  });

  test('keeps what it kept, also when the template does not ask for it any more', async () => {
    const { house, alice } = await withAlice();
    await start(house, alice, { template: 'lab' });
    await stop(house, alice, 'lab');
    await house.templates(
      `version: 1
containers:
  lab: {image: "lab:1", volumes: [{name: home, target: /home/user}]}
  gpu: {image: "gpu:1"}
...
`,
    );
    await house.sweep();
    expect((await house.engine.volumes({})).map(({ name }) => name)).toEqual([
      'berth.alice.lab.home',
    ]);
  });

  test('goes by how a volume was made where the template is silent about it', async () => {
    const { house, alice } = await withAlice();
    await start(house, alice, { template: 'lab' });
    await house.templates(
      'version: 1\ncontainers: {lab: {image: "lab:1"}, gpu: {image: "gpu:1"}}\n...\n',
    );
    expect((await stop(house, alice, 'lab')).json()).toMatchObject({
      removed_volumes: ['scratch'],
      kept_volumes: ['home'],
    });
  });
});
