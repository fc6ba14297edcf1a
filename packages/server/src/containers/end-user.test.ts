import { removeUser, updateUser } from '@berth/config';
import { expect, test } from 'vitest';
import { bearer, testApp, type TestApp } from '../testing/test-app.ts';

const start = (
  { app }: TestApp,
  headers: { authorization: string },
  payload: { template: string; name?: string },
) => app.inject({ method: 'POST', url: '/containers', headers, payload });

async function running() {
  const house = await testApp();
  const alice = bearer(await house.user('alice', ['lab', 'gpu']));
  const bob = bearer(await house.user('bob', ['lab']));
  await start(house, alice, { template: 'lab' });
  await start(house, alice, { template: 'gpu' });
  await start(house, bob, { template: 'lab' });
  const id = house.config().accountByName.get('alice')?.id ?? '';
  return { house, alice, id };
}

const names = async ({ engine }: TestApp): Promise<string[]> =>
  (await engine.containers({})).map(({ name }) => name);

test('ends containers in every state, with their networks, and nobody else’s', async () => {
  const { house, id } = await running();
  const [lab] = await house.engine.containers({ 'io.berth.owner': id });
  if (lab !== undefined) await house.engine.stopContainer(lab.id, 0);
  await house.endUser(id, 'keep');
  expect(await names(house)).toEqual(['berth.bob.lab']);
  expect((await house.engine.networks()).map(({ name }) => name)).not.toContain('berth.alice');
});

test('keeps what a stop keeps, or removes all of theirs', async () => {
  const { house, id } = await running();
  const theirs = { 'io.berth.owner': id };
  await house.endUser(id, 'keep');
  expect((await house.engine.volumes(theirs)).map(({ name }) => name)).toEqual([
    'berth.alice.lab.home',
  ]);
  await house.endUser(id, 'remove');
  expect(await house.engine.volumes(theirs)).toEqual([]);
  expect(await house.engine.volumes({})).toHaveLength(2);
});

test('one that cannot be ended keeps no other from it, and is told', async () => {
  const { house, id } = await running();
  house.faults.fail('stopContainer', new Error('stuck'));
  await expect(house.endUser(id, 'keep')).rejects.toThrow('stuck');
  expect(await names(house)).toHaveLength(2);
});

test('gives up what is being started', async () => {
  const { house, alice, id } = await running();
  const held = house.faults.hold('createContainer');
  const late = start(house, alice, { template: 'lab', name: 'late' });
  const answered = late.then(({ body }) => body.trim().split('\n').at(-1) ?? '');
  await held.reached;
  const ended = house.endUser(id, 'keep');
  held.release();
  await ended;
  expect(JSON.parse(await answered)).toMatchObject({ problem: { code: 'cancelled' } });
  expect(await names(house)).toEqual(['berth.bob.lab']);
});

test.each(['removed', 'disabled'])(
  'the sweep ends what belongs to somebody who was %s in another way',
  async (how) => {
    const { house, id } = await running();
    await house.edit({ by: 'test', what: how }, (edit) => {
      if (how === 'removed') removeUser(edit, id);
      else updateUser(edit, id, { disabled: true });
    });
    await house.sweep();
    expect(await names(house)).toEqual(['berth.bob.lab']);
  },
);
