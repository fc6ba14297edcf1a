import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '@berth/contract';
import * as fc from 'fast-check';
import { CORE_SCHEMA, load } from 'js-yaml';
import { TEAM_TEMPLATES } from '../../testing/team.ts';
import { withValue, type Json } from '../../yaml/json.ts';
import { joined, PEOPLE, peopleTexts } from '../../yaml/testing/people-text.ts';
import { contentOf } from '../content.ts';
import { openConfigStore, type ConfigStore } from '../store.ts';
import { inFolder } from './in-folder.ts';

interface Change {
  readonly file: 'users.yaml' | 'containers.yaml';
  readonly section: 'users' | 'containers';
  readonly key: string;
  readonly path: readonly string[];
  readonly value: Json | undefined;
}

const note = fc.constantFrom('vision', 'two\nlines\n', '# no', 'a: b', '', '8888', '...', ' x');

const inUsers = fc
  .tuple(
    fc.constantFrom(...PEOPLE),
    fc.oneof(
      fc.record({
        path: fc.constant(['metadata', 'note']),
        value: fc.option(note, { nil: undefined }),
      }),
      fc.record({ path: fc.constant(['metadata']), value: fc.constant(undefined) }),
      fc.record({
        path: fc.constant(['disabled']),
        value: fc.constantFrom(true, false, undefined),
      }),
      fc.record({
        path: fc.constant(['containers']),
        value: fc.subarray(['lab', 'shell', 'gpu']).map((names): Json => names),
      }),
      fc.record({
        path: fc.constant<string[]>([]),
        value: fc.option(
          fc.nat(99).map((n): Json => ({ username: `new-${n}`, containers: ['lab'] })),
          { nil: undefined },
        ),
      }),
    ),
  )
  .map(([key, rest]): Change => ({ file: 'users.yaml', section: 'users', key, ...rest }));

const inContainers = fc
  .tuple(
    fc.constantFrom('lab', 'shell', 'gpu', 'fresh'),
    fc.oneof(
      fc.record({ path: fc.constant(['description']), value: fc.option(note, { nil: undefined }) }),
      fc.record({
        path: fc.constantFrom(['env', 'THEME'], ['env', 'DESK']),
        value: fc.constantFrom('dark', '8888', undefined),
      }),
      fc.record({
        path: fc.constant(['resources', 'memory']),
        value: fc.constantFrom('2g', undefined),
      }),
      fc.record({
        path: fc.constant<string[]>([]),
        value: fc.constantFrom<(Json | undefined)[]>({ image: 'fresh:1' }, undefined),
      }),
    ),
  )
  .map(([key, rest]): Change => ({ file: 'containers.yaml', section: 'containers', key, ...rest }));

const edits = fc.array(fc.oneof({ weight: 2, arbitrary: inUsers }, inContainers), {
  minLength: 1,
  maxLength: 12,
});

/**
 * Makes random edits, through a store and on a disk, in files as hands write them, and throws, with the
 * seed, where one does something else than it should, or to a byte outside its entry. Returns how many
 * edits there were.
 */
export async function checkEdits(runs: number, seed?: number): Promise<number> {
  let count = 0;
  const property = fc.asyncProperty(peopleTexts, edits, (people, changes) => {
    const files = { 'users.yaml': joined(people), 'containers.yaml': TEAM_TEMPLATES };
    return inFolder(files, async (directory) => {
      const store = await openConfigStore({
        directory,
        isWatching: false,
        onNotice: () => {},
      }).catch((error: unknown) => {
        if (error instanceof Problem) return undefined;
        throw error;
      });
      fc.pre(store !== undefined);
      try {
        for (const change of changes) if (await checkEdit(directory, store, change)) count += 1;
      } finally {
        store.close();
      }
    });
  });
  await fc.assert(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
  return count;
}

async function checkEdit(directory: string, store: ConfigStore, change: Change): Promise<boolean> {
  const { file, section, key, path, value } = change;
  const read = (): Promise<string> => readFile(join(directory, file), 'utf8');
  const before = await read();
  const isDone = await store
    .edit({ by: 'kim', what: 'change something' }, (edit) => {
      edit.set(file, [section, key, ...path], value);
    })
    .then(
      () => true,
      (error: unknown) => {
        if (error instanceof Problem && error.code === 'bad_request') return false;
        throw error;
      },
    );
  const after = await read();
  const fail = (problem: string): never => {
    throw new Error(`${problem}: ${JSON.stringify(change)}\n${before}\n=>\n${after}`);
  };
  if (!isDone && after !== before) fail('It was refused, and done');
  if (!isDone) return false;

  const wanted = withValue(meaningOf(before), [section, key, ...path], value);
  if (!isDeepStrictEqual(meaningOf(after), wanted)) fail('It says something else');
  if (after === before) return true;
  const problem = outsideProblem(before, after, change);
  if (problem !== undefined) fail(problem);

  const number = (await store.history.numbers()).at(-1) ?? 0;
  const recorded = (await store.history.read(number)).files.find((one) => one.file === file);
  const { digest } = contentOf(file, Buffer.from(after));
  if (recorded?.after !== digest) fail('It is recorded as another content');
  return true;
}

const meaningOf = (text: string): Json => load(text, { schema: CORE_SCHEMA }) as Json;

/** What is wrong with the bytes that the change should have left as they were. */
function outsideProblem(
  before: string,
  after: string,
  { key, path, value }: Change,
): string | undefined {
  const lines = before.split(/(?<=\n)/);
  const own = spanOf(lines, { start: 0, end: lines.length }, 2, key);
  if (own === undefined) {
    // The first one takes the place of an empty mapping.
    const frame = before.replace(/(?<=^users:) *\{\}/m, '');
    return isInsertion(frame, after) ? undefined : 'More than the new entry is new';
  }
  const [head, tail] = [lines.slice(0, own.start).join(''), lines.slice(own.end).join('')];
  const isGone = path.length === 0 && value === undefined;
  if (isGone && after === head + tail) return undefined;
  // The last one leaves an empty mapping on the line before it.
  if (isGone && after.includes('{}')) return undefined;
  if (!after.startsWith(head) || !after.endsWith(tail)) return 'Bytes outside the entry are others';
  const [attribute] = path;
  if (isGone || attribute === undefined || lines[own.start]?.includes('{') === true)
    return undefined;

  const inner = { start: own.start + 1, end: own.end };
  const part = spanOf(lines, inner, depthOf(lines[inner.start]), attribute);
  const rest = lines
    .slice(own.start, own.end)
    .filter((_, at) => part === undefined || !isWithin(at + own.start, part));
  const left = after.slice(head.length, after.length - tail.length).split(/(?<=\n)/);
  let found = 0;
  for (const line of left) if (line === rest[found]) found += 1;
  return found === rest.length ? undefined : `A line of the entry is lost: ${rest[found]}`;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const isWithin = (at: number, { start, end }: Span): boolean => at >= start && at < end;

const depthOf = (line = ''): number => line.search(/\S/);

/** The lines of a key that stands at a depth: up to the last one that stands deeper. */
function spanOf(
  lines: readonly string[],
  within: Span,
  depth: number,
  key: string,
): Span | undefined {
  const isKey = new RegExp(`^ {${depth}}["']?${key}["']?:`);
  const start = lines.findIndex((line, at) => isWithin(at, within) && isKey.test(line));
  if (start === -1) return undefined;
  let end = start + 1;
  for (let at = end; at < within.end; at += 1) {
    const line = lines[at] ?? '';
    const isItem = depthOf(line) === depth && /^ *- /.test(line);
    if (depthOf(line) > depth || isItem) end = at + 1;
    else if (/\S/.test(line) && !/^ *#/.test(line)) break;
  }
  return { start, end };
}

/** Whether one text is the other with something put in at one place. */
function isInsertion(before: string, after: string): boolean {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  return after.endsWith(before.slice(start));
}
