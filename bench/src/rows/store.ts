import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { interleave, type Subject } from '../interleave.ts';
import { writePeople } from '../store/people.ts';
import { startSubject } from '../store/subject.ts';
import type { Row } from '../table.ts';

/** What the store takes for a team of one size, and how good that has to be. */
interface Team {
  readonly users: number;
  readonly editMs: number;
  readonly loadMs?: number;
  readonly reloadMs?: number;
  /** How often an edit through a document of `yaml` is measured, and through `load` and `dump`. */
  readonly documents: number;
  readonly dumps: number;
  readonly loads: number;
}

const TEAMS: readonly Team[] = [
  { users: 10_000, editMs: 15, documents: 15, dumps: 15, loads: 15 },
  { users: 100_000, editMs: 100, loadMs: 3000, reloadMs: 400, documents: 1, dumps: 3, loads: 5 },
];

type Workshop = Pick<Bench, 'folder' | 'signal' | 'tell'>;

/** The configuration store beside the naive way, on files with 10,000 and 100,000 users. */
export async function storeRows(workshop: Workshop): Promise<Row[]> {
  const rows: Row[] = [];
  for (const team of TEAMS) rows.push(...(await teamRows(workshop, team)));
  return [...rows, await lockRow(workshop)];
}

async function teamRows({ folder, signal, tell }: Workshop, team: Team): Promise<Row[]> {
  const among = `${team.users.toLocaleString('en')} users`;
  tell(`The store with ${among} …`);
  const ours = join(folder, `store-${team.users}`);
  const theirs = join(folder, `naive-${team.users}`);
  await writePeople(ours, team.users);
  await writePeople(theirs, team.users);
  const loads = await loadRows(ours, theirs, team, among, signal);
  await using store = startSubject('ours.ts', ours, signal);
  await using naive = startSubject('naive.ts', theirs, signal);
  await store.ask('load');
  await naive.ask('load');
  const measure = async (counted: number, ...subjects: Subject[]): Promise<number[][]> =>
    interleave({ warmUp: counted > 1 ? 1 : 0, counted }, subjects, signal);
  const asking = (command: string): Subject => ({ measure: () => store.ask(command) });
  const path = join(ours, 'users.yaml');
  const editing: Subject = {
    measure: async () => {
      const before = await readFile(path);
      const milliseconds = await store.ask('edit');
      expectOneEntryChanged(before, await readFile(path));
      return milliseconds;
    },
  };
  const asked = (command: string): Subject => ({ measure: () => naive.ask(command) });

  const [validate = []] = await measure(9, asked('validate'));
  const [reload = []] = await measure(9, asking('reload'));
  const [edit = [], document = []] = await measure(team.documents, editing, asked('document'));
  const [again = [], dump = []] = await measure(team.dumps, editing, asked('dump'));
  const [more = []] = await measure(15, editing);
  const edits = [...edit, ...again, ...more];
  for (const one of [ours, theirs]) await rm(one, { recursive: true });
  const within = (atMost: number | undefined): Pick<Row, 'target'> =>
    atMost === undefined ? {} : { target: { atMost, on: 'median' } };
  return [
    {
      what: `edit of one user, ${among}`,
      unit: 'ms',
      measured: edits,
      baseline: { what: 'a document of `yaml`', measured: document },
      ...within(team.editMs),
    },
    {
      what: 'the same',
      unit: 'ms',
      measured: edits,
      baseline: { what: '`js-yaml`, comments lost', measured: dump },
    },
    {
      what: `reload after an edit by hand, ${among}`,
      unit: 'ms',
      measured: reload,
      ...within(team.reloadMs),
    },
    ...loads,
    { what: `validation alone, ${among}`, unit: 'ms', measured: validate },
  ];
}

/**
 * Throws where more than one entry is another than before; a blank line stands between two. It is not
 * for the process that edits to read all that: it would collect it during the next edit.
 */
function expectOneEntryChanged(before: Buffer, after: Buffer): void {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const [was, is] = [before, after].map((bytes) => bytes.subarray(start, bytes.length - end));
  if (is === undefined || is.length === 0) throw new Error('Nothing was changed');
  if (was?.includes('\n\n') === true || is.includes('\n\n')) {
    throw new Error('More than one entry was changed');
  }
}

/** Each in a process of its own. */
async function loadRows(
  ours: string,
  theirs: string,
  { loads, loadMs }: Team,
  among: string,
  signal: AbortSignal,
): Promise<Row[]> {
  const resident: Record<string, number[]> = { 'ours.ts': [], 'naive.ts': [] };
  const loading = (file: string, folder: string): Subject => ({
    measure: async () => {
      await using subject = startSubject(file, folder, signal);
      const milliseconds = await subject.ask('load');
      resident[file]?.push(await subject.ask('memory'));
      return milliseconds;
    },
  });
  // The warm-up also starts the history.
  const [store, naive] = await interleave(
    { warmUp: 1, counted: loads },
    [loading('ours.ts', ours), loading('naive.ts', theirs)],
    signal,
  );
  const what = '`js-yaml`, nothing checked';
  const memory = (file: string): number[] => (resident[file] ?? []).slice(1);
  return [
    {
      what: `cold load, ${among}`,
      unit: 'ms',
      measured: store,
      baseline: { what, measured: naive },
      ...(loadMs === undefined ? {} : { target: { atMost: loadMs, on: 'median' } }),
    },
    {
      what: `memory after it, ${among}`,
      unit: 'MB',
      measured: memory('ours.ts'),
      baseline: { what, measured: memory('naive.ts') },
    },
  ];
}

async function lockRow({ folder, signal }: Workshop): Promise<Row> {
  const locked = join(folder, 'locked');
  await writePeople(locked, 1);
  await using store = startSubject('ours.ts', locked, signal);
  await store.ask('load');
  const [measured] = await interleave(
    { warmUp: 10, counted: 101 },
    [{ measure: () => store.ask('lock') }],
    signal,
  );
  return { what: 'the lock, taken and given back', unit: 'ms', measured };
}
