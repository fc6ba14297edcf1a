import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createDisk } from '../disk/exchange.ts';
import { recordsIn, walkBack } from '../history/testing/walk.ts';
import { handClock, type HandClock } from '../testing/hand-clock.ts';
import { BOB, TEAM_USERS, teamFolder, type Team } from '../testing/team.ts';
import type { ConfigStore } from './store.ts';
import { interceptDisk, type Operation } from './testing/intercepted-disk.ts';
import { openStore } from './testing/open-store.ts';
import type { OpenStore } from './testing/unwatched.ts';
import { readOnly } from './testing/read-only.ts';

const AGAIN_MS = 2000;

const named = (name: string): string => TEAM_USERS.replace('username: bob', `username: ${name}`);
const nameOf = (store: ConfigStore): string | undefined =>
  store.current().accounts.get(BOB)?.username;
const bobIs = async (store: ConfigStore, name: string): Promise<void> => {
  await vi.waitUntil(() => nameOf(store) === name, { timeout: 10_000 });
};

interface Failing extends Team, OpenStore {
  readonly clock: HandClock;
  /** From now on the disk fails so in what this says of. */
  fail(code: string, isIt: (operation: Operation) => boolean): void;
  mend(): void;
}

async function failing(): Promise<Failing> {
  const team = await teamFolder();
  const clock = handClock();
  let fault = async (_operation: Operation): Promise<void> => {};
  const disk = interceptDisk(createDisk(), (operation) => fault(operation));
  const open = await openStore(team.directory, disk, clock.later);
  return {
    ...team,
    ...open,
    clock,
    fail: (code, isIt) => {
      fault = async (operation) => {
        const { name, path } = operation;
        if (isIt(operation)) throw Object.assign(new Error(code), { code, syscall: name, path });
      };
    },
    mend: () => {
      fault = async () => {};
    },
  };
}

const isNewFile = ({ name }: Operation): boolean => name === 'create';

test('what the disk could not record is recorded as soon as it can be, and told of once', async () => {
  const { directory, store, notices, clock, write, fail, mend } = await failing();
  fail('ENOSPC', isNewFile);
  await write('users.yaml', named('bobby'));
  await store.reload();
  for (let times = 1; times <= 3; times += 1) {
    expect(clock.waiting()).toBe(1);
    clock.pass(AGAIN_MS);
    await vi.waitUntil(() => clock.waiting() === 1, { timeout: 10_000 });
  }
  expect(nameOf(store)).toBe('bobby');
  expect(notices.map(({ kind }) => kind)).toEqual(['loaded', 'unrecorded']);
  mend();
  clock.pass(AGAIN_MS);
  await vi.waitUntil(async () => (await recordsIn(directory)).length === 2, { timeout: 10_000 });
  await store.reload();
  expect(clock.waiting()).toBe(0);
  fail('ENOSPC', isNewFile);
  await write('users.yaml', named('robert'));
  await store.reload();
  expect(notices.filter(({ kind }) => kind === 'unrecorded')).toHaveLength(2);
});

test('each text that was in force is in the history, also where the next came before it was', async () => {
  const { directory, store, write, fail, mend } = await failing();
  fail('ENOSPC', isNewFile);
  for (const name of ['bobby', 'robert']) {
    await write('users.yaml', named(name));
    await store.reload();
  }
  mend();
  await write('users.yaml', named('rob'));
  await store.reload();
  const texts = (await walkBack(directory)).map((files) => files.get('users.yaml'));
  expect(texts).toEqual(['rob', 'robert', 'bobby', 'bob'].map(named));
  expect(nameOf(store)).toBe('rob');
});

test('what others have recorded meanwhile is not recorded once more', async () => {
  const { directory, store, write, change, fail, mend } = await failing();
  fail('ENOSPC', isNewFile);
  await write('users.yaml', named('bobby'));
  await store.reload();
  mend();
  await change((edit) => {
    edit.set('users.yaml', ['users', BOB, 'disabled'], true);
  });
  await store.reload();
  expect((await recordsIn(directory)).map(({ by }) => by)).toEqual(['berthd', 'by hand', 'kim']);
  expect(store.current().accounts.get(BOB)).toMatchObject({ username: 'bobby', disabled: true });
});

test('what the disk could not read is read as soon as it can be', async () => {
  const { store, clock, write, fail, mend } = await failing();
  fail('EIO', ({ name, path }) => name === 'read' && path.endsWith('users.yaml'));
  await write('users.yaml', named('bobby'));
  await store.reload();
  expect(nameOf(store)).toBe('bob');
  expect(clock.waiting()).toBe(1);
  mend();
  clock.pass(AGAIN_MS);
  await bobIs(store, 'bobby');
});

test('who may only read looks again when a save that was under way is over', async () => {
  const { directory, write, change } = await teamFolder();
  await change((edit) => {
    edit.set('users.yaml', ['users', BOB, 'metadata'], { desk: '12' });
  });
  const clock = handClock();
  const { store } = await openStore(await readOnly(directory), undefined, clock.later);
  const history = join(directory, 'history');
  const pending = join(history, '00000003.pending.json');
  await copyFile(join(history, '00000002.json'), pending);
  await write('users.yaml', named('bobby'));
  await store.reload();
  expect(nameOf(store)).toBe('bob');
  expect(clock.waiting()).toBe(1);
  await rm(pending);
  clock.pass(AGAIN_MS);
  await bobIs(store, 'bobby');
});
