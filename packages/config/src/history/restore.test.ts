import {
  appendFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '@berth/contract';
import { describe, expect, test } from 'vitest';
import { createDisk } from '../disk/exchange.ts';
import type { Edit } from '../store/edit.ts';
import { loadConfig } from '../store/load.ts';
import { replaceConfig } from '../store/replace.ts';
import { openConfigStore } from '../store/store.ts';
import { configFolder } from '../testing/folder.ts';
import type { HistoryRecord } from './record.ts';
import { restoreConfig } from './restore.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const BOB = '7c2f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const OWN = `users/${ALICE}.yaml`;
const author = { by: 'test', what: 'restore' };

/** What one command does: opens the folder, edits, and is gone. */
async function edit(directory: string, change: (edit: Edit) => void): Promise<void> {
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  try {
    await store.edit({ by: 'test', what: 'change something' }, change);
  } finally {
    store.close();
  }
}

/** Takes up what was changed by hand. */
const takeUp = (directory: string): Promise<void> => edit(directory, () => {});

/** All configuration files with their exact bytes. */
async function filesOf(directory: string): Promise<Record<string, string>> {
  const own = await readdir(join(directory, 'users')).catch(() => []);
  const names = [
    'main.yaml',
    'containers.yaml',
    'users.yaml',
    ...own.map((name) => `users/${name}`),
  ];
  const files: Record<string, string> = {};
  for (const file of names)
    files[file] = (await readFile(join(directory, file))).toString('latin1');
  return files;
}

async function restored(
  directory: string,
  number: number,
): Promise<{ record: HistoryRecord | undefined; rejected: string[] }> {
  const rejected: string[] = [];
  const { record } = await restoreConfig({
    directory,
    number,
    author,
    onRejected: (_file, path) => rejected.push(path),
  });
  return { record, rejected };
}

const refusal = (directory: string, number: number): Promise<Problem> =>
  restored(directory, number).then(
    () => Promise.reject(new Error('It was restored')),
    (problem: Problem) => problem,
  );

const write = async (directory: string, file: string, text: string): Promise<void> => {
  await mkdir(join(directory, 'users'), { recursive: true });
  await writeFile(join(directory, file), text);
};

const text = (directory: string, file: string): Promise<string> =>
  readFile(join(directory, file), 'utf8');

/** A folder with a history of all kinds of changes, and the files as each number left them. */
async function eventful(): Promise<{ directory: string; left: Record<string, string>[] }> {
  const directory = await configFolder();
  const left: Record<string, string>[] = [];
  const note = async (): Promise<void> => {
    left.push(await filesOf(directory));
  };
  await takeUp(directory);
  await note();
  const users = await text(directory, 'users.yaml');
  await write(directory, 'users.yaml', users.replace('containers:', '# größer\n    containers:'));
  await takeUp(directory);
  await note();
  const edits: ((change: Edit) => void)[] = [
    (change) => {
      change.set('users.yaml', ['users', BOB], { username: 'bob', containers: ['shell'] });
    },
    (change) => {
      change.set(OWN, ['limits', 'cpus'], 8);
    },
    (change) => {
      change.set(OWN, ['limits', 'cpus'], 9);
      change.set('users.yaml', ['users', BOB], undefined);
    },
    (change) => {
      change.removeFile(OWN);
    },
    (change) => {
      change.set('containers.yaml', ['containers', 'lab', 'description'], 'A lab');
    },
    (change) => {
      change.set(OWN, ['limits', 'cpus'], 10);
    },
  ];
  for (const change of edits) {
    await edit(directory, change);
    await note();
  }
  await write(directory, OWN, 'version: 1\nlimits: {memory: 1g}\n...\n');
  const newest = await text(directory, 'users.yaml');
  await write(directory, 'users.yaml', newest.replace('...\n', '\n  # the end\n...\n'));
  await takeUp(directory);
  await note();
  return { directory, left };
}

describe('restoring', () => {
  test('puts every file back to exactly what each number left', async () => {
    const { directory, left } = await eventful();
    for (const index of [0, 4, 1, 8, 3, 5, 2, 7, 6, 0]) {
      await restored(directory, index + 1);
      expect(await filesOf(directory)).toEqual(left[index]);
      await loadConfig(directory);
    }
  });

  test('is a change like any other, which can be taken back', async () => {
    const { directory, left } = await eventful();
    const { record } = await restored(directory, 2);
    expect(record).toMatchObject({ number: 10, by: 'test', what: 'restore' });
    await restored(directory, 9);
    expect(await filesOf(directory)).toEqual(left[8]);
    await restored(directory, 10);
    expect(await filesOf(directory)).toEqual(left[1]);
  });

  test('changes nothing where the files are like that already', async () => {
    const { directory, left } = await eventful();
    expect((await restored(directory, 9)).record).toBeUndefined();
    expect(await filesOf(directory)).toEqual(left[8]);
    expect((await refusal(directory, 10)).code).toBe('not_found');
  });

  test('records first what somebody has saved by hand', async () => {
    const { directory, left } = await eventful();
    const renamed = (await text(directory, 'users.yaml')).replace('alice', 'alicia');
    await write(directory, 'users.yaml', renamed);
    expect((await restored(directory, 9)).record?.number).toBe(11);
    expect(await filesOf(directory)).toEqual(left[8]);
    await restored(directory, 10);
    expect(await text(directory, 'users.yaml')).toBe(renamed);
  });

  test('keeps a text that somebody saves at this very moment', async () => {
    const { directory, left } = await eventful();
    const renamed = (await text(directory, 'users.yaml')).replace('alice', 'alicia');
    const disk = createDisk();
    let isDisturbed = false;
    await restoreConfig({
      directory,
      number: 1,
      author,
      onRejected: () => {},
      disk: {
        ...disk,
        exchange: async (one, other) => {
          if (!isDisturbed) await write(directory, 'users.yaml', renamed);
          isDisturbed = true;
          await disk.exchange(one, other);
        },
      },
    });
    expect(await filesOf(directory)).toEqual(left[0]);
    await restored(directory, 10);
    expect(await text(directory, 'users.yaml')).toBe(renamed);
  });
});

describe('when nothing loads any more', () => {
  test.each<[string, (directory: string) => Promise<void>]>([
    ['cut off', (directory) => truncate(join(directory, 'users.yaml'), 100)],
    ['broken', (directory) => appendFile(join(directory, 'containers.yaml'), 'x: [\n')],
    ['missing', (directory) => rm(join(directory, 'main.yaml'))],
    ['not text', (directory) => writeFile(join(directory, OWN), Buffer.alloc(300, 0xfe))],
    [
      'gone altogether',
      async (directory) => {
        for (const file of Object.keys(await filesOf(directory))) await rm(join(directory, file));
      },
    ],
    [
      'hidden behind one that is too many',
      (directory) => write(directory, 'users/bob.yaml', 'version: 1\n...\n'),
    ],
  ])('a file that is %s is put back', async (_how, damage) => {
    const { directory, left } = await eventful();
    await damage(directory);
    await expect(loadConfig(directory)).rejects.toMatchObject({ code: 'config_invalid' });
    await restored(directory, 9);
    expect(await filesOf(directory)).toEqual(left[8]);
    await loadConfig(directory);
    await restored(directory, 4);
    expect(await filesOf(directory)).toEqual(left[3]);
  });

  test('an older number is as good as the last', async () => {
    const { directory, left } = await eventful();
    await truncate(join(directory, 'users.yaml'), 100);
    await rm(join(directory, 'containers.yaml'));
    await restored(directory, 3);
    expect(await filesOf(directory)).toEqual(left[2]);
    await restored(directory, 9);
    expect(await filesOf(directory)).toEqual(left[8]);
  });

  test('what stood in a file that gives way is kept, and told of', async () => {
    const { directory } = await eventful();
    const broken = `${await text(directory, 'users.yaml')}  carol: [\n`;
    await write(directory, 'users.yaml', broken);
    const { rejected } = await restored(directory, 9);
    expect(await Promise.all(rejected.map((path) => readFile(path, 'utf8')))).toEqual([broken]);
    expect(rejected[0]).toMatch(/history\/rejected-.*-users\.yaml$/);
  });

  test('nothing is lost and the next try works, whatever operation of the disk fails', async () => {
    const { directory: original, left } = await eventful();
    const broken = `${await text(original, 'users.yaml')}  carol: [\n`;
    await write(original, 'users.yaml', broken);
    await rm(join(original, OWN));
    for (let failing = 1, isDone = false; !isDone; failing += 1) {
      const directory = await configFolder();
      await cp(original, directory, { recursive: true });
      let count = 0;
      const disk = createDisk();
      const failed = async <T>(work: () => Promise<T>): Promise<T> => {
        count += 1;
        if (count === failing) throw Object.assign(new Error('EIO'), { code: 'EIO' });
        return work();
      };
      isDone = await restoreConfig({
        directory,
        number: 3,
        author,
        onRejected: () => {},
        disk: {
          ...disk,
          read: (path) => failed(() => disk.read(path)),
          create: (path) => failed(() => disk.create(path)),
          rename: (from, to) => failed(() => disk.rename(from, to)),
          renameNew: (from, to) => failed(() => disk.renameNew(from, to)),
          exchange: (one, other) => failed(() => disk.exchange(one, other)),
          remove: (path) => failed(() => disk.remove(path)),
          syncFolder: (path) => failed(() => disk.syncFolder(path)),
        },
      }).then(
        () => true,
        () => false,
      );
      await restored(directory, 3);
      expect(await filesOf(directory), `operation ${failing}`).toEqual(left[2]);
      const kept = (await readdir(join(directory, 'history'))).filter((name) =>
        name.startsWith('rejected-'),
      );
      const texts = kept.map((name) => text(directory, `history/${name}`));
      expect(await Promise.all(texts), `operation ${failing}`).toContain(broken);
    }
  });
});

describe('what cannot be restored', () => {
  test('a number that there is not names those there are', async () => {
    const { directory } = await eventful();
    expect((await refusal(directory, 77)).message).toBe(
      'The history has no number 77: it goes from 1 to 9.',
    );
    expect((await refusal(await configFolder({ 'users.yaml': 'x' }), 1)).message).toBe(
      'The history has no number 1: it is empty.',
    );
  });

  test('a file whose copy is damaged too is named', async () => {
    const { directory } = await eventful();
    await truncate(join(directory, 'users.yaml'), 100);
    await truncate(join(directory, 'history/last/users.yaml'), 100);
    const before = await filesOf(directory);
    expect((await refusal(directory, 9)).message).toBe(
      'What number 9 left cannot be had any more: users.yaml is damaged, and so is its copy in the history.',
    );
    expect(await filesOf(directory)).toEqual(before);
  });

  test('what was lost before a change is told, and later numbers can still be had', async () => {
    const { directory } = await eventful();
    const whole = await filesOf(directory);
    await truncate(join(directory, 'users.yaml'), 100);
    await truncate(join(directory, 'history/last/users.yaml'), 100);
    await write(directory, 'users.yaml', whole['users.yaml']?.replace('alice', 'alicia') ?? '');
    await takeUp(directory);
    await edit(directory, (change) => {
      change.set('users.yaml', ['users', ALICE, 'disabled'], true);
    });
    expect((await refusal(directory, 9)).message).toMatch(
      /^What number 9 left cannot be had any more: the users.yaml before number 10 \(.* UTC\) is lost\. That one and later ones can be had\.$/,
    );
    await restored(directory, 10);
    expect(await text(directory, 'users.yaml')).toContain('alicia');
  });

  test.each([
    ['changed', (record: string) => record.replace('bob', 'bub')],
    ['cut off', (record: string) => record.slice(0, 200)],
  ])('a record that was %s is noticed, and nothing is changed', async (_how, damage) => {
    const { directory } = await eventful();
    const path = 'history/00000005.json';
    await write(directory, path, damage(await text(directory, path)));
    const before = await filesOf(directory);
    const problem = await refusal(directory, 3);
    expect(problem.message).toMatch(/is damaged/);
    expect(await filesOf(directory)).toEqual(before);
    await restored(directory, 6);
  });

  test('what would not load is refused, with its errors', async () => {
    const { directory, left } = await eventful();
    const replacing = replaceConfig({
      directory,
      author,
      onRejected: () => {},
      target: async ({ recorder }) => {
        const recorded = [...recorder.all()].flatMap(([file, content]) =>
          content === undefined || file === 'containers.yaml' ? [] : [[file, content] as const],
        );
        return new Map(recorded);
      },
    });
    await expect(replacing).rejects.toThrow(
      /^Nothing was changed, because what is to be restored does not load:\n.*containers\.yaml/,
    );
    expect(await filesOf(directory)).toEqual(left[8]);
  });
});
