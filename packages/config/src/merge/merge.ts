import { contentOf, type Content } from '../store/content.ts';
import { distanceOf, LAYOUT } from './distance.ts';
import { HEAD, partsOf, TAIL, textIn } from './parts.ts';
import type { StaleSave } from './stale-save.ts';

export interface Merge {
  readonly content: Content;
  /** Parts that both have changed: what was saved by hand gave way. */
  readonly conflicts: readonly string[];
  /** Parts that stand as the newest version has them, although that is not how they were saved. */
  readonly kept: readonly string[];
  /** Those of them that let somebody in whom what was saved does not. */
  readonly admitted: readonly string[];
}

/** What a hand has saved, with what was newer. Undefined where its layout cannot be told by lines. */
export function merge({ file, newest, opened }: StaleSave, saved: Content): Merge | undefined {
  if (newest.cut === undefined || saved.cut === undefined) return undefined;
  const theirs = partsOf(saved.cut);
  const ours = partsOf(newest.cut);
  const added = newest.cut.entries.filter(({ key }) => opened.has(key) && !theirs.has(key));
  const order = [HEAD, ...[...saved.cut.entries, ...added].map(({ key }) => key), TAIL];
  const pieces = order.map((part) => textIn(opened.has(part) ? ours : theirs, part));
  const isConflict = ([part, text]: readonly [string, string]): boolean =>
    ![text, textIn(ours, part)].includes(textIn(theirs, part));
  const isKept = (part: string): boolean =>
    distanceOf(textIn(ours, part), textIn(theirs, part)) > LAYOUT;
  const admits = (part: string): boolean =>
    file === 'users.yaml' &&
    [...idsIn(textIn(ours, part))].some((id) => !idsIn(textIn(theirs, part)).has(id));
  return {
    content: contentOf(file, Buffer.from(pieces.join('')), saved),
    conflicts: [...opened].filter(isConflict).map(([part]) => part),
    kept: [...opened.keys()].filter(isKept),
    admitted: [...opened.keys()].filter(admits),
  };
}

/** The users and clients that a part of `users.yaml` tells of. */
const idsIn = (text: string): ReadonlySet<string> =>
  new Set(text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []);
