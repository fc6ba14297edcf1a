/** Counts a user up again and again, as berthd and its commands edit; acknowledges each count. */
import { openConfigStore } from '@berth/config';
import { createDisk } from '@berth/config/disk';
import { Problem } from '@berth/contract';
import { cutPower } from '../power.ts';
import { countOf, countUp, SHARED } from '../people.ts';
import { deadly, lossy, type Loss } from '../disks.ts';
import { acknowledge, givenJob, told } from './job.ts';

export interface EditorJob {
  readonly program: 'editor';
  readonly directory: string;
  /** The user it counts up besides the shared one. */
  readonly person: number;
  /** Absent: until it is stopped, or an edit fails. */
  readonly edits?: number;
  /** What its disk only claims to have made durable. */
  readonly loss?: Loss;
  /** Cuts the power of its file system right after so many edits. */
  readonly powerCutAfter?: number;
  /** Kills itself before this operation of its first edit on the disk; counts from 1. */
  readonly killedAt?: number;
}

const job = givenJob() as EditorJob;
const isStopped = await told();
const lossyDisk = job.loss === undefined ? createDisk() : lossy(createDisk(), job.loss);
const fate = deadly(lossyDisk);
const store = await openConfigStore({
  directory: job.directory,
  isWatching: false,
  onNotice: () => {},
  disk: fate.disk,
});
if (job.killedAt !== undefined) fate.dieAt(job.killedAt);
for (let done = 1; done <= (job.edits ?? Infinity) && !isStopped(); done += 1) {
  acknowledge(String(await inEnd(countOnce)));
  if (done === job.powerCutAfter) cutPower(job.directory);
}
store.close();

function countOnce(): Promise<number> {
  return store.edit({ by: 'torture', what: 'count up' }, (edit) => {
    countUp(edit, SHARED);
    countUp(edit, job.person);
    return countOf(edit.config, job.person) + 1;
  });
}

/** Who waited too long for the lock, as on a busy machine, has changed nothing and asks again. */
async function inEnd<T>(edit: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await edit();
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'conflict') throw error;
    }
  }
}
