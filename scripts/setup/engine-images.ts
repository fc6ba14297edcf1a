import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { exitCodeOf } from './commands.ts';

/** One line of what an engine tells while it works. */
interface Line {
  readonly stream?: string;
  readonly error?: string;
}

export async function hasImage(docker: Docker, reference: string): Promise<boolean> {
  const images = await docker.listImages({ filters: { reference: [reference] } });
  return images.length > 0;
}

/** Gives the engine a folder as an archive, to import or build, and waits until it has done so. */
export async function withArchive(
  docker: Docker,
  tarOptions: readonly string[],
  folder: string,
  work: (archive: Readable) => Promise<NodeJS.ReadableStream>,
): Promise<void> {
  const tar = spawn('tar', ['-C', folder, ...tarOptions, '-c', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = exitCodeOf(tar);
  await finished(docker, await work(tar.stdout));
  const code = await exit;
  if (code !== 0) throw new Error(`tar of ${folder} ended with ${code}`);
}

/**
 * Waits until a pull, import or build is over. Throws with what the engine said where it failed: it
 * says so inside an HTTP 200.
 */
export async function finished(docker: Docker, stream: NodeJS.ReadableStream): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const said: string[] = [];
  docker.modem.followProgress(
    stream,
    (error) => (error === null ? resolve() : reject(error)),
    ({ stream: text, error }: Line) => {
      if (text !== undefined) said.push(text);
      if (error !== undefined) reject(new Error(`${said.join('')}${error}`));
    },
  );
  await promise;
}
