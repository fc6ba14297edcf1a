import { execFile } from 'node:child_process';
import { access, chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type Docker from 'dockerode';

const BUSYBOX = '/bin/busybox';
const APPLETS = ['cat', 'echo', 'false', 'id', 'ls', 'nc', 'sh', 'sleep', 'touch', 'true'];

/**
 * Makes sure that the engine has an image of two megabytes, made of Debian’s busybox-static alone and
 * of no registry. It stays there for the next run.
 *
 * @returns its reference
 */
export async function busyboxImage(docker: Docker): Promise<string> {
  const reference = 'berth-test-busybox:1';
  const [present] = await docker.listImages({ filters: { reference: [reference] } });
  if (present === undefined) await importBusybox(docker, reference);
  return reference;
}

/**
 * Imports busybox under a name of the caller’s.
 *
 * @param files more files, by path: different contents make a layer that no other image has
 */
export async function importBusybox(
  docker: Docker,
  reference: string,
  files: Readonly<Record<string, Uint8Array>> = {},
): Promise<void> {
  const archive = await archiveOf(files);
  const [repo, tag] = splitTag(reference);
  await finish(
    docker,
    await docker.importImage(Readable.from([archive]), {
      repo,
      tag,
      changes: ['CMD ["sleep", "600"]', 'ENV PATH=/bin'],
    }),
  );
}

/** Waits until an engine has finished what it tells of in this stream; throws when it says it failed. */
export async function finish(docker: Docker, stream: NodeJS.ReadableStream): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  docker.modem.followProgress(stream, (error, lines: readonly { error?: string }[]) => {
    const failed = lines.find((line) => line.error !== undefined);
    if (error !== null) reject(error);
    else if (failed !== undefined) reject(new Error(failed.error));
    else resolve();
  });
  await promise;
}

/** Repository and tag of a reference that has one. */
export function splitTag(reference: string): [repository: string, tag: string] {
  const colon = reference.lastIndexOf(':');
  return [reference.slice(0, colon), reference.slice(colon + 1)];
}

async function archiveOf(files: Readonly<Record<string, Uint8Array>>): Promise<Buffer> {
  await access(BUSYBOX).catch((cause: unknown) => {
    throw new Error(`${BUSYBOX} is missing; install Debian’s busybox-static.`, { cause });
  });
  const root = await mkdtemp(join(tmpdir(), 'berth-busybox-'));
  try {
    // Templates may run as any user, who must be able to enter it.
    await chmod(root, 0o755);
    for (const folder of ['bin', 'etc', 'tmp']) await mkdir(join(root, folder));
    await chmod(join(root, 'tmp'), 0o1777);
    await copyFile(BUSYBOX, join(root, 'bin/busybox'));
    for (const applet of APPLETS) await symlink('busybox', join(root, 'bin', applet));
    await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n');
    await writeFile(join(root, 'etc/group'), 'root:x:0:\n');
    for (const [path, content] of Object.entries(files)) await writeFile(join(root, path), content);
    const { stdout } = await promisify(execFile)('tar', ['-C', root, '-c', '.'], {
      encoding: 'buffer',
      maxBuffer: 256 * 1024 * 1024,
    });
    return stdout;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
