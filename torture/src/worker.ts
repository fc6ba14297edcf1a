import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { EditorJob } from './programs/editor.ts';
import type { HandJob } from './programs/hand.ts';
import type { PropertyJob } from './programs/property.ts';

/** What a program of `programs/` is to do; it begins when it is told to go. */
export type Job = EditorJob | HandJob | PropertyJob;

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** A process that acknowledges what it has done, a line for each. */
export interface Worker {
  /** What it has acknowledged so far. */
  readonly lines: readonly string[];
  /** Lets it begin. */
  go(): void;
  /** Asks it to come to an end. */
  stop(): void;
  /** SIGKILL. */
  kill(): void;
  /** Resolves once it has acknowledged so much; rejects where it ends before. */
  acknowledged(count: number): Promise<void>;
  /** Resolves when it is gone and all it said has been read. */
  readonly ended: Promise<Ended>;
  /** Like `ended`, but rejects where it failed or was killed. */
  succeeded(): Promise<void>;
}

export function startWorker(job: Job): Worker {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'programs', `${job.program}.ts`),
      JSON.stringify(job),
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    // A line that was cut off by a kill was never said.
    rest = parts.pop() ?? '';
    lines.push(...parts);
    for (const look of waiting) look();
  });
  // A killed one does not read any more.
  child.stdin.on('error', () => {});
  const stderr = text(child.stderr);
  const ended = once(child, 'close').then(async ([code]: (number | null)[]): Promise<Ended> => ({
    code: code ?? null,
    stderr: await stderr,
  }));
  const failure = async (): Promise<Error> => {
    const { code, stderr: said } = await ended;
    return new Error(`The ${job.program} ended with ${code ?? 'a signal'}:\n${said}`);
  };
  return {
    lines,
    go: () => child.stdin.write('go\n'),
    stop: () => child.stdin.end(),
    kill: () => child.kill('SIGKILL'),
    acknowledged: async (count) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = (): void => {
        if (lines.length >= count) resolve();
      };
      waiting.add(look);
      look();
      await Promise.race([promise, ended]);
      waiting.delete(look);
      if (lines.length < count) throw await failure();
    },
    ended,
    succeeded: async () => {
      if ((await ended).code !== 0) throw await failure();
    },
  };
}
