import { isDeepStrictEqual } from 'node:util';
import type { User, UsersFile, Uuid } from '@berth/contract';
import * as fc from 'fast-check';
import { CORE_SCHEMA, load } from 'js-yaml';
import type { Issue } from '../../issue.ts';
import { accidents, afterAccident } from '../../testing/accidents.ts';
import { createValidators } from '../../validate.ts';
import { afterEdit, joined, peopleTexts, tidyEdits } from '../../yaml/testing/people-text.ts';
import { contentOf } from '../content.ts';
import { loadFile, loadUsers, type LoadedUsers } from '../loaded.ts';

const validators = createValidators();

/**
 * Damages random `users.yaml` files in one random way after another, and throws, with the seed, where
 * loading them by their entries, afresh or from the version before, says anything else than the parse
 * of the whole file. Returns how many files there were, and how many of them were valid.
 */
export function checkLoads(runs: number, seed?: number): { files: number; valid: number } {
  const count = { files: 0, valid: 0 };
  const edits = fc.array(fc.tuple(fc.option(tidyEdits), fc.array(accidents, { maxLength: 3 })), {
    minLength: 1,
    maxLength: 4,
  });
  const property = fc.property(peopleTexts, edits, (start, steps) => {
    let text = start;
    let previous: LoadedUsers | undefined;
    let people: ReadonlyMap<Uuid, User> = new Map();
    for (const [tidy, mishaps] of steps) {
      if (tidy !== null) text = afterEdit(text, tidy);
      const bytes = mishaps.reduce(afterAccident, joined(text));
      count.files += 1;
      const story = JSON.stringify(bytes.toString());
      const content = contentOf('users.yaml', bytes, previous?.content);
      const whole = loadFile<UsersFile>(
        'users.yaml',
        contentOf('users.yaml', bytes),
        validators.users,
      );
      const next = loadUsers(content, validators.users, previous);
      const afresh = loadUsers(contentOf('users.yaml', bytes), validators.users);
      same(issuesOf(next), issuesOf(whole), `the errors, from the version before: ${story}`);
      same(issuesOf(afresh), issuesOf(whole), `the errors, afresh: ${story}`);
      if (Array.isArray(next) || Array.isArray(afresh)) continue;
      count.valid += 1;
      people = applied(next.isWhole ? new Map() : people, next);
      // Not through our own parser: this is what everybody else takes the file to say.
      const { users } = load(bytes.toString(), { schema: CORE_SCHEMA }) as UsersFile;
      same(Object.fromEntries(people), users, `the people, from the version before: ${story}`);
      same(Object.fromEntries(afresh.changes), users, `the people, afresh: ${story}`);
      previous = next;
    }
  });
  fc.assert(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
  return count;
}

function applied(
  people: ReadonlyMap<Uuid, User>,
  { changes }: LoadedUsers,
): ReadonlyMap<Uuid, User> {
  const next = new Map(people);
  for (const [id, user] of changes) {
    if (user === undefined) next.delete(id);
    else next.set(id, user);
  }
  return next;
}

function issuesOf(loaded: object | Issue[]): string[] {
  if (!Array.isArray(loaded)) return [];
  return loaded.map(({ line, column, message }) => `${line}:${column}: ${message}`).toSorted();
}

function same(actual: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${JSON.stringify(actual)}, not ${JSON.stringify(expected)}: ${what}`);
}
