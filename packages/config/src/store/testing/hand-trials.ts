import { open, readdir, readFile, rename, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disk } from '../../disk/disk.ts';
import { createDisk } from '../../disk/exchange.ts';
import { walkBack } from '../../history/testing/walk.ts';
import { BOB, TEAM_USERS } from '../../testing/team.ts';
import { leftIn, nextChange } from './fault-trials.ts';
import { inTeamFolder } from './in-folder.ts';
import { interceptDisk, type Operation } from './intercepted-disk.ts';
import { openUnwatched } from './unwatched.ts';

/** How an editor writes a file. */
const WAYS = ['renames', 'writes in place', 'writes in two steps', 'writes late'] as const;

export interface Hand {
  readonly way: (typeof WAYS)[number];
  /** Whether the editor has the file as it was before the edit, or as it is at the moment. */
  readonly copy: 'old' | 'fresh';
  /** What is changed in the text. */
  readonly what: 'a comment of all' | 'another entry' | 'the same entry';
}

const MARK = '# by hand';

const REPLACED: Readonly<Record<Hand['what'], string>> = {
  'a comment of all': '# the team',
  'another entry': '# quoted',
  'the same entry': '# for the course',
};

/** What the hand saves. */
function textOf({ what }: Hand, copy: string): string {
  const text = copy.replace(REPLACED[what], MARK);
  if (text === copy) throw new Error(`Nothing to change in ${copy}`);
  return text;
}

/**
 * Lets somebody who holds no lock save `users.yaml` before the first, the second, the n-th operation of
 * an edit, until the edit comes through without them, and throws where the edit or what they saved is
 * lost. Returns how many operations there were.
 */
export async function checkHands(hand: Hand, disk = createDisk()): Promise<number> {
  for (let number = 1; ; number += 1) {
    const operation = await inTeamFolder((directory) => handTrial(directory, hand, number, disk));
    if (operation === undefined) return number - 1;
  }
}

/** Every hand, on a disk that can exchange files and one that cannot. */
export async function checkEveryHand(): Promise<number> {
  let count = 0;
  for (const way of WAYS) {
    for (const copy of ['old', 'fresh'] as const) {
      for (const what of Object.keys(REPLACED) as Hand['what'][]) {
        for (const disk of [createDisk(), createDisk(() => false)]) {
          count += await checkHands({ way, copy, what }, disk);
        }
      }
    }
  }
  return count;
}

const author = { by: 'kim', what: 'disable bob' };

async function handTrial(
  directory: string,
  hand: Hand,
  number: number,
  disk: Disk,
): Promise<Operation | undefined> {
  const path = join(directory, 'users.yaml');
  let isOn = false;
  let offset = 0;
  let disturbed: Operation | undefined;
  let text = textOf(hand, TEAM_USERS);
  let openFile: FileHandle | undefined;
  let rest: (() => Promise<void>) | undefined;
  const save = async (): Promise<void> => {
    if (hand.copy === 'fresh') text = textOf(hand, await readFile(path, 'utf8'));
    switch (hand.way) {
      case 'renames':
        await writeFile(join(directory, '4913~'), text);
        await rename(join(directory, '4913~'), path);
        break;
      case 'writes in place':
        await writeFile(path, text);
        break;
      case 'writes in two steps':
        await writeFile(path, text.slice(0, 200));
        rest = () => writeFile(path, text);
        break;
      case 'writes late':
        await openFile?.write(text, 0);
        await openFile?.truncate(Buffer.byteLength(text));
        break;
      default:
        hand.way satisfies never;
    }
  };
  const finish = async (): Promise<void> => {
    const last = rest;
    rest = undefined;
    await last?.();
  };
  const disturbing = interceptDisk(disk, async (operation) => {
    await finish();
    if (!isOn) offset = operation.number;
    else if (operation.number - offset === number) {
      disturbed = operation;
      await save();
    }
  });
  const { store, notices } = await openUnwatched(directory, disturbing);
  try {
    if (hand.way === 'writes late') openFile = await open(path, 'r+');
    isOn = true;
    await store.edit(author, (edit) => {
      edit.set('users.yaml', ['users', BOB, 'disabled'], true);
    });
    isOn = false;
    await finish();
    if (disturbed === undefined) return undefined;
    const story = (problem: string): Error =>
      new Error(
        `${problem}: the hand ${hand.way} ${hand.what} of the ${hand.copy} copy, before operation ${number}: ${JSON.stringify(disturbed)}; ${JSON.stringify(notices.map(({ kind }) => kind))}`,
      );
    await store.reload();
    if (store.rejection() !== undefined) throw story('Nothing loads');
    const isDisabled = (): boolean | undefined => store.current().accounts.get(BOB)?.disabled;
    if (isDisabled() !== true) throw story('The edit is lost');
    await store.edit(author, nextChange);
    if (isDisabled() !== true) throw story('The edit is lost after the next');
    const live = await readFile(path, 'utf8');
    if (!live.includes('disabled: true')) throw story('The edit is lost in the file');
    const kept = await textsKept(directory);
    const versions = (await walkBack(directory)).map((files) => files.get('users.yaml'));
    const isThere = live.includes(MARK);
    if (!isThere && ![...kept, ...versions].includes(text)) throw story('What was saved is lost');
    if (hand.what !== 'the same entry' && hand.way !== 'writes late' && !isThere) {
      throw story('What was saved is not in force');
    }
    const left = (await leftIn(directory)).filter((name) => !name.includes('/rejected-'));
    if (left.length > 0) throw story(`Left behind: ${left.join(', ')}`);
    return disturbed;
  } finally {
    await openFile?.close();
    store.close();
  }
}

async function textsKept(directory: string): Promise<string[]> {
  const names = await readdir(join(directory, 'history'));
  const rejected = names.filter((name) => name.startsWith('rejected-'));
  return Promise.all(rejected.map((name) => readFile(join(directory, 'history', name), 'utf8')));
}
