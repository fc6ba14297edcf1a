/** Counts a user up again and again, as berthd and its commands edit; acknowledges each count. */
import { openConfigStore } from '@berth/config';
import { createDisk } from '@berth/config/disk';
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
  const count = await store.edit({ by: 'torture', what: 'count up' }, (edit) => {
    countUp(edit, SHARED);
    countUp(edit, job.person);
    return countOf(edit.config, job.person) + 1;
  });
  acknowledge(String(count));
  if (done === job.powerCutAfter) cutPower(job.directory);
}
store.close();
