import { Problem } from '@berth/contract';
import type { History } from '../history/history.ts';
import { HIDDEN, hideSecretsIn } from '../history/hide-secrets.ts';
import type { HistoryRecord } from '../history/record.ts';
import { coverTokens } from '../redact.ts';
import type { Edit } from '../store/edit.ts';
import { isObject, sameJson, valueOf, type Json } from '../yaml/json.ts';
import { partBefore } from './past.ts';
import { partsOf, revisionOfParts, type Part, type Resource } from './revision.ts';

/** A key that says something else than before. */
interface FieldChange {
  readonly file: string;
  /** Below the resource, with dots; empty for all of it. */
  readonly path: string;
  /** Absent where the key was not there. */
  readonly before?: Json;
  /** Absent where the key is gone. */
  readonly after?: Json;
}

/** What was done to a resource since it had a revision. */
interface Since {
  readonly changes: readonly FieldChange[];
  /** Oldest first. */
  readonly records: readonly Pick<HistoryRecord, 'number' | 'time' | 'by' | 'what'>[];
}

/**
 * Throws `stale` where a resource, as it is on the disk, does not have the revision that somebody
 * looked at. `details` tell which fields have changed since, and by whom and when, as far as the
 * history goes back. Call it inside an edit, where nobody can come between.
 *
 * @param subject names the resource, at the start of a sentence
 */
export async function expectRevision(
  edit: Edit,
  history: History,
  resource: Resource,
  expected: string,
  subject: string,
): Promise<void> {
  const parts = partsOf(edit.config, resource);
  const revision = revisionOfParts(parts);
  if (revision === expected) return;
  const since = await changesSince(parts, history, expected);
  throw new Problem('stale', explain(subject, expected, since), {
    details: { expected, revision, ...since },
  });
}

async function changesSince(
  parts: readonly Part[],
  history: History,
  expected: string,
): Promise<Since | undefined> {
  const records: Since['records'][number][] = [];
  let older = parts;
  for (const number of (await history.numbers()).toReversed()) {
    const record = await history.read(number);
    const before = older
      .map((part) => {
        const change = record.files.find(({ file }) => file === part.file);
        return change === undefined ? part : partBefore(part, change);
      })
      .filter((part) => part !== undefined);
    if (before.length < parts.length) return undefined;
    if (before.every(({ value }, index) => isSame(value, older[index]?.value))) continue;
    const { time, by, what } = record;
    records.unshift({ number, time, by, what });
    older = before;
    if (revisionOfParts(older) === expected) {
      return {
        changes: parts.flatMap((part, index) =>
          fieldChanges(part, [], older[index]?.value, part.value),
        ),
        records,
      };
    }
  }
  return undefined;
}

const isSame = (one: Json | undefined, other: Json | undefined): boolean =>
  one === undefined ? other === undefined : sameJson(one, other);

function fieldChanges(
  part: Part,
  path: readonly string[],
  before: Json | undefined,
  after: Json | undefined,
): FieldChange[] {
  if (isSame(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      fieldChanges(part, [...path, key], valueOf(before, key), valueOf(after, key)),
    );
  }
  const shown = (value: Json): Json => hideSecretsIn([...part.path, ...path], value);
  return [
    {
      file: part.file,
      path: path.map((key) => coverTokens(key, HIDDEN)).join('.'),
      ...(before === undefined ? {} : { before: shown(before) }),
      ...(after === undefined ? {} : { after: shown(after) }),
    },
  ];
}

const MOST_FIELDS = 20;

function explain(subject: string, expected: string, since: Since | undefined): string {
  const headline = `${subject} was changed since revision ${expected}`;
  if (since === undefined) {
    return `${headline}, to which the history does not go back. Look at it again before you change it.`;
  }
  const fields = since.changes.map(
    ({ file, path, before, after }) =>
      `  ${file} ${path}: ${written(before)} is now ${written(after)}`,
  );
  const more = fields.length - MOST_FIELDS;
  return [
    `${headline}:`,
    ...fields.slice(0, MOST_FIELDS),
    ...(more > 0 ? [`  and ${more} more`] : []),
    'by:',
    ...since.records.map(
      ({ number, time, by, what }) => `  ${by}, ${time}: ${what} (history ${number})`,
    ),
    'Look at it again before you change it.',
  ].join('\n');
}

function written(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  return value === HIDDEN ? HIDDEN : JSON.stringify(value);
}
