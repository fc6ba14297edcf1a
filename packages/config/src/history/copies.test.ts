import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createDisk } from '../disk/exchange.ts';
import type { Notice } from '../store/notice.ts';
import { openConfigStore, type ConfigStore } from '../store/store.ts';
import { interceptDisk } from '../store/testing/intercepted-disk.ts';
import { BOB, TEAM_USERS, teamFolder } from '../testing/team.ts';

const LATE = TEAM_USERS.replace('# founder', '# by hand, and late');

async function openStore(directory: string, notices: Notice[]): Promise<ConfigStore> {
  const store = await openConfigStore({
    directory,
    isWatching: false,
    onNotice: (notice) => notices.push(notice),
  });
  onTestFinished(store.close);
  return store;
}

const note = (store: ConfigStore, text: string): Promise<void> =>
  store.edit({ by: 'kim', what: 'take a note' }, (edit) => {
    edit.set('users.yaml', ['users', BOB, 'metadata'], { note: text });
  });

test.each([
  ['this program', true],
  ['another program', false],
])(
  'what is written to a version that was replaced is kept when %s edits next',
  async (_, isSame) => {
    const { directory } = await teamFolder();
    const notices: Notice[] = [];
    const store = await openStore(directory, notices);
    const editor = await open(join(directory, 'users.yaml'), 'r+');
    await note(store, 'one');
    await editor.write(LATE, 0);
    await editor.close();
    await note(isSame ? store : await openStore(directory, notices), 'two');
    const paths = notices.flatMap((notice) => (notice.kind === 'rejected' ? [notice.path] : []));
    expect(await Promise.all(paths.map((path) => readFile(path, 'utf8')))).toEqual([LATE]);
    expect(await readFile(join(directory, 'users.yaml'), 'utf8')).toContain('note: two');
  },
);

test('it is kept also when a hand’s save is recorded next', async () => {
  const { directory, text } = await teamFolder();
  const notices: Notice[] = [];
  const store = await openStore(directory, notices);
  const editor = await open(join(directory, 'users.yaml'), 'r+');
  await note(store, 'one');
  await editor.write(LATE, 0);
  await editor.close();
  const saved = (await text('users.yaml')).replace('# the team', '# our team');
  await writeFile(join(directory, 'users.yaml'), saved);
  await store.reload();
  const paths = notices.flatMap((notice) => (notice.kind === 'rejected' ? [notice.path] : []));
  expect(await Promise.all(paths.map((path) => readFile(path, 'utf8')))).toEqual([LATE]);
});

test('a copy that nobody has touched gives way, whoever made it', async () => {
  const { directory, text } = await teamFolder();
  const notices: Notice[] = [];
  const one = await openStore(directory, notices);
  const two = await openStore(directory, notices);
  for (const word of ['a', 'b', 'c']) {
    await note(one, `${word}1`);
    await note(two, `${word}2`);
    await writeFile(join(directory, 'users.yaml'), `# ${word}\n${await text('users.yaml')}`);
  }
  await note(one, 'last');
  expect(notices.map(({ kind }) => kind)).not.toContain('rejected');
});

test('the first copies of many files are on the disk before the history begins, several synced at once', async () => {
  const { directory } = await teamFolder();
  const events: string[] = [];
  // One after another they would wait for ever.
  const all = Promise.withResolvers<void>();
  let waiting = 0;
  const store = await openConfigStore({
    directory,
    isWatching: false,
    onNotice: () => {},
    disk: interceptDisk(createDisk(), async ({ name, path }) => {
      if (name === 'sync' && path.includes('/last/')) {
        waiting += 1;
        if (waiting === 4) all.resolve();
        await all.promise;
        events.push('copy');
      }
      if (name === 'syncFolder' && path.endsWith('/last')) events.push('names');
      if (name === 'rename' && path.endsWith('/.00000001.json.new')) events.push('record');
    }),
  });
  onTestFinished(store.close);
  expect(events).toEqual(['copy', 'copy', 'copy', 'copy', 'names', 'record']);
});
