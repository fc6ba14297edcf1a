import { setImmediate } from 'node:timers/promises';
import { Problem } from '@berth/contract';
import { expect, test } from 'vitest';
import { bearer } from '../testing/test-app.ts';
import { hearEngine } from './hear-engine.ts';
import { openHouse, type House } from './testing/house.ts';
import { kindsOf, type ListenerOfTest } from './testing/listen.ts';

const SOON_MS = 100;
const AGAIN_MS = 15_000;
const gone = new Problem('engine_unavailable', 'It is gone');

/** A user whose container runs, of which they have heard. */
async function withContainer(): Promise<House & { alice: ListenerOfTest; kill(): Promise<void> }> {
  const house = await openHouse();
  const credential = await house.user('alice', ['lab']);
  await house.update('alice', { rights: ['monitor'] });
  const alice = await house.hear(credential);
  const headers = bearer(credential);
  await house.app.inject({
    method: 'POST',
    url: '/containers',
    headers,
    payload: { template: 'lab' },
  });
  house.pass(SOON_MS);
  await alice.heard('container_started');
  const kill = async (): Promise<void> => {
    const [container] = await house.byHand.containers({});
    if (container !== undefined) await house.byHand.stopContainer(container.id, 0);
    // Until the server has heard it.
    await setImmediate();
  };
  return { ...house, alice, kill };
}

test('what is done to a container by hand is told as it happens, not at the next look', async () => {
  const { alice, kill, pass } = await withContainer();
  await kill();
  pass(SOON_MS);
  await alice.heard('container_stopped');
  expect(kindsOf(alice)).toEqual(['container_started', 'container_stopped']);
});

test('an engine that breaks off is looked at at once, and heard again with the next look', async () => {
  const { alice, faults, kill, pass } = await withContainer();
  faults.fail('containers', gone);
  faults.breakOff('events', gone);
  await alice.heard('engine_down');

  pass(AGAIN_MS);
  await alice.heard('engine_up');
  pass(SOON_MS);
  await kill();
  pass(SOON_MS);
  await alice.heard('container_stopped');
});

test('an engine that cannot be heard is tried again with the next look', async () => {
  const { alice, faults, kill, pass } = await withContainer();
  faults.fail('events', gone);
  faults.breakOff('events', gone);
  await setImmediate();
  pass(AGAIN_MS);
  await setImmediate();

  pass(AGAIN_MS);
  await setImmediate();
  pass(SOON_MS);
  await kill();
  pass(SOON_MS);
  await alice.heard('container_stopped');
});

test('what is no failure of the engine is handed on, and nothing is heard behind the end', async () => {
  const heard: unknown[] = [];
  const bug = new TypeError('x is not a function');
  const hearing = hearEngine({
    events: () => Promise.reject(bug),
    onEvent: () => heard.push('event'),
    onBreak: () => heard.push('break'),
    onFault: (error) => heard.push(error),
  });
  await hearing.open();
  expect(heard).toEqual([bug, 'break']);
  hearing.end();
  await hearing.open();
  expect(heard).toEqual([bug, 'break', bug]);
});
