import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig, openConfigStore } from '@berth/config';
import type { Arena } from '../arena.ts';
import { rejectedTexts, walkBack } from '../history.ts';
import { countOf, idOf, SHARED, writePeople } from '../people.ts';
import type { SaveStyle } from '../programs/hand.ts';

export interface CountUp {
  readonly editors: number;
  readonly edits: number;
  /** How a person saves who edits meanwhile, in an editor that knows of no lock. */
  readonly hand?: SaveStyle;
}

/** How long that editor is open, at most. */
const LONGEST_MS = 250;

/**
 * Processes that count up at the same time, while a person saves old copies over what they write. Every
 * edit counts once, and every note of the person is in the file, or in one that was put aside.
 */
export async function countUpTogether(arena: Arena, options: CountUp): Promise<string> {
  const { editors, edits, hand: style } = options;
  const directory = await mkdtemp(join(arena.folder, 'config-'));
  const person = 1 + editors;
  await writePeople(directory, 1 + person);
  const counting = Array.from({ length: editors }, (_, index) =>
    arena.start({ program: 'editor', directory, person: 1 + index, edits }),
  );
  const hand =
    style && arena.start({ program: 'hand', directory, person, style, longestMs: LONGEST_MS });
  for (const worker of counting) worker.go();
  hand?.go();
  await Promise.all(counting.map((worker) => worker.succeeded()));
  hand?.stop();
  await hand?.succeeded();

  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  const versions = await walkBack(directory, store);
  store.close();
  const config = await loadConfig(directory);
  for (let one = 1; one <= editors; one += 1) expectCount(one, countOf(config, one), edits);
  expectCount(SHARED, countOf(config, SHARED), editors * edits);

  const notes = hand?.lines ?? [];
  const rejected = notes.length === 0 ? [] : await rejectedTexts(directory);
  const kept = config.accounts.get(idOf(person))?.user.metadata ?? {};
  for (const note of notes) {
    const isKept = note in kept || rejected.some((text) => text.includes(`${note}:`));
    if (!isKept) throw new Error(`A hand that saves ${style} lost ${note}`);
  }
  return `${editors * edits} edits and ${notes.length} saves by hand, none lost; ${rejected.length} put aside; ${versions.length} versions`;
}

function expectCount(person: number, count: number, expected: number): void {
  if (count !== expected) throw new Error(`Person ${person} stands at ${count}, not ${expected}`);
}
