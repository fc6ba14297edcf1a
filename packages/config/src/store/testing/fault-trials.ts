import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '@berth/contract';
import { createDisk } from '../../disk/exchange.ts';
import type { Disk } from '../../disk/disk.ts';
import { filesIn, walkBack, type Files } from '../../history/testing/walk.ts';
import { ALICE, BOB, TEAM_USERS } from '../../testing/team.ts';
import type { Edit } from '../edit.ts';
import { inTeamFolder } from './in-folder.ts';
import { interceptDisk, type Operation } from './intercepted-disk.ts';
import { openUnwatched, type OpenStore } from './unwatched.ts';

export interface Scenario {
  /** What a hand does to the files of a store that has opened them. */
  readonly byHand?: (directory: string) => Promise<void>;
  readonly change: (edit: Edit) => void;
}

const FRESH = { image: 'fresh' };

/** Every way in which an edit can touch the disk. */
export const SCENARIOS = {
  'one entry': {
    change: (edit) => {
      edit.set('users.yaml', ['users', ALICE, 'disabled'], true);
    },
  },
  'a new file': {
    change: (edit) => {
      edit.set(`users/${ALICE}.yaml`, ['limits', 'cpus'], 8);
    },
  },
  'a file that goes': {
    change: (edit) => {
      edit.removeFile(`users/${BOB}.yaml`);
    },
  },
  'several files, which only go together': {
    change: (edit) => {
      edit.set('users.yaml', ['users', ALICE, 'containers'], ['fresh']);
      edit.set('containers.yaml', ['containers', 'fresh'], FRESH);
      edit.set(`users/${ALICE}.yaml`, ['containers', 'allow'], ['fresh']);
      edit.removeFile(`users/${BOB}.yaml`);
    },
  },
  'one entry, where a hand has changed the file': {
    byHand: async (directory) => {
      const path = join(directory, 'users.yaml');
      await writeFile(path, TEAM_USERS.replace('# the team', '# our team'));
      await utimes(path, 1e9, 1e9 + 1);
    },
    change: (edit) => {
      edit.set('users.yaml', ['users', ALICE, 'disabled'], true);
    },
  },
} as const satisfies Readonly<Record<string, Scenario>>;

export interface Fault {
  readonly code: string;
  /** Whether everything fails from then on, as for a process that is killed. */
  readonly isLasting: boolean;
}

const author = { by: 'kim', what: 'change something' };

/** The edit that shows that the next one works. */
export const nextChange = (edit: Edit): void => {
  edit.set('users.yaml', ['users', BOB, 'metadata'], { next: 'works' });
};

/**
 * Lets the first, the second, the n-th operation of an edit fail, until it comes through without a
 * fault, and throws where the files are then not the old ones or the new ones, where what the edit told
 * is not what it did, or where the next edit does not work. Returns how many operations there were.
 */
export async function checkFaults(
  name: keyof typeof SCENARIOS,
  fault: Fault,
  disk = createDisk(),
): Promise<number> {
  const scenario = SCENARIOS[name];
  const outcome = await outcomeOf(scenario, disk);
  for (let number = 1; ; number += 1) {
    const operation = await inTeamFolder((directory) =>
      faultTrial(directory, scenario, { ...fault, number }, outcome, disk),
    );
    if (operation === undefined) return number - 1;
  }
}

/** All scenarios with all faults, on a disk that can exchange files and one that cannot. */
export async function checkEveryFault(): Promise<number> {
  let count = 0;
  for (const name of Object.keys(SCENARIOS) as (keyof typeof SCENARIOS)[]) {
    for (const code of ['EIO', 'ENOSPC', 'EACCES']) {
      for (const isLasting of [false, true]) {
        for (const disk of [createDisk(), createDisk(() => false)]) {
          count += await checkFaults(name, { code, isLasting }, disk);
        }
      }
    }
  }
  return count;
}

/** What the files are before and after the edit when nothing fails. */
interface Outcome {
  readonly before: Files;
  readonly after: Files;
}

function outcomeOf({ byHand, change }: Scenario, disk: Disk): Promise<Outcome> {
  return inTeamFolder(async (directory) => {
    const { store } = await openUnwatched(directory, disk);
    try {
      await byHand?.(directory);
      const before = await filesIn(directory);
      await store.edit(author, change);
      return { before, after: await filesIn(directory) };
    } finally {
      store.close();
    }
  });
}

async function faultTrial(
  directory: string,
  { byHand, change }: Scenario,
  { number, code, isLasting }: Fault & { readonly number: number },
  { before, after }: Outcome,
  disk: Disk,
): Promise<Operation | undefined> {
  let isOn = false;
  let offset = 0;
  let failed: Operation | undefined;
  const failing = interceptDisk(disk, async (operation) => {
    if (!isOn) offset = operation.number;
    else if (operation.number - offset === number || (isLasting && failed !== undefined)) {
      failed ??= operation;
      const error = new Error(`${code}: ${operation.name} '${operation.path}'`);
      throw Object.assign(error, { code, syscall: operation.name, path: operation.path });
    }
  });
  const first = await openUnwatched(directory, failing);
  let reopened: OpenStore | undefined;
  try {
    await byHand?.(directory);
    isOn = true;
    const result = await first.store.edit(author, change).then(
      () => 'done',
      (error: unknown) => error,
    );
    isOn = false;
    const story = (what: string): string =>
      `${what}, after ${code} at operation ${number}: ${JSON.stringify(failed)}; the edit: ${String(result)}; ${JSON.stringify(first.notices.map(({ kind }) => kind))}`;
    if (failed === undefined) {
      if (result === 'done') return undefined;
      throw new Error(story('It failed by itself'), { cause: result });
    }
    if (result !== 'done' && !(result instanceof Problem)) {
      throw new Error(story('No clear error'), { cause: result });
    }
    if (isLasting) {
      first.store.close();
      reopened = await openUnwatched(directory, disk);
    }
    const { store, notices } = reopened ?? first;
    const stands = await filesIn(directory);
    const isNew = isDeepStrictEqual(stands, after);
    if (!isNew && !isDeepStrictEqual(stands, before)) {
      throw new Error(story('Neither the old files nor the new ones'));
    }
    if (!isLasting && isNew !== (result === 'done')) {
      throw new Error(story(isNew ? 'It came about' : 'It did not come about'), { cause: result });
    }
    await store.reload();
    if (store.rejection() !== undefined)
      throw new Error(story('Nothing loads'), { cause: store.rejection() });
    await store.edit(author, nextChange);
    const next = await filesIn(directory);
    for (const [file, text] of stands) {
      if (file !== 'users.yaml' && next.get(file) !== text) {
        throw new Error(story(`The next edit changed ${file}`));
      }
    }
    const left = await leftIn(directory);
    if (left.length > 0) throw new Error(story(`Left behind: ${left.join(', ')}`));
    if (notices.some(({ kind }) => kind === 'rejected'))
      throw new Error(story('A text was rejected'));
    const versions = await walkBack(directory);
    for (const version of [stands, before]) {
      if (!versions.some((one) => isDeepStrictEqual(one, version))) {
        throw new Error(story('A version is not in the history'));
      }
    }
    return failed;
  } finally {
    first.store.close();
    reopened?.store.close();
  }
}

/** What is in the folder that is neither a file of the configuration nor of the history. */
export async function leftIn(directory: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true });
  return names.filter(
    (name) =>
      !/^(?:\.lock|[a-z]+\.yaml|users|users\/[0-9a-f-]+\.yaml|history|history\/\d+\.json|history\/last|history\/last\/[a-z0-9-]+\.yaml)$/.test(
        name,
      ),
  );
}
