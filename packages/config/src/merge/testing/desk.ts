import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { createDisk } from '../../disk/exchange.ts';
import type { Disk } from '../../disk/disk.ts';
import type { Edit } from '../../store/edit.ts';
import type { Notice } from '../../store/notice.ts';
import { type ConfigStore } from '../../store/store.ts';
import { ALICE, BOB, LAPTOP, teamFolder } from '../../testing/team.ts';
import type { Json } from '../../yaml/json.ts';
import { openStore } from '../../store/testing/open-store.ts';

export interface Desk {
  readonly store: ConfigStore;
  readonly notices: Notice[];
  edit(change: (edit: Edit) => void): Promise<void>;
  /** What somebody saves, taken up. */
  save(texts: Readonly<Record<string, string>>): Promise<void>;
  text(file?: string): Promise<string>;
  /** Texts that were put aside. */
  aside(): Promise<string[]>;
}

export async function desk(
  disk: Disk = createDisk(),
): Promise<Desk & { readonly directory: string }> {
  const { directory, text, write } = await teamFolder();
  const { store, notices } = await openStore(directory, disk);
  return {
    directory,
    store,
    notices,
    edit: (change) => store.edit({ by: 'kim', what: 'change something' }, change),
    save: async (texts) => {
      for (const [file, one] of Object.entries(texts)) await write(file, one);
      await store.reload();
    },
    text: (file = 'users.yaml') => text(file),
    aside: () => {
      const paths = notices.flatMap((notice) => (notice.kind === 'rejected' ? [notice.path] : []));
      return Promise.all(paths.map((path) => readFile(path, 'utf8')));
    },
  };
}

export const set =
  (path: readonly string[], value: Json | undefined, file = 'users.yaml') =>
  (edit: Edit): void => {
    edit.set(file, path, value);
  };

export const add = (id: string, username: string): ((edit: Edit) => void) =>
  set(['users', id], { username });
export const disable = (id: string): ((edit: Edit) => void) => set(['users', id, 'disabled'], true);
/** Takes away the laptop of Alice. */
export const revoke = set(['users', ALICE, 'clients', LAPTOP], undefined);

export const BOBS_ENTRY = / {2}# ---[^]*shell\n\n/;
export const removeBobsFile = (edit: Edit): void => edit.removeFile(`users/${BOB}.yaml`);

export const byHand = (text: string, [from, to]: readonly [string | RegExp, string]): string => {
  expect(text).toMatch(from);
  return text.replace(from, to);
};

export const isMerged = (notice: Notice): boolean => notice.kind === 'merged';
