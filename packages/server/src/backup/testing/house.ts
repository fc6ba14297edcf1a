import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withFrozenConfig } from '@berth/config';
import { berthdFolder, type Berthd } from '../../testing/berthd.ts';
import { collect } from '../collect.ts';
import { saveArchive } from '../save-archive.ts';
import { tree } from './tree.ts';

export const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';

/** A configuration with all that a backup takes. */
export function house(): Promise<Berthd> {
  return berthdFolder({
    'secrets.yaml': 'registry: hunter2\n',
    [`users/${ALICE}.yaml`]: 'version: 1\nlimits: {cpus: 8}\n...\n',
    'state/.lock': '',
    'state/invites/00.json': '{"expires": "2099-01-01T00:00:00Z"}',
    'state/enrolments/11.json': '{"expires": "2099-01-01T00:00:00Z"}',
  });
}

/** All that a backup takes, as it stands there. */
export async function stand(directory: string): Promise<Record<string, string>> {
  const files = await tree(directory);
  const own = Object.entries(files).filter(
    ([path]) => !/^history\/|^schema\/|^users\/README|\.lock$/.test(path),
  );
  return Object.fromEntries(own);
}

export async function backUp(directory: string): Promise<string> {
  const path = join(dirname(directory), `${crypto.randomUUID()}.tar.gz`);
  await withFrozenConfig({ directory, onRejected: () => {} }, async ({ config, files }) => {
    const collected = await collect(directory, config.settings.stateDirectory, files);
    const { revision } = config;
    return saveArchive({ revision, time: new Date(), files: collected }, path, false);
  });
  return path;
}

/** Changes everything that a backup takes. */
export async function changeAll({
  directory,
  write,
}: Pick<Berthd, 'directory' | 'write'>): Promise<void> {
  await write('secrets.yaml', 'registry: changed\n');
  await write('containers.yaml', 'version: 1\ncontainers:\n  lab: {image: other}\n...\n');
  await rm(join(directory, 'users', `${ALICE}.yaml`));
  await rm(join(directory, 'state', 'invites', '00.json'));
  await write('state/invites/22.json', '{"expires": "2099-01-01T00:00:00Z"}');
  await rm(join(directory, 'state', 'enrolments'), { recursive: true });
}
