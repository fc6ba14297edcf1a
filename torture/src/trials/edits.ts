import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openConfigStore, type Edit } from '@berth/config';
import type { Arena } from '../arena.ts';
import { walkBack } from '../history.ts';
import { idOf, writePeople } from '../people.ts';

export interface RandomEdits {
  readonly people: number;
  readonly edits: number;
}

/** Each edit looks at all records there are. */
const KEPT = 1000;

type Value = Parameters<Edit['set']>[2];

/** Undefined removes what stands at the path below the user. */
interface Change {
  readonly path: readonly string[];
  readonly value: Value;
}

/** What people write into notes, with all that YAML could take for something else. */
const NOTES = ['', 'x', 'yes', '12', '0x1f', 'null', '~', '# no comment', 'a: b', 'a #b', "it's"]
  .concat(['"quoted"', '- item', '{a: 1}', '[', 'two\nlines', 'end\n', 'after ', ' before', '...'])
  .concat(['ü 字 🚢', '&a *b']);

/**
 * Random edits of random users, some of whom come and go. After each, every byte outside the edited
 * entry is as it was, every comment is there, and the file says what was meant.
 */
export async function editAtRandom(arena: Arena, { people, edits }: RandomEdits): Promise<string> {
  const directory = join(arena.folder, 'config');
  const path = join(directory, 'users.yaml');
  await writePeople(directory, people, KEPT);
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  let text = await readFile(path, 'utf8');
  const comments = commentsIn(text);
  for (let done = 1; done <= edits; done += 1) {
    arena.signal.throwIfAborted();
    const person = Math.floor(Math.random() * 2 * people);
    const id = idOf(person);
    const user = store.current().accounts.get(id)?.user;
    const { path: below, value } =
      user === undefined ? newcomer(person) : randomChange(person >= people);
    await store.edit({ by: 'torture', what: 'edit at random' }, (edit) => {
      edit.set('users.yaml', ['users', id, ...below], value);
    });
    const after = await readFile(path, 'utf8');
    const story = `${id} ${JSON.stringify([below, value])}\n${text}\n=>\n${after}`;
    const meant = valueAfter(user, below, value);
    const says = store.current().accounts.get(id)?.user;
    if (!isDeepStrictEqual(says, meant))
      throw new Error(`It says ${JSON.stringify(says)}: ${story}`);
    if (!isSameOutside(id, text, after)) throw new Error(`Something else changed: ${story}`);
    if (!isDeepStrictEqual(commentsIn(after), comments)) throw new Error(`Comments went: ${story}`);
    text = after;
  }
  const before = store.current();
  await store.reload();
  if (store.current() !== before)
    throw new Error('The files do not say what the edits made of them');
  const versions = await walkBack(directory, store);
  store.close();
  return `${edits} edits, ${versions.length} versions`;
}

const newcomer = (person: number): Change => ({
  path: [],
  value: { username: `guest-${person}`, metadata: { note: oneOf(NOTES) } },
});

function randomChange(mayGo: boolean): Change {
  if (mayGo && Math.random() < 0.2) return { path: [], value: undefined };
  const note = ['metadata', oneOf(['note', 'desk', 'team'])];
  return oneOf<Change>([
    { path: note, value: oneOf(NOTES) },
    { path: note, value: undefined },
    { path: ['disabled'], value: true },
    { path: ['disabled'], value: undefined },
    { path: ['containers'], value: ['shell'] },
    { path: ['containers'], value: undefined },
  ]);
}

/** What a user has to be after a change. */
function valueAfter(
  user: object | undefined,
  [key, ...rest]: readonly string[],
  value: Value,
): unknown {
  if (key === undefined) return value;
  const inner: unknown = Object.entries(user ?? {}).find(([name]) => name === key)?.[1];
  const next = valueAfter(
    typeof inner === 'object' && inner !== null ? inner : undefined,
    rest,
    value,
  );
  const others = Object.entries(user ?? {}).filter(([name]) => name !== key);
  return Object.fromEntries(next === undefined ? others : [...others, [key, next]]);
}

/** Whether two texts are the same but for the lines from a user’s key to the next user’s. */
function isSameOutside(id: string, before: string, after: string): boolean {
  return isDeepStrictEqual(outside(id, before), outside(id, after));
}

function outside(id: string, text: string): string {
  const lines = text.split('\n');
  const start = lines.indexOf(`  ${id}:`);
  if (start === -1) return text;
  const length = lines.slice(start + 1).findIndex((line) => /^( {0,3}\S|$)/.test(line));
  return [...lines.slice(0, start), ...lines.slice(start + 1 + length)].join('\n');
}

const commentsIn = (text: string): string[] =>
  text.split('\n').flatMap((line) => /(^|\s)# [a-z][^"]*$/.exec(line)?.[0] ?? []);

function oneOf<T extends object | string>(all: readonly T[]): T {
  const one = all[Math.floor(Math.random() * all.length)];
  if (one === undefined) throw new Error('There is nothing to choose from');
  return one;
}
