import { removeUser } from '@berth/config';
import {
  Problem,
  type AuditPage,
  type ContainerLogEvent,
  type MonitoredContainersPage,
  type StoppedContainer,
} from '@berth/contract';
import { describe, expect, test } from 'vitest';
import { bearer, testApp, type TestApp } from '../testing/test-app.ts';

const NOBODYS = '99999999-9999-4999-8999-999999999999';

/** A house in which alice runs a lab. */
async function house() {
  const built = await testApp();
  const alice = await built.user('alice', ['lab']);
  await built.app.inject({
    method: 'POST',
    url: '/containers',
    headers: bearer(alice),
    payload: { template: 'lab' },
  });
  const admin = await built.login();
  const list = async () => {
    const answer = await built.app.inject({ url: '/monitor/containers', headers: admin });
    return answer.json<MonitoredContainersPage>().containers;
  };
  const [lab] = await list();
  const id = lab?.id ?? '';
  const url = await built.app.listen({ host: '127.0.0.1', port: 0 });
  return {
    ...built,
    alice,
    admin,
    list,
    id,
    act: (what: string, whose = id, headers: Record<string, string> = admin) =>
      built.app.inject({ method: 'POST', url: `/admin/containers/${whose}/${what}`, headers }),
    /** Resolves once the answer has begun; by default of what runs now. */
    follow: async (query: string, signal?: AbortSignal, whose?: string) => {
      const [now] = await list();
      return fetch(`${url}/admin/containers/${whose ?? now?.id}/logs${query}`, {
        headers: admin,
        ...(signal && { signal }),
      });
    },
    logs: (query = '', headers: Record<string, string> = admin) =>
      built.app.inject({ url: `/admin/containers/${id}/logs${query}`, headers }),
  };
}

const linesOf = (body: string): ContainerLogEvent[] =>
  body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ContainerLogEvent);

const trail = async (built: TestApp, admin: Record<string, string>) =>
  (await built.app.inject({ url: '/admin/audit', headers: admin }))
    .json<AuditPage>()
    .entries.map(({ action, subject, outcome, by }) => [by.name, action, subject, outcome])
    .filter(([, action]) => String(action).includes('container'));

describe('an admin', () => {
  test('stops anybody’s container, and what its owner keeps stays', async () => {
    const { act, list, id, engine, config, admin, ...built } = await house();
    const answer = await act('stop');
    expect([answer.statusCode, answer.json<StoppedContainer>()]).toEqual([
      200,
      {
        id,
        title: 'lab',
        owner: { id: config().accountByName.get('alice')?.id, username: 'alice' },
        removed_volumes: ['scratch'],
        kept_volumes: ['home'],
        removed_network: true,
      },
    ]);
    expect(await list()).toEqual([]);
    expect((await engine.volumes({})).map(({ name }) => name)).toEqual(['berth.alice.lab.home']);
    expect((await act('stop')).statusCode).toBe(404);
    expect(await trail({ ...built, config, engine }, admin)).toEqual([
      ['admin', 'stop_container', 'lab of alice', 'done'],
    ]);
  });

  test('restarts it, and it stays the same', async () => {
    const { act, list, id, engine } = await house();
    const before = await engine.containers({});
    expect((await act('restart')).statusCode).toBe(200);
    expect((await engine.containers({})).map(({ id: own }) => own)).toEqual(
      before.map(({ id: own }) => own),
    );
    expect((await list())[0]).toMatchObject({ id, state: 'running' });
  });

  test('reads what it printed, and that the log broke off', async () => {
    const { logs, print, engine, follow, faults } = await house();
    const [container] = await engine.containers({});
    for (const text of ['one\n', 'two\n']) if (container) print(container.id, 'stdout', text);
    const all = linesOf((await logs()).body);
    expect(all.map((line) => (line.event === 'printed' ? line.text : line.event))).toEqual([
      'one\n',
      'two\n',
      'end',
    ]);
    expect(linesOf((await logs('?tail=1')).body)).toHaveLength(2);
    expect((await logs('?tail=-1')).statusCode).toBe(400);

    const quiet = await follow('?follow=true&tail=0');
    faults.breakOff('logs', new Problem('engine_unavailable', 'The engine is gone.'));
    expect(linesOf(await quiet.text())).toMatchObject([
      { event: 'failed', problem: { code: 'engine_unavailable' } },
    ]);
  });

  test('follows a log until the container ends, the server stops, or nobody reads any more', async () => {
    const { follow, act, endStreams, id, alice, app } = await house();
    const first = await follow('?follow=true');
    const left = new AbortController();
    await follow('?follow=true', left.signal);
    left.abort();
    await act('stop');
    expect(linesOf(await first.text())).toEqual([{ event: 'end' }]);

    const again = { method: 'POST', url: '/containers', payload: { template: 'lab' } } as const;
    await app.inject({ ...again, headers: bearer(alice) });
    expect((await follow('?follow=true', undefined, id)).status).toBe(404);
    const second = await follow('?follow=true');
    endStreams();
    expect(linesOf(await second.text())).toMatchObject([
      { event: 'failed', problem: { code: 'server_stopping' } },
    ]);
  });

  test('stops also what belongs to a user who is gone', async () => {
    const { act, edit, config } = await house();
    const id = config().accountByName.get('alice')?.id ?? '';
    await edit({ by: 'test', what: 'remove alice' }, (change) => {
      removeUser(change, id);
    });
    const answer = await act('stop');
    expect(answer.json<StoppedContainer>()).toMatchObject({ owner: { id } });
    expect(answer.json<StoppedContainer>().owner).not.toHaveProperty('username');
  });

  test('is told where the engine fails, and the trail has it', async () => {
    const { act, faults, admin, ...built } = await house();
    faults.fail('stopContainer', new Problem('engine_unavailable', 'No engine there.'));
    expect((await act('stop')).statusCode).toBe(503);
    expect(await trail({ ...built, faults }, admin)).toEqual([
      ['admin', 'stop_container', 'lab of alice', 'failed'],
    ]);
  });
});

test('nobody else gets at a container that way, and there is nothing but what there is', async () => {
  const { act, logs, alice, id, person, login } = await house();
  await person('bob');
  const strangers = [bearer(alice), await login('bob')];
  for (const headers of strangers) {
    expect((await act('stop', id, headers)).statusCode).toBe(403);
    expect((await act('restart', id, headers)).statusCode).toBe(403);
    expect((await logs('', headers)).statusCode).toBe(403);
  }
  expect((await act('stop', NOBODYS)).statusCode).toBe(404);
  expect((await act('restart', NOBODYS)).statusCode).toBe(404);
  expect((await act('stop', id.slice(0, 8))).statusCode).toBe(400);
});
