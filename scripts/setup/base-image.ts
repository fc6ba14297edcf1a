import { appendFile, mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Problem } from '@berth/contract';
import type Docker from 'dockerode';
import { commandLine } from './checkout.ts';
import { attempt, isInstalled, run } from './commands.ts';
import { finished, hasImage, withArchive } from './engine-images.ts';
import { installPackages } from './packages.ts';
import { tell } from './report.ts';

const PUBLIC_BASE = 'debian:bookworm-slim';
/** The base images that were made here; their tag is the suite. */
export const OWN_BASE = 'berth/base';
/** Where debootstrap works: it cannot stand spaces in a path, and /tmp may be small. */
const WORK_PARENT = '/var/tmp/berth-base-';

/**
 * A Debian or Ubuntu image to build on: one that is there; else from the registry; else, as root on
 * such a machine, made of its distribution’s own packages, which needs no registry.
 */
export async function baseImage(docker: Docker): Promise<string> {
  const { ID: id, VERSION_CODENAME: suite = 'stable' } = parseEnv(
    await readFile('/etc/os-release', 'utf8'),
  );
  const own = `${OWN_BASE}:${suite}`;
  for (const reference of [own, PUBLIC_BASE]) {
    if (await hasImage(docker, reference)) return reference;
  }
  const failure = await pull(docker, PUBLIC_BASE);
  if (failure === undefined) return PUBLIC_BASE;
  if (process.getuid?.() !== 0 || !(await isInstalled('apt-get'))) {
    throw new Problem(
      'image_unavailable',
      `The starter image needs ${PUBLIC_BASE}, and it cannot be pulled: ${failure}\n` +
        `Root on Debian or Ubuntu can make one of the distribution’s packages instead: sudo ${commandLine('start')}\n` +
        `Or bring it from another machine: docker save ${PUBLIC_BASE} | ssh THIS-MACHINE docker load`,
    );
  }
  tell('Starter image', `no registry answers; making ${own} with debootstrap (half a minute) …`);
  if (!(await isInstalled('debootstrap'))) await installPackages(['debootstrap']);
  await bootstrap(docker, suite, id === 'debian', own);
  return own;
}

/** Pulls an image; returns why it could not. */
async function pull(docker: Docker, reference: string): Promise<string | undefined> {
  tell('Starter image', `pulling ${reference} …`);
  try {
    await finished(docker, await docker.pull(reference));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function bootstrap(
  docker: Docker,
  suite: string,
  isDebian: boolean,
  reference: string,
): Promise<void> {
  const root = await mkdtemp(WORK_PARENT);
  // Ctrl-C ends debootstrap too, and what it made is then removed below before this process ends.
  const outlive = () => {};
  process.on('SIGINT', outlive);
  try {
    await run('debootstrap', ['--variant=minbase', suite, root]);
    if (isDebian && !['sid', 'unstable', 'stable'].includes(suite)) {
      const security = `deb http://deb.debian.org/debian-security ${suite}-security main\n`;
      await appendFile(join(root, 'etc/apt/sources.list'), security);
    }
    const leaveOut = ['./var/cache/apt/*', './var/lib/apt/lists/*', './proc/*', './sys/*'];
    const options = ['--numeric-owner', ...leaveOut.map((path) => `--exclude=${path}`)];
    const [repo = '', tag = ''] = reference.split(':');
    await withArchive(docker, options, root, (archive) =>
      docker.importImage(archive, { repo, tag }),
    );
  } finally {
    process.off('SIGINT', outlive);
    // debootstrap mounts these, and leaves them where it fails.
    for (const mount of ['proc', 'sys']) await attempt('umount', [join(root, mount)]);
    await run('rm', ['-rf', '--one-file-system', root]);
  }
}
