import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handClock } from '@berth/config/testing';
import { expect, onTestFinished, test } from 'vitest';
import { createLastSeen, type LastSeen } from './last-seen.ts';

const ALICE = '11111111-1111-4111-8111-111111111111';
const BOB = '22222222-2222-4222-8222-222222222222';

/** A state folder, and servers on it one after another. */
async function folder() {
  const directory = await mkdtemp(join(tmpdir(), 'berth-seen-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'last-seen.json');
  const clients = new Set([ALICE, BOB]);
  const faults: string[] = [];
  const hand = handClock();
  let wall = Date.parse('2026-11-23T10:00:00Z');
  /** Each process counts from a number of its own. */
  const server = async (started = 0): Promise<LastSeen & { pass: (ms: number) => void }> => {
    let monotonic = started;
    const seen = createLastSeen({
      stateDirectory: () => directory,
      flushMs: () => 30_000,
      isClient: (client) => clients.has(client),
      clock: { now: () => wall, monotonic: () => monotonic },
      later: hand.later,
      onFault: (what) => faults.push(what),
    });
    await seen.load();
    const pass = (ms: number): void => {
      wall += ms;
      monotonic += ms;
      hand.pass(ms);
    };
    return { ...seen, pass };
  };
  return {
    directory,
    path,
    clients,
    faults,
    server,
    setClock: (ms: number) => {
      wall += ms;
    },
  };
}

test('a client that never was seen has no age; one that was ages', async () => {
  const { server } = await folder();
  const seen = await server();
  expect(seen.ageOf(ALICE)).toBeUndefined();
  seen.see(ALICE);
  seen.pass(5000);
  expect(seen.ageOf(ALICE)).toBe(5000);
  expect([...seen.ages()]).toEqual([[ALICE, 5000]]);
});

test('setting the clock makes nobody older or younger', async () => {
  const { server, setClock } = await folder();
  const seen = await server();
  seen.see(ALICE);
  setClock(7_200_000);
  expect(seen.ageOf(ALICE)).toBe(0);
});

test('a restart forgets nobody: who was seen is as old as the time since', async () => {
  const { server, setClock } = await folder();
  const first = await server(1000);
  first.see(ALICE);
  first.pass(2000);
  await first.end();
  setClock(60_000);
  const second = await server(77);
  expect(second.ageOf(ALICE)).toBe(62_000);
  expect(second.ageOf(BOB)).toBeUndefined();
});

test('a clock that was set back meanwhile makes nobody of the future', async () => {
  const { server, setClock } = await folder();
  const first = await server();
  first.see(ALICE);
  await first.end();
  setClock(-3_600_000);
  expect((await server()).ageOf(ALICE)).toBe(0);
});

test('it is written at each interval, but only where somebody was seen', async () => {
  const { server, path } = await folder();
  const seen = await server();
  seen.begin();
  seen.see(ALICE);
  await expect(readFile(path)).rejects.toThrow(/ENOENT/);
  seen.pass(30_000);
  await seen.end();
  expect(await readFile(path, 'utf8')).toContain(ALICE);
  await rm(path);
  const again = await server();
  again.see(BOB);
  await again.end();
  await again.end();
  expect(await readFile(path, 'utf8')).toContain(BOB);
});

test('clients that are gone are forgotten', async () => {
  const { server, clients, path } = await folder();
  const seen = await server();
  seen.see(ALICE);
  seen.see(BOB);
  clients.delete(BOB);
  await seen.end();
  const text = await readFile(path, 'utf8');
  expect([text.includes(ALICE), text.includes(BOB)]).toEqual([true, false]);
  expect(seen.ageOf(BOB)).toBeUndefined();
});

test('many are written without holding up what else is to be done', async () => {
  const { server, clients } = await folder();
  const seen = await server();
  for (let index = 0; index < 10_000; index += 1) {
    const client = `${String(index).padStart(8, '0')}-1111-4111-8111-111111111111`;
    clients.add(client);
    seen.see(client);
  }
  let turns = 0;
  const turn = setInterval(() => {
    turns += 1;
  }, 0);
  onTestFinished(() => {
    clearInterval(turn);
  });
  await seen.end();
  expect([...(await server()).ages()]).toHaveLength(10_000);
  expect(turns).toBeGreaterThan(2);
});

test.each([
  '',
  '{"version":1,"seen":{',
  '{"version":2,"seen":{}}',
  `{"version":1,"seen":{"${ALICE}":"yesterday"}}`,
])('a damaged file is put aside, and told: %j', async (text) => {
  const { server, path, faults, directory } = await folder();
  await writeFile(path, text);
  const seen = await server();
  expect(seen.ageOf(ALICE)).toBeUndefined();
  expect(faults).toEqual(['last_seen_not_read']);
  expect(await readdir(directory)).toEqual(['last-seen.json.damaged']);
  expect(await readFile(`${path}.damaged`, 'utf8')).toBe(text);
});

test('what cannot be written is told once, and is written when it can be again', async () => {
  const { server, path, faults } = await folder();
  const seen = await server();
  // A folder of that name cannot be replaced by a file, not even by root.
  await mkdir(join(path, 'x'), { recursive: true });
  seen.begin();
  seen.see(ALICE);
  await seen.end();
  await seen.end();
  expect(faults).toEqual(['last_seen_not_written']);
  await rm(path, { recursive: true });
  await seen.end();
  expect(await readFile(path, 'utf8')).toContain(ALICE);
});
