import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openConfigStore } from '@berth/config';
import type { Arena } from '../arena.ts';
import { leftovers, rejectedTexts, walkBack } from '../history.ts';
import { usersText, writePeople } from '../people.ts';
import type { Worker } from '../worker.ts';

/** Whom the editor counts up, besides the shared one. */
const COUNTED = 1;
const LONGEST_MS = 8;

export interface MidWrite {
  readonly kills: number;
  /** How many people the file has: the more, the longer a write takes. */
  readonly people: number;
}

/**
 * A process that edits is killed at any moment. The file is the old one or the new one, byte for byte,
 * and the next store to open works and leaves nothing lying about.
 */
export async function killMidWrite(arena: Arena, { kills, people }: MidWrite): Promise<string> {
  const directory = await folderOf(arena, people);
  const prepare = () => arena.start({ program: 'editor', directory, person: COUNTED });
  let newer = 0;
  let next = prepare();
  for (let killed = 1; killed <= kills; killed += 1) {
    const worker = next;
    next = prepare();
    worker.go();
    await worker.acknowledged(1);
    await setTimeout(Math.random() * LONGEST_MS);
    worker.kill();
    await worker.ended;
    const acknowledged = Number(worker.lines.at(-1));
    if ((await countInWhole(directory, people, acknowledged)) > acknowledged) newer += 1;
  }
  next.kill();
  const versions = await versionsOf(directory);
  return `${kills} kills: ${kills - newer} times the old file, ${newer} times the new one; ${versions.length} versions`;
}

/** The same, but the process dies before each operation of its first edit in turn. */
export async function killBeforeEach(arena: Arena, people: number): Promise<string> {
  let newer = 0;
  const prepare = async (killedAt: number): Promise<{ directory: string; worker: Worker }> => {
    // A new one each time: how much an edit does depends on how much history there is.
    const directory = await folderOf(arena, people);
    const job = { program: 'editor', directory, person: COUNTED, edits: 1, killedAt } as const;
    return { directory, worker: arena.start(job) };
  };
  let next = await prepare(1);
  for (let operation = 1; ; operation += 1) {
    const { directory, worker } = next;
    next = await prepare(operation + 1);
    worker.go();
    const { code } = await worker.ended;
    const count = await countInWhole(directory, people, worker.lines.length);
    await versionsOf(directory);
    await rm(directory, { recursive: true });
    if (code === 0) {
      next.worker.kill();
      return `${operation - 1} kills: ${operation - 1 - newer} times the old file, ${newer} times the new one`;
    }
    newer += count - worker.lines.length;
  }
}

async function folderOf(arena: Arena, people: number): Promise<string> {
  const directory = await mkdtemp(join(arena.folder, 'config-'));
  await writePeople(directory, people);
  // So that no edit has to start a history.
  (await openConfigStore({ directory, isWatching: false, onNotice: () => {} })).close();
  return directory;
}

async function versionsOf(directory: string): Promise<string[]> {
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  store.close();
  return walkBack(directory, store);
}

/** Looks at the file after a kill and opens it again. Returns the count in it. */
async function countInWhole(
  directory: string,
  people: number,
  acknowledged: number,
): Promise<number> {
  const path = join(directory, 'users.yaml');
  const text = await readFile(path, 'utf8');
  const count = [acknowledged, acknowledged + 1].find((one) => {
    return text === usersText(Array.from({ length: people }, (_, n) => (n <= COUNTED ? one : 0)));
  });
  if (count === undefined) {
    throw new Error(`After ${acknowledged} edits the file is neither old nor new:\n${text}`);
  }
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  store.close();
  if ((await readFile(path, 'utf8')) !== text) throw new Error('To open it changed the file');
  const left = [...(await leftovers(directory)), ...(await rejectedTexts(directory))];
  if (left.length > 0) throw new Error(`Left behind: ${left.join(', ')}`);
  return count;
}
