import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig, openConfigStore } from '@berth/config';
import type { Arena } from '../arena.ts';
import { leftovers, rejectedTexts, walkBack } from '../history.ts';
import { countOf, SHARED, writePeople } from '../people.ts';

const PAGE = 4096;
const MOST_INODES = 200;

/** What a disk can run out of. */
export type Scarcity = 'room' | 'files';

export interface FullDisk {
  readonly people: number;
  readonly scarcity: Scarcity;
}

/**
 * Edits on a small disk that has room for nothing, then for a little more each time, until an edit
 * succeeds. Each one before that fails with a message that says why, leaves every byte as it was, and
 * is no obstacle to the next edit once there is room.
 */
export async function fillDisk(arena: Arena, { people, scarcity }: FullDisk): Promise<string> {
  const folder = join(arena.folder, scarcity);
  await arena.mount(
    'tmpfs',
    'tmpfs',
    `size=${4 * people + 1024}k,nr_inodes=${MOST_INODES}`,
    folder,
  );
  const directory = join(folder, 'config');
  const filler = join(folder, 'filler');
  await writePeople(directory, people);
  const edit = () => {
    const worker = arena.start({ program: 'editor', directory, person: 1, edits: 1 });
    worker.go();
    return worker;
  };
  let count = 0;
  for (let free = 0; ; free += 1) {
    arena.signal.throwIfAborted();
    const before = await readFile(join(directory, 'users.yaml'));
    await fill(filler, scarcity, free);
    const worker = edit();
    const { code, stderr } = await worker.ended;
    const isDone = code === 0;
    if (isDone) count += 1;
    else if (!stderr.includes('The disk is full'))
      throw new Error(`The edit failed with ${stderr}`);
    else if (worker.lines.length > 0) throw new Error('An edit that failed was acknowledged');
    else if (!before.equals(await readFile(join(directory, 'users.yaml')))) {
      throw new Error(`With ${free} free, an edit that failed changed the file`);
    }
    await rm(filler, { recursive: true });
    await edit().succeeded();
    count += 1;
    await expectSound(directory, count);
    if (!isDone) continue;
    await arena.unmount(folder);
    return `it takes ${free} ${scarcity === 'room' ? 'pages' : 'files'}, ${free} times there were fewer`;
  }
}

async function expectSound(directory: string, count: number): Promise<void> {
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  await walkBack(directory, store);
  store.close();
  const now = countOf(await loadConfig(directory), SHARED);
  if (now !== count) throw new Error(`${count} edits succeeded, and the file says ${now}`);
  const left = [...(await leftovers(directory)), ...(await rejectedTexts(directory))];
  if (left.length > 0) throw new Error(`Left behind: ${left.join(', ')}`);
}

/** Takes all that a file system has but for `free` pages, or files. */
async function fill(filler: string, scarcity: Scarcity, free: number): Promise<void> {
  await mkdir(filler);
  if (scarcity === 'room') {
    await using file = await open(join(filler, 'bytes'), 'w');
    await untilFull(async () => {
      await file.write(Buffer.alloc(PAGE));
    });
    const { size } = await file.stat();
    await file.truncate(size - free * PAGE);
  } else {
    let made = 0;
    await untilFull(async () => {
      await writeFile(join(filler, String(made)), '');
      made += 1;
    });
    for (const name of (await readdir(filler)).slice(0, free)) await rm(join(filler, name));
  }
}

async function untilFull(take: () => Promise<void>): Promise<void> {
  try {
    for (;;) await take();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}
