import { CORE_SCHEMA, load, YAMLException } from 'js-yaml';
import { contentOf, sectionOf, type Content } from '../store/content.ts';
import { changedContent } from '../store/edit-entries.ts';
import type { Json } from '../yaml/json.ts';
import type { Change } from '../yaml/splice.ts';
import { changesByHand, type Versions } from './changes-by-hand.ts';
import { distanceOf, LAYOUT } from './distance.ts';
import { HEAD, partsOfBoth, TAIL, textIn, WHOLE, type Parts } from './parts.ts';
import type { StaleSave } from './stale-save.ts';

export interface Merge {
  readonly content: Content;
  /** Parts that both have changed: of what the hand did there, only values that go with ours stand. */
  readonly conflicts: readonly string[];
  /** Parts that do not stand as the hand saved them. */
  readonly kept: readonly string[];
  /** Those of them that let somebody in whom what was saved does not. */
  readonly admitted: readonly string[];
}

/**
 * What a hand has saved, with what was newer: part by part, and where both have changed one, value by
 * value. Where both have changed a value, the newer one stands, unless the hand locked somebody out.
 */
export function merge({ file, newest, opened }: StaleSave, saved: Content): Merge {
  const [theirs, ours] = partsOfBoth(saved, newest);
  const changes = [...opened].flatMap(([part, text]) =>
    changesIn(file, part, {
      opened: text,
      theirs: textIn(theirs, part),
      ours: textIn(ours, part),
    }),
  );
  const together = joined(file, theirs, ours, { opened, newest, saved });
  const content = changedContent(file, together, together.cut, changes);
  const [, merged] = partsOfBoth(saved, content);
  const isConflict = ([part, text]: readonly [string, string]): boolean =>
    ![text, textIn(ours, part)].includes(textIn(theirs, part));
  const isKept = (part: string): boolean =>
    distanceOf(textIn(merged, part), textIn(theirs, part)) > LAYOUT;
  const admits = (part: string): boolean =>
    file === 'users.yaml' &&
    [...idsIn(textIn(merged, part))].some((id) => !idsIn(textIn(theirs, part)).has(id));
  return {
    content,
    conflicts: [...opened].filter(isConflict).map(([part]) => part),
    kept: [...opened.keys()].filter(isKept),
    admitted: [...opened.keys()].filter(admits),
  };
}

/** What was saved, with the newer text of each part that had one. */
function joined(
  file: string,
  theirs: Parts,
  ours: Parts,
  { opened, saved, newest }: Pick<StaleSave, 'opened' | 'newest'> & { readonly saved: Content },
): Content {
  if (ours.has(WHOLE)) return newest;
  const isEntry = (part: string): boolean => part !== HEAD && part !== TAIL;
  const added = [...ours.keys()].filter((part) => opened.has(part) && !theirs.has(part));
  const order = [HEAD, ...[...theirs.keys(), ...added].filter(isEntry), TAIL];
  const pieces = order.map((part) => textIn(opened.has(part) ? ours : theirs, part));
  return contentOf(file, Buffer.from(pieces.join('')), saved);
}

/** What of a hand's changes in one part goes with those of others. */
function changesIn(
  file: string,
  part: string,
  { opened, theirs, ours }: Versions<string>,
): Change[] {
  const isUnchanged = theirs === ours || (theirs === opened && !theirs.includes('disabled'));
  if (isUnchanged || part === HEAD || part === TAIL) return [];
  const section = part === WHOLE ? undefined : sectionOf(file);
  try {
    return changesByHand({
      opened: valueOfText(opened, section),
      theirs: valueOfText(theirs, section),
      ours: valueOfText(ours, section),
    });
  } catch (error) {
    // Lines that a parser takes for something else than they look like: the newer ones stand.
    if (error instanceof YAMLException) return [];
    throw error;
  }
}

/** What an entry says, as if the rest of its file said nothing; a whole file where no section is named. */
function valueOfText(text: string, section: string | undefined): Json {
  const value = text === '' ? {} : (load(text, { schema: CORE_SCHEMA }) as Json);
  return section === undefined ? value : { [section]: value };
}

/** The users and clients that a part of `users.yaml` tells of. */
const idsIn = (text: string): ReadonlySet<string> =>
  new Set(text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []);
