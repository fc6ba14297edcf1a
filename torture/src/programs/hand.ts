/**
 * A person with an editor that knows of no lock: opens users.yaml, takes their time, and saves their
 * old copy with one more note in it. Acknowledges each note.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { idOf } from '../people.ts';
import { acknowledge, givenJob, told } from './job.ts';

/** How an editor saves: into the file, by a new file in its place, or the old one moved away first. */
export type SaveStyle = 'in place' | 'rename' | 'backup';

export interface HandJob {
  readonly program: 'hand';
  readonly directory: string;
  /** The user whom the notes are about. */
  readonly person: number;
  readonly style: SaveStyle;
  /** Absent: until it is stopped. */
  readonly saves?: number;
  /** How long an editor is open, at most. */
  readonly longestMs: number;
}

const job = givenJob() as HandJob;
const path = join(job.directory, 'users.yaml');
const SAVE: Readonly<Record<SaveStyle, (text: string) => void>> = {
  'in place': (text) => writeFileSync(path, text),
  rename: (text) => {
    writeFileSync(`${path}.saving`, text);
    renameSync(`${path}.saving`, path);
  },
  backup: (text) => {
    renameSync(path, `${path}~`);
    writeFileSync(path, text);
  },
};

const isStopped = await told();

for (let note = 1; note <= (job.saves ?? Infinity) && !isStopped(); note += 1) {
  const opened = openWhole();
  await setTimeout(Math.random() * job.longestMs);
  SAVE[job.style](withNote(opened, `note-${job.person}-${note}`));
  acknowledge(`note-${job.person}-${note}`);
}

/** A person sees when the file is cut off or not there, and opens it again. */
function openWhole(): string {
  for (;;) {
    try {
      const text = readFileSync(path, 'utf8');
      if (text.endsWith('\n...\n')) return text;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}

function withNote(text: string, note: string): string {
  const user = text.indexOf(idOf(job.person));
  const line = text.indexOf('    metadata:\n', user);
  if (user === -1 || line === -1) throw new Error(`No place for a note in:\n${text}`);
  const at = line + '    metadata:\n'.length;
  return `${text.slice(0, at)}      ${note}: "by hand"\n${text.slice(at)}`;
}
