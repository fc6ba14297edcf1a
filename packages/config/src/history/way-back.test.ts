import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '@berth/contract';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDisk } from '../disk/exchange.ts';
import { contentOf } from '../store/content.ts';
import { loadConfig } from '../store/load.ts';
import { revisionOf } from '../store/state.ts';
import type { Notice } from '../store/notice.ts';
import { openConfigStore, type ConfigStore } from '../store/store.ts';
import { configFolder } from '../testing/folder.ts';
import { createHistory } from './history.ts';
import { withWayBack } from './way-back.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';

async function opened(
  directory: string,
  onNotice: (notice: Notice) => void = () => {},
): Promise<ConfigStore> {
  const now = (): Date => new Date('2026-11-23T10:00:00Z');
  const store = await openConfigStore({ directory, isWatching: false, onNotice, now });
  onTestFinished(store.close);
  return store;
}

/** A folder with one change recorded. */
async function recorded(): Promise<{ directory: string; store: ConfigStore; notices: Notice[] }> {
  const directory = await configFolder();
  const notices: Notice[] = [];
  const store = await opened(directory, (notice) => notices.push(notice));
  await store.edit({ by: 'root', what: 'user disable alice' }, (edit) => {
    edit.set('users.yaml', ['users', ALICE, 'disabled'], true);
  });
  return { directory, store, notices };
}

const wayBack = (directory: string): string =>
  `\nThe last version that was valid is number 2, of 2026-11-23 10:00 UTC by root (user disable alice). To go back to it: berthd history restore 2 --config ${directory}`;

describe('files that do not load name the command that restores them', () => {
  test('when they are loaded', async () => {
    const { directory } = await recorded();
    await appendFile(join(directory, 'users.yaml'), 'x');
    for (const load of [loadConfig, opened]) {
      const problem = await load(directory).then(
        () => undefined,
        (error: Problem) => error,
      );
      expect(problem?.code).toBe('config_invalid');
      expect(problem?.message).toMatch(/^The configuration has 1 error:\nusers.yaml:/);
      expect(problem?.message.endsWith(wayBack(directory))).toBe(true);
      expect(problem?.details).toMatchObject({
        issues: [{ file: 'users.yaml' }],
        last_valid: {
          number: 2,
          time: '2026-11-23T10:00:00.000Z',
          by: 'root',
          what: 'user disable alice',
        },
      });
    }
  });

  test('when one of them is missing', async () => {
    const { directory } = await recorded();
    await rm(join(directory, 'main.yaml'));
    await expect(loadConfig(directory)).rejects.toThrow(
      `main.yaml does not exist.${wayBack(directory)}`,
    );
  });

  test('when they become invalid while a program runs, also to who wants to edit them', async () => {
    const { directory, store, notices } = await recorded();
    await appendFile(join(directory, 'users.yaml'), 'x');
    await store.reload();
    const notice = notices.find(({ kind }) => kind === 'invalid');
    expect(notice).toMatchObject({
      problem: { message: expect.stringContaining(wayBack(directory)) },
    });
    expect(store.rejection()?.message).toContain(wayBack(directory));
    const edit = store.edit({ by: 'root', what: 'try' }, () => {});
    await expect(edit).rejects.toThrow(wayBack(directory));
  });
});

describe('files that do not load name no such command', () => {
  const messageOf = (directory: string): Promise<string> =>
    loadConfig(directory).then(
      () => '',
      ({ message }: Problem) => message,
    );

  test('where there is no history', async () => {
    const directory = await configFolder({ 'users.yaml': 'x' });
    expect(await messageOf(directory)).not.toContain('To go back');
  });

  test('where the newest change cannot be read', async () => {
    const { directory } = await recorded();
    await appendFile(join(directory, 'users.yaml'), 'x');
    await writeFile(join(directory, 'history', '00000002.json'), '{');
    expect(await messageOf(directory)).toMatch(/^The configuration has 1 error:\nusers.yaml:/);
    expect(await messageOf(directory)).not.toContain('To go back');
  });

  test('where they are that version, and only the program has become stricter', async () => {
    const directory = await configFolder();
    const history = createHistory(directory, createDisk());
    const live = new Map([['users.yaml', contentOf('users.yaml', Buffer.from('x'))]]);
    const record = { number: 1, time: '2026-11-23T10:00:00.000Z', by: 'root', what: 'start' };
    await history.add({ ...record, revision: revisionOf(live), files: [] });
    const loading = withWayBack(
      () => {
        throw new Problem('config_invalid', 'Too strict');
      },
      { directory, history, live },
    );
    await expect(loading).rejects.toThrow(/^Too strict$/);
  });
});
