import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { CORE_SCHEMA, load } from 'js-yaml';
import type { Edit } from '../../store/edit.ts';
import { openConfigStore, type ConfigStore } from '../../store/store.ts';
import { inFolder } from '../../store/testing/in-folder.ts';
import { isObject, valueAt, type Json } from '../../yaml/json.ts';

/**
 * What programs and hands do. All that they write is new, no two hands do the same, and none takes back
 * what another has done: nobody can tell whether that was meant.
 */
type Change =
  | { readonly kind: 'set' | 'unset'; readonly person: number; readonly key: string }
  | { readonly kind: 'disable' | 'remove' | 'comment'; readonly person: number }
  | { readonly kind: 'add' };

type Step =
  | { readonly by: 'program'; readonly changes: readonly Change[] }
  /** A save of the version that was in the file so many steps ago. */
  | { readonly by: 'hand'; readonly back: number; readonly changes: readonly Change[] };

const MOST_STEPS = 10;
/** Whom programs lock out, and one for each step, whom a hand does. */
const PEOPLE = 4 + MOST_STEPS;
const idOf = (person: number): string =>
  `6b1f0a3e-2c5d-4f8e-9a07-${String(person).padStart(12, '0')}`;

/** The person of a step. */
const OF_STEP = -1;

const kind = <K extends Change['kind']>(name: K): fc.Arbitrary<K> => fc.constant(name);
/** Most often one of few, so that they meet. */
const anyone = fc.oneof(fc.nat(1), fc.nat(PEOPLE - 1));

const byProgram: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('set'), person: anyone, key: fc.constantFrom('a', 'new') }),
  },
  fc.record({ kind: kind('unset'), person: anyone, key: fc.constant('b') }),
  fc.record({ kind: fc.constantFrom('disable', 'remove'), person: fc.constantFrom(0, 2, 3) }),
  fc.record({ kind: kind('add') }),
);
const byHand: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('set'),
      person: anyone,
      key: fc.constantFrom('a', 'b', 'new', 'own'),
    }),
  },
  fc.record({ kind: kind('unset'), person: fc.constant(OF_STEP), key: fc.constant('d') }),
  fc.record({ kind: fc.constantFrom('disable', 'remove'), person: fc.constant(OF_STEP) }),
  fc.record({ kind: kind('add') }),
  fc.record({ kind: kind('comment'), person: anyone }),
);

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({
        by: fc.constant('program' as const),
        changes: fc.array(byProgram, { minLength: 1, maxLength: 3 }),
      }),
    },
    fc.record({
      by: fc.constant('hand' as const),
      back: fc.oneof(fc.constant(0), fc.nat(8), fc.nat(8)),
      changes: fc.array(byHand, { minLength: 1, maxLength: 3 }),
    }),
  ),
  { minLength: 4, maxLength: MOST_STEPS },
);

/** How the file is written: one of them only a parser can cut. */
const WAYS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replace('\n\n...', '\n\n# how to add one\n#  uuid: {}\n...'),
  (text) => text.replace('users:', '"users":'),
];

const entryOf = (id: string, name: string): string =>
  `  ${id}:\n    username: ${name}\n    metadata:\n      a: ${name}-a\n      b: ${name}-b\n      c: ${name}-c\n      d: ${name}-d\n`;

const TEXT = `# people\nversion: 1\nusers:\n${Array.from(
  { length: PEOPLE },
  (_, person) => `  # number ${person}\n${entryOf(idOf(person), `person-${person}`)}\n`,
).join('')}...\n`;

/**
 * Lets programs and hands change a file, the hands from copies as old as they like. Throws, with the
 * seed, where a save of the newest version does not stand to the byte, where one of an older version
 * takes back what nobody meant to, and where what gives way is neither in the file nor kept aside.
 * Returns how many saves were made from an older version.
 */
export async function checkSaves(runs: number, seed?: number): Promise<number> {
  let stale = 0;
  const property = fc.asyncProperty(steps, fc.constantFrom(...WAYS), (all, way) =>
    inFolder({ 'users.yaml': way(TEXT) }, async (directory) => {
      stale += await live(directory, all);
    }),
  );
  await fc.assert(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
  return stale;
}

/** A folder, and what is known of it. */
interface Life {
  readonly store: ConfigStore;
  readonly path: string;
  /** All that ever stood in the file, the newest last. */
  readonly versions: string[];
  /** The leaves that programs have changed last: what hands have, hands may take back. */
  readonly byPrograms: Set<string>;
  /** Where texts are kept aside. */
  readonly aside: string[];
}

async function live(directory: string, all: readonly Step[]): Promise<number> {
  const aside: string[] = [];
  const store = await openConfigStore({
    directory,
    isWatching: false,
    onNotice: (notice) => {
      if (notice.kind === 'rejected') aside.push(notice.path);
    },
  });
  const path = join(directory, 'users.yaml');
  const versions = [await readFile(path, 'utf8')];
  const life = { store, path, versions, byPrograms: new Set<string>(), aside };
  let stale = 0;
  try {
    for (const [index, step] of all.entries()) {
      const at = index + 1;
      if (step.by === 'program') await changeByProgram(life, step.changes, at);
      else if (await saveByHand(life, step, at)) stale += 1;
    }
  } finally {
    store.close();
  }
  return stale;
}

async function changeByProgram(
  { store, path, versions, byPrograms }: Life,
  changes: readonly Change[],
  at: number,
): Promise<void> {
  for (const [index, one] of changes.entries()) {
    await store.edit({ by: 'kim', what: 'change something' }, (edit) => {
      carryOut(edit, one, `p${at}-${index}`);
    });
  }
  const now = await readFile(path, 'utf8');
  for (const leaf of differingLeaves(versions.at(-1) ?? '', now)) byPrograms.add(leaf);
  versions.push(now);
}

/** Returns whether it was made from an older version. */
async function saveByHand(
  { store, path, versions, byPrograms, aside }: Life,
  { back, changes }: Step & { by: 'hand' },
  at: number,
): Promise<boolean> {
  const newest = versions.at(-1) ?? '';
  const opened = versions.at(-1 - back) ?? versions[0] ?? '';
  const saved = afterHand(opened, changes, at);
  await writeFile(path, saved);
  await store.reload();
  const rejection = store.rejection();
  if (rejection !== undefined) throw rejection;
  const result = await readFile(path, 'utf8');
  const kept = await Promise.all(aside.map((one) => readFile(one, 'utf8')));
  const isFresh = opened === newest;
  // An older version as a whole may have been put back.
  const isStanding = result === saved && (isFresh || versions.includes(saved));
  if (isFresh && !isStanding) throw new Error(`It does not stand:\n${saved}\n=>\n${result}`);
  const outcome = { opened, saved, newest, result, aside: kept.join('\n'), byPrograms };
  const fault = !isStanding && faultIn(outcome);
  const story = [opened, saved, newest, result].join('\n=>\n');
  if (fault !== false) throw new Error(`${fault}:\n${story}`);
  for (const leaf of differingLeaves(newest, result)) byPrograms.delete(leaf);
  versions.push(saved, result);
  return !isFresh;
}

function carryOut(edit: Edit, one: Change, word: string): void {
  const set = (path: readonly string[], value: Json | undefined): void => {
    edit.set('users.yaml', ['users', ...path], value);
  };
  if (one.kind === 'add') {
    set([newId(word)], { username: word });
    return;
  }
  const id = idOf(one.person);
  if (!edit.config.accounts.has(id)) return;
  if (one.kind === 'remove') set([id], undefined);
  if (one.kind === 'disable') set([id, 'disabled'], true);
  if (one.kind === 'set') set([id, 'metadata', one.key], word);
  if (one.kind === 'unset') set([id, 'metadata', one.key], undefined);
}

const newId = (word: string): string =>
  `7c2f0a3e-2c5d-4f8e-9a07-${Buffer.from(word).toString('hex').padStart(12, '0').slice(-12)}`;

function afterHand(opened: string, changes: readonly Change[], at: number): string {
  return changes.reduce((text, one, index) => {
    const word = `h${at}-${index}`;
    if (one.kind === 'add') return text.replace(/\.\.\.\n$/, `${entryOf(newId(word), word)}...\n`);
    const person = one.person === OF_STEP ? 3 + at : one.person;
    const own = new RegExp(`  ${idOf(person)}:\\n(?: {4}.*\\n)+`);
    return text.replace(own, (entry) => changedEntry(entry, one, word));
  }, opened);
}

function changedEntry(entry: string, one: Change, word: string): string {
  switch (one.kind) {
    case 'remove':
      return '';
    case 'disable':
      return entry.includes('disabled:') ? entry : entry.replace('\n', '\n    disabled: true\n');
    case 'comment':
      return entry.replace('\n', `\n    # ${word}\n`);
    case 'unset':
      return entry.replace(new RegExp(` {6}${one.key}: .*\\n`), '');
    case 'set': {
      const line = new RegExp(`^ {6}${one.key}: .*`, 'm');
      const text = `      ${one.key}: ${word}`;
      if (line.test(entry)) return entry.replace(line, text);
      return entry.replace('metadata:\n', `metadata:\n${text}\n`);
    }
    case 'add':
      throw new Error('It is about no entry.');
    default:
      return one satisfies never;
  }
}

interface Outcome {
  readonly opened: string;
  readonly saved: string;
  readonly newest: string;
  readonly result: string;
  /** All that is kept aside. */
  readonly aside: string;
  /** What programs have changed last: what hands have, hands may take back. */
  readonly byPrograms: ReadonlySet<string>;
}

/** What is wrong about what has become of a save of an older version; false where nothing is. */
function faultIn({ aside, byPrograms, ...texts }: Outcome): string | false {
  const [opened, saved, newest, result] = [
    texts.opened,
    texts.saved,
    texts.newest,
    texts.result,
  ].map(leavesIn) as [Leaves, Leaves, Leaves, Leaves];
  const all = new Set([opened, saved, newest, result].flatMap((one) => [...one.keys()]));
  const faults = [...all].map((path) => {
    const [, id = ''] = path.split('/');
    const [was, theirs, ours, is] = [opened, saved, newest, result].map((one) => one.get(path));
    const isGone = [saved, newest].some(
      (one) => opened.has(`users/${id}/username`) && !one.has(`users/${id}/username`),
    );
    const isLost = (value: string | undefined): boolean =>
      value !== undefined && value !== is && !aside.includes(value);
    if (isGone) {
      const isHandsLost = theirs !== was && isLost(theirs);
      return is !== undefined ? `${path} is back` : isHandsLost && `${path} is lost`;
    }
    if (theirs === was) {
      const isToStay = byPrograms.has(path) || path.endsWith('/disabled');
      const isTakenBack = !isToStay && is === theirs && !isLost(ours);
      return is !== ours && !isTakenBack && `${path} is not as it was newer`;
    }
    if (ours === was) {
      // It may have been something else in between that the hand may have seen.
      const isGivingWay = is === ours && !isLost(theirs);
      return is !== theirs && !isGivingWay && `${path} is not as the hand had it`;
    }
    if (is !== theirs && is !== ours) return `${path} is as nobody had it`;
    // Of what hands give way to there is only the history, and of what they fill in where nothing was.
    const isToBeKept = was !== undefined && /^p\d/.test(ours ?? '');
    return (isLost(theirs) || (isToBeKept && isLost(ours))) && `${path} is lost`;
  });
  return faults.find((fault) => fault !== false) ?? false;
}

function differingLeaves(one: string, other: string): string[] {
  const [before, after] = [leavesIn(one), leavesIn(other)];
  const all = new Set([...before.keys(), ...after.keys()]);
  return [...all].filter((path) => before.get(path) !== after.get(path));
}

type Leaves = ReadonlyMap<string, string>;

function leavesIn(text: string): Leaves {
  const found = new Map<string, string>();
  const walk = (value: Json | undefined, path: readonly string[]): void => {
    if (!isObject(value))
      found.set(path.join('/'), typeof value === 'string' ? value : JSON.stringify(value));
    else for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
  };
  walk(valueAt(load(text, { schema: CORE_SCHEMA }) as Json, ['users']), ['users']);
  return found;
}
