import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '@berth/contract';
import { expect, onTestFinished, test } from 'vitest';
import { VALID } from '../testing/folder.ts';
import { BOB, BOBS_FILE, TEAM_TEMPLATES, TEAM_USERS, teamFolder } from '../testing/team.ts';
import { createValidators } from '../validate.ts';
import { contentOf, type Content } from './content.ts';
import { createNextState, type NextState, type State } from './state.ts';
import { openConfigStore } from './store.ts';

const OWN = `users/${BOB}.yaml`;

/** Many people, so that nearly every truncation leaves whole ones. */
const PEOPLE = Array.from({ length: 70 }, (_, n) => {
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  return `  ${id}:\n    username: u${n}\n    containers: [lab]\n`;
});

const FILES: Readonly<Record<string, string>> = {
  ...VALID,
  'users.yaml': TEAM_USERS.replace('# the end\n', PEOPLE.join('')),
  'containers.yaml': TEAM_TEMPLATES,
  [OWN]: BOBS_FILE,
};

/** Every way to cut off a file before its end is there: without the last line end it is whole. */
function truncations(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  return Array.from({ length: bytes.length - 1 }, (_, length) => bytes.subarray(0, length));
}

function isRefused(nextState: NextState, state: State, file: string, bytes: Buffer): boolean {
  const content: Content = contentOf(file, bytes, state.contents.get(file));
  try {
    nextState(state, new Map([[file, content]]));
    return false;
  } catch (error) {
    if (error instanceof Problem && error.code === 'config_invalid') return true;
    throw error;
  }
}

test('a file that is cut off never loads, wherever that is', () => {
  const nextState = createNextState('/config', createValidators());
  const contents = Object.entries(FILES).map(
    ([file, text]) => [file, contentOf(file, Buffer.from(text))] as const,
  );
  const state = nextState(undefined, new Map(contents));
  let count = 0;
  for (const [file, text] of Object.entries(FILES)) {
    for (const bytes of truncations(text)) {
      count += 1;
      if (!isRefused(nextState, state, file, bytes)) {
        throw new Error(`${file} loads with ${bytes.length} bytes:\n${bytes.toString()}`);
      }
    }
  }
  expect(count).toBeGreaterThan(6000);
});

test('the running configuration stays while a file is cut off, and until it is whole again', async () => {
  const { directory, write } = await teamFolder(FILES);
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  onTestFinished(store.close);
  const running = store.current();
  for (const [file, text] of Object.entries(FILES)) {
    const all = truncations(text);
    for (let index = 0; index < all.length; index += Math.ceil(all.length / 40)) {
      await write(file, all[index]?.toString() ?? '');
      await store.reload();
      expect(store.rejection()?.code).toBe('config_invalid');
      expect(store.current()).toBe(running);
    }
    await write(file, text);
    await store.reload();
    expect(store.rejection()).toBeUndefined();
    expect(store.current()).toBe(running);
  }
  expect(await readFile(join(directory, 'users.yaml'), 'utf8')).toBe(FILES['users.yaml']);
});

test('a store never starts on a file that is cut off', async () => {
  const { directory, write } = await teamFolder(FILES);
  for (const [file, text] of Object.entries(FILES)) {
    await write(file, text.slice(0, text.length / 2));
    const opening = openConfigStore({ directory, isWatching: false, onNotice: () => {} });
    await expect(opening).rejects.toMatchObject({ code: 'config_invalid' });
    await write(file, text);
  }
});
