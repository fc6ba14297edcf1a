import { randomBytes } from 'node:crypto';
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { busyboxImage, testEngine, type TestEngine } from '@berth/testbed';
import { run } from './programs.ts';

/** What every measurement works with. */
export interface Bench {
  /** For this run alone; removed at its end. */
  readonly folder: string;
  /** The programs that users install. */
  readonly berth: string;
  readonly berthd: string;
  readonly docker: string;
  readonly wrk: string;
  readonly engine: TestEngine;
  readonly image: string;
  /** First part of every name in the engine; no other run uses it. */
  readonly prefix: string;
  /** Fires when no more measurements are wanted. */
  readonly signal: AbortSignal;
  /** Tells the person what is going on. */
  readonly tell: (line: string) => void;
}

const BUNDLE = join(import.meta.dirname, '../../scripts/bundle.ts');

/** Finds what is needed, or says what is missing, and builds the programs in a folder of its own. */
export async function openBench(
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<Bench & AsyncDisposable> {
  // The one that came with the engine, where several are installed.
  const docker = await findProgram('docker', 'docker.io', ['/usr/bin']);
  const wrk = await findProgram('wrk', 'wrk');
  const engine = await testEngine();
  const image = await busyboxImage(engine.docker);
  const folder = await mkdtemp(join(tmpdir(), 'berth-bench-'));
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    tell('Building the programs …');
    await run(process.execPath, [BUNDLE, folder], { signal });
    for (const name of ['berth', 'berthd']) await dropFromCache(join(folder, name), signal);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    folder,
    berth: join(folder, 'berth'),
    berthd: join(folder, 'berthd'),
    docker,
    wrk,
    engine,
    image,
    prefix: `b${randomBytes(4).toString('hex')}`,
    signal,
    tell,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * Has the kernel forget a file that was just written, and read it again as after a boot: until then it
 * maps it in larger pieces, and 24 MB more of a program count as resident.
 */
async function dropFromCache(file: string, signal: AbortSignal): Promise<void> {
  await run('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { signal });
}

/** Where a program is. Throws, naming Debian’s package, where it is not installed. */
async function findProgram(
  name: string,
  debianPackage: string,
  preferred: readonly string[] = [],
): Promise<string> {
  const path = (process.env['PATH'] ?? '').split(delimiter);
  for (const folder of [...preferred, ...path]) {
    const file = join(folder, name);
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  throw new Error(`${name} is missing. Install it first: apt-get install ${debianPackage}`);
}
