import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '@berth/contract';
import * as fc from 'fast-check';
import { openConfigStore, type ConfigStore } from '../../store/store.ts';
import { inTeamFolder } from '../../store/testing/in-folder.ts';
import { ALICE, BOB, CAROL } from '../../testing/team.ts';
import type { Json } from '../../yaml/json.ts';
import { filesIn, recordsIn, walkBack, type Files } from './walk.ts';

type Step =
  | {
      readonly kind: 'edit';
      readonly file: string;
      readonly path: readonly string[];
      readonly value: Json | undefined;
      readonly isOtherProgram: boolean;
    }
  | { readonly kind: 'remove own file'; readonly id: string }
  | { readonly kind: 'hand'; readonly file: string; readonly line: number; readonly text: string }
  | { readonly kind: 'break and mend'; readonly at: number }
  | { readonly kind: 'put back'; readonly back: number }
  | { readonly kind: 'open again' };

const anyone = fc.constantFrom(ALICE, BOB, CAROL);
const word = fc.constantFrom('one', 'two', 'zwölf', '"', '- x', '# no', 'a: b');

const changes = fc.oneof(
  fc.record({
    file: fc.constant('users.yaml'),
    path: anyone.map((id) => ['users', id, 'metadata']),
    value: word.map((note): Json => ({ note })),
  }),
  fc.record({
    file: fc.constant('users.yaml'),
    path: anyone.map((id) => ['users', id]),
    value: fc.option(
      word.map((note): Json => ({ username: 'anyone', metadata: { note } })),
      { nil: undefined },
    ),
  }),
  fc.record({
    file: fc.constant('containers.yaml'),
    path: fc.constant(['containers', 'lab', 'description']),
    value: word,
  }),
  fc.record({
    file: anyone.map((id) => `users/${id}.yaml`),
    path: fc.constant(['limits', 'cpus']),
    value: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({
    file: fc.constant('main.yaml'),
    path: fc.constant(['history', 'keep']),
    value: fc.integer({ min: 1, max: 9 }),
  }),
);

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(changes, fc.boolean())
        .map(([one, isOtherProgram]): Step => ({ kind: 'edit', ...one, isOtherProgram })),
    },
    fc.record({ kind: fc.constant('remove own file' as const), id: anyone }),
    fc.record({
      kind: fc.constant('hand' as const),
      file: fc.constantFrom('users.yaml', 'containers.yaml', 'main.yaml', `users/${BOB}.yaml`),
      line: fc.nat(30),
      text: fc.constantFrom('# by hand\n', '      # deeper\n', '\n', '  \n'),
    }),
    fc.record({ kind: fc.constant('break and mend' as const), at: fc.nat(400) }),
    fc.record({ kind: fc.constant('put back' as const), back: fc.nat(4) }),
    fc.record({ kind: fc.constant('open again' as const) }),
  ),
  { minLength: 1, maxLength: 12 },
);

const open = (directory: string): Promise<ConfigStore> =>
  openConfigStore({ directory, isWatching: false, onNotice: () => {} });

/**
 * Edits a folder by programs and by hand, and throws, with the seed, where walking the records back does
 * not lead through every version that was in force, byte for byte.
 */
export async function checkHistory(runs: number, seed?: number): Promise<void> {
  const property = fc.asyncProperty(steps, (all) =>
    inTeamFolder((directory) => live(directory, all)),
  );
  await fc.assert(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
}

async function live(directory: string, all: readonly Step[]): Promise<void> {
  let store = await open(directory);
  const inForce: Files[] = [await filesIn(directory)];
  try {
    for (const step of all) {
      if (step.kind === 'open again') {
        store.close();
        store = await open(directory);
      } else await take(step, store, directory, inForce);
      await store.reload();
      const rejection = store.rejection();
      if (rejection !== undefined) throw rejection;
      const files = await filesIn(directory);
      if (!isDeepStrictEqual(files, inForce.at(-1))) inForce.push(files);
    }
  } finally {
    store.close();
  }
  const walked = await walkBack(directory);
  const isPruned = (await recordsIn(directory))[0]?.number !== 1;
  let at = 0;
  for (const version of inForce.toReversed()) {
    const found = walked.findIndex((one, index) => index >= at && isDeepStrictEqual(one, version));
    if (found === -1 && isPruned) return;
    if (found === -1) throw new Error(`A version is missing: ${JSON.stringify([...version])}`);
    at = found;
  }
}

async function take(
  step: Exclude<Step, { kind: 'open again' }>,
  store: ConfigStore,
  directory: string,
  inForce: readonly Files[],
): Promise<void> {
  switch (step.kind) {
    case 'edit': {
      const { file, path, value, isOtherProgram } = step;
      const program = isOtherProgram ? await open(directory) : store;
      await edited(program, (edit) => {
        edit.set(file, path, value);
      });
      if (isOtherProgram) program.close();
      break;
    }
    case 'remove own file':
      await edited(store, (edit) => {
        edit.removeFile(`users/${step.id}.yaml`);
      });
      break;
    case 'hand': {
      const text = inForce.at(-1)?.get(step.file);
      if (text === undefined) break;
      const lines = text.split(/(?<=\n)/);
      // The last line has to be the last.
      const saved = lines.toSpliced(step.line % lines.length, 0, step.text).join('');
      await writeFile(join(directory, step.file), saved);
      break;
    }
    case 'break and mend': {
      const path = join(directory, 'users.yaml');
      const text = await readFile(path, 'utf8');
      await writeFile(path, text.slice(0, step.at % text.length));
      await store.reload();
      await writeFile(path, text);
      break;
    }
    case 'put back': {
      const files = inForce.at(-1 - step.back) ?? inForce[0];
      for (const file of inForce.at(-1)?.keys() ?? []) {
        if (files?.has(file) !== true) await rm(join(directory, file));
      }
      for (const [file, text] of files ?? []) await writeFile(join(directory, file), text);
      break;
    }
    default:
      step satisfies never;
  }
}

/** What would not load is refused, and that is all. */
async function edited(
  store: ConfigStore,
  change: Parameters<ConfigStore['edit']>[1],
): Promise<void> {
  await store.edit({ by: 'kim', what: 'change something' }, change).catch((error: unknown) => {
    if (!(error instanceof Problem) || error.code !== 'bad_request') throw error;
  });
}
