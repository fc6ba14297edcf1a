import { mkdir, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDisk } from '../disk/exchange.ts';
import type { Edit } from '../store/edit.ts';
import { loadConfig } from '../store/load.ts';
import { openConfigStore } from '../store/store.ts';
import { configFolder, VALID } from '../testing/folder.ts';
import { restoreConfig } from './restore.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const OWN = `users/${ALICE}.yaml`;
const author = { by: 'test', what: 'change something' };

/** Makes edits one after another, each with a record; returns `users.yaml` as each left it. */
async function edits(
  directory: string,
  changes: readonly ((edit: Edit) => void)[],
): Promise<string[]> {
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  const left: string[] = [];
  try {
    for (const change of changes) {
      await store.edit(author, change);
      left.push(await readFile(join(directory, 'users.yaml'), 'utf8'));
    }
  } finally {
    store.close();
  }
  return left;
}

/** So many edits of `users.yaml`, each another text of about `size` bytes. */
const notes = (count: number, size = 10): ((edit: Edit) => void)[] =>
  Array.from({ length: count }, (_, index) => (edit) => {
    const metadata: Record<string, string> = {};
    for (let line = 0; line * 1000 < size; line += 1) {
      metadata[`note-${line}`] = `${index} ${'x'.repeat(Math.min(size, 1000))}`;
    }
    edit.set('users.yaml', ['users', ALICE, 'metadata'], metadata);
  });

async function records(directory: string): Promise<{ number: number; size: number }[]> {
  const names = await readdir(join(directory, 'history'));
  const found = names.filter((name) => /^\d+\.json$/.test(name)).toSorted();
  return Promise.all(
    found.map(async (name) => ({
      number: Number.parseInt(name, 10),
      size: (await stat(join(directory, 'history', name))).size,
    })),
  );
}

const restore = (directory: string, number: number): ReturnType<typeof restoreConfig> =>
  restoreConfig({ directory, number, author, onRejected: () => {} });

const bounded = (bounds: string): Promise<string> =>
  configFolder({
    'main.yaml': (VALID['main.yaml'] ?? '').replace('...', `history: {${bounds}}\n...`),
  });

describe('the history', () => {
  test('holds no more changes than it is to keep, and each can be restored', async () => {
    const directory = await bounded('keep: 4');
    const left = await edits(directory, notes(12));
    expect((await records(directory)).map(({ number }) => number)).toEqual([10, 11, 12, 13]);
    await expect(restore(directory, 9)).rejects.toThrow('it goes from 10 to 13');
    // Each restoring is a change of its own, so only the oldest that is left is asked for.
    for (let number = 10; number <= 13; number += 1) {
      await restore(directory, number);
      expect(await readFile(join(directory, 'users.yaml'), 'utf8')).toBe(left[number - 2]);
    }
  });

  test('takes no more room than it may, but for one change that is larger by itself', async () => {
    const directory = await bounded('max_size: 20k');
    await edits(directory, notes(12, 2000));
    const kept = await records(directory);
    const room = kept.reduce((sum, { size }) => sum + size, 0);
    expect(room).toBeLessThanOrEqual(20 * 1024);
    expect(room).toBeGreaterThan(12 * 1024);
    await restore(directory, kept[0]?.number ?? 0);
    const large = await edits(directory, notes(1, 60_000));
    expect(await records(directory)).toHaveLength(1);
    await truncate(join(directory, 'users.yaml'), 50);
    await restore(directory, (await records(directory))[0]?.number ?? 0);
    expect(await readFile(join(directory, 'users.yaml'), 'utf8')).toBe(large[0]);
  });

  test('keeps what is needed to restore files that no kept change tells of', async () => {
    const directory = await bounded('keep: 2');
    await edits(directory, [
      (edit) => {
        edit.set(OWN, ['limits', 'cpus'], 8);
      },
      (edit) => {
        edit.set('containers.yaml', ['containers', 'lab', 'description'], 'A lab');
      },
      ...notes(5),
    ]);
    const files = [OWN, 'containers.yaml', 'users.yaml', 'main.yaml'];
    const read = (): Promise<string[]> =>
      Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));
    const before = await read();
    for (const file of files) await rm(join(directory, file));
    await restore(directory, 8);
    expect(await read()).toEqual(before);
    for (const file of files) await truncate(join(directory, file), 30);
    await restore(directory, 9);
    expect(await read()).toEqual(before);
  });

  test('does not bring back a file whose end is no longer told of', async () => {
    const directory = await bounded('keep: 2');
    await edits(directory, [
      (edit) => {
        edit.set(OWN, ['limits', 'cpus'], 8);
      },
      (edit) => {
        edit.removeFile(OWN);
      },
      ...notes(4),
    ]);
    await truncate(join(directory, 'users.yaml'), 50);
    await restore(directory, 7);
    expect(await readdir(join(directory, 'users'))).toEqual([]);
    expect((await loadConfig(directory)).accounts.get(ALICE)?.own).toBeUndefined();
  });

  test('of a file that went and came again knows the new one', async () => {
    const directory = await configFolder();
    await edits(directory, [
      (edit) => {
        edit.set(OWN, ['limits', 'cpus'], 8);
      },
      (edit) => {
        edit.removeFile(OWN);
      },
      (edit) => {
        edit.set(OWN, ['limits', 'cpus'], 9);
      },
    ]);
    await truncate(join(directory, OWN), 12);
    await restore(directory, 4);
    expect((await loadConfig(directory)).accounts.get(ALICE)?.limits.cpus).toBe(9);
  });

  test('has its copy of a new file also where none could be made with it', async () => {
    const directory = await bounded('keep: 1');
    await edits(directory, notes(1));
    const disk = createDisk();
    const store = await openConfigStore({
      directory,
      isWatching: false,
      onNotice: () => {},
      disk: {
        ...disk,
        create: (path) => {
          if (path.includes('/last/')) throw new Error('Killed');
          return disk.create(path);
        },
      },
    });
    onTestFinished(store.close);
    await store.edit(author, (change) => {
      change.set(OWN, ['limits', 'cpus'], 8);
    });
    await edits(directory, notes(3));
    await rm(join(directory, OWN));
    await truncate(join(directory, 'users.yaml'), 50);
    await restore(directory, (await records(directory))[0]?.number ?? 0);
    expect((await loadConfig(directory)).accounts.get(ALICE)?.limits.cpus).toBe(8);
  });

  test('keeps the copies of own files that only records lead to which go', async () => {
    const directory = await bounded('keep: 2');
    const ids = Array.from(
      { length: 5 },
      (_, index) => `0000000${index}-0000-4000-8000-000000000000`,
    );
    await edits(directory, [
      (edit) => {
        for (const [index, id] of ids.entries()) {
          edit.set('users.yaml', ['users', id], { username: `u${index}` });
        }
      },
      ...ids.map((id) => (edit: Edit) => {
        edit.set(`users/${id}.yaml`, ['limits', 'cpus'], 1);
      }),
      ...ids.map((id, index) => (edit: Edit) => {
        edit.set(`users/${id}.yaml`, ['limits', 'cpus'], index + 2);
      }),
      ...notes(3),
    ]);
    for (const id of ids) await truncate(join(directory, 'users', `${id}.yaml`), 20);
    await restore(directory, 15);
    const { accounts } = await loadConfig(directory);
    expect(ids.map((id) => accounts.get(id)?.limits.cpus)).toEqual([2, 3, 4, 5, 6]);
  });

  test('carries a copy on only with the last record that tells of its file', async () => {
    const directory = await bounded('keep: 3');
    await edits(directory, notes(3));
    const created: string[] = [];
    const disk = createDisk();
    const store = await openConfigStore({
      directory,
      isWatching: false,
      onNotice: () => {},
      disk: {
        ...disk,
        create: (path) => {
          created.push(path);
          return disk.create(path);
        },
      },
    });
    onTestFinished(store.close);
    for (const change of notes(2)) await store.edit(author, change);
    expect(created.filter((path) => path.includes('/last/'))).toEqual([]);
  });

  test('keeps what somebody has written to a file that went, when its record goes', async () => {
    const directory = await bounded('keep: 2');
    await edits(directory, [
      (edit) => {
        edit.set(OWN, ['limits', 'cpus'], 8);
      },
    ]);
    const editor = await open(join(directory, OWN), 'r+');
    await edits(directory, [
      (edit) => {
        edit.removeFile(OWN);
      },
    ]);
    await editor.write('# late\n', 0);
    await editor.close();
    await edits(directory, notes(4));
    const history = join(directory, 'history');
    const rejected = (await readdir(history)).filter((name) => name.startsWith('rejected-'));
    expect(rejected).toHaveLength(1);
    expect(await readFile(join(history, rejected[0] ?? ''), 'utf8')).toMatch(/^# late\n/);
  });

  test('of 100,000 users costs what changes', async () => {
    const directory = await configFolder();
    await mkdir(join(directory, 'users'));
    const users = Array.from({ length: 100_000 }, (_, index) => {
      const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
      return `  ${id}:\n    username: u${index}\n    containers: [lab]\n`;
    });
    const text = `version: 1\nusers:\n${users.join('')}...\n`;
    await writeFile(join(directory, 'users.yaml'), text);
    const changed = users.length / 2;
    const id = users[changed]?.slice(2, 38) ?? '';
    const [first] = await edits(
      directory,
      [true, false, true].map((isDisabled) => (edit) => {
        edit.set('users.yaml', ['users', id, 'disabled'], isDisabled);
      }),
    );
    const [, ...changes] = await records(directory);
    expect(changes).toHaveLength(3);
    for (const { size } of changes) expect(size).toBeLessThan(1000);
    await restore(directory, 2);
    expect(await readFile(join(directory, 'users.yaml'), 'utf8')).toBe(first);
  });
});

describe('texts that gave way', () => {
  const DAY_MS = 24 * 60 * 60 * 1000;
  const NOW = new Date('2026-11-23T10:00:00.000Z');

  /** Keeps a text of each age in days, then makes an edit; returns the ages of those that are left. */
  async function leftOf(bounds: string, size: number, ages: readonly number[]): Promise<number[]> {
    const directory = await bounded(bounds);
    await mkdir(join(directory, 'history'));
    const timeOf = (age: number): string =>
      new Date(NOW.getTime() - age * DAY_MS).toISOString().replaceAll(':', '-');
    for (const age of ages) {
      const path = join(directory, 'history', `rejected-${timeOf(age)}-users.yaml`);
      await writeFile(path, 'x'.repeat(size));
    }
    const store = await openConfigStore({
      directory,
      isWatching: false,
      onNotice: () => {},
      now: () => NOW,
    });
    onTestFinished(store.close);
    for (const change of notes(1)) await store.edit(author, change);
    const names = await readdir(join(directory, 'history'));
    return ages.filter((age) => names.includes(`rejected-${timeOf(age)}-users.yaml`));
  }

  test('go when there are too many, the oldest first', async () => {
    expect(await leftOf('keep: 2', 10, [100, 60, 45, 40])).toEqual([45, 40]);
  });

  test('go when they take too much room', async () => {
    expect(await leftOf('max_size: 20k', 8000, [100, 60, 45, 40])).toEqual([45, 40]);
  });

  test('stay for a month however many they are', async () => {
    expect(await leftOf('keep: 1', 10, [31, 29, 2, 1])).toEqual([29, 2, 1]);
  });

  test('stay for ever where they are few', async () => {
    expect(await leftOf('keep: 4', 10, [1000, 500])).toEqual([1000, 500]);
  });
});
