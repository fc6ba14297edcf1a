import type { Trial } from '../trial.ts';
import { countUpTogether } from './count-up.ts';
import { editAtRandom } from './edits.ts';
import { fillDisk } from './full-disk.ts';
import { killEditors } from './kills.ts';
import { noticeLosses } from './lost-fsync.ts';
import { killBeforeEach, killMidWrite } from './mid-write.ts';
import { expectNoDamage } from './power-cut.ts';
import { tryProperty } from './properties.ts';
import { truncateFiles } from './truncations.ts';

/** The long versions. Tests beside the trials run short ones. */
export const TRIALS: readonly Trial[] = [
  {
    name: 'count-up',
    what: '8 processes count up 200 times each',
    minutes: 5,
    run: (arena) => countUpTogether(arena, { editors: 8, edits: 200 }),
  },
  {
    name: 'hands',
    what: 'the same, while a person saves old copies over it, in three ways',
    minutes: 15,
    run: async (arena) => {
      const stories: string[] = [];
      for (const hand of ['in place', 'rename', 'backup'] as const) {
        stories.push(`${hand}: ${await countUpTogether(arena, { editors: 8, edits: 200, hand })}`);
      }
      return stories.join('; ');
    },
  },
  {
    name: 'kills',
    what: 'kill -9 for 15 seconds',
    minutes: 5,
    run: (arena) => {
      const end = performance.now() + 15_000;
      const isEnough = (): boolean => performance.now() > end;
      return killEditors(arena, { editors: 4, isEnough, lockWithinMs: 100 });
    },
  },
  {
    name: 'mid-write',
    what: 'kills before every operation of an edit, and 500 at any moment',
    minutes: 30,
    run: async (arena) => {
      const each = await killBeforeEach(arena, 1000);
      const any = await killMidWrite(arena, { kills: 500, people: 1000 });
      return `before each operation, ${each}; at any moment, ${any}`;
    },
  },
  {
    name: 'power-cut',
    what: '200 power cuts',
    minutes: 20,
    run: (arena) => expectNoDamage(arena, 200),
  },
  {
    name: 'lost-fsync',
    what: 'power cuts with one fsync taken out, which must do damage',
    minutes: 5,
    run: (arena) => noticeLosses(arena, 20),
  },
  {
    name: 'full-disk',
    what: 'disks with room for nothing, one page, two pages …',
    minutes: 10,
    run: async (arena) => {
      const room = await fillDisk(arena, { people: 2000, scarcity: 'room' });
      return `${room}; ${await fillDisk(arena, { people: 100, scarcity: 'files' })}`;
    },
  },
  {
    name: 'truncations',
    what: '6,000 files that are cut off',
    minutes: 5,
    run: (arena) => truncateFiles(arena, { people: 300, truncations: 6000 }),
  },
  {
    name: 'edits',
    what: '20,000 random edits',
    minutes: 10,
    run: (arena) => editAtRandom(arena, { people: 50, edits: 20_000 }),
  },
  {
    name: 'mutants',
    what: '100,000 damaged files, read by entries and as a whole',
    minutes: 10,
    run: (arena) => tryProperty(arena, 'loads', 45_000),
  },
  {
    name: 'reloads',
    what: '20,000 rows of changes, loaded by what changed and afresh',
    minutes: 10,
    run: (arena) => tryProperty(arena, 'reloads', 20_000),
  },
  {
    name: 'cuts',
    what: '100,000 files, cut into entries',
    minutes: 10,
    run: (arena) => tryProperty(arena, 'cuts', 100_000),
  },
  {
    name: 'splices',
    what: '20,000 random changes in random texts',
    minutes: 10,
    run: (arena) => tryProperty(arena, 'splices', 20_000),
  },
  {
    name: 'pages',
    what: '4,500 folders as hands write them, each edited at random',
    minutes: 30,
    run: (arena) => tryProperty(arena, 'pages', 4500),
  },
  {
    name: 'lives',
    what: '2,000 folders, edited by programs and hands, and walked back',
    minutes: 30,
    run: (arena) => tryProperty(arena, 'lives', 2000),
  },
  {
    name: 'saves',
    what: '2,000 folders, whose hands save older versions with changes of their own',
    minutes: 30,
    run: (arena) => tryProperty(arena, 'saves', 2000),
  },
  {
    name: 'faults',
    what: 'every operation of an edit fails, once or for good',
    minutes: 60,
    run: (arena) => tryProperty(arena, 'faults', 1),
  },
  {
    name: 'moments',
    what: 'a hand saves before every operation of an edit',
    minutes: 30,
    run: (arena) => tryProperty(arena, 'moments', 1),
  },
];
