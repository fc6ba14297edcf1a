import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { VALID } from '../../testing/folder.ts';
import { BOB, BOBS_FILE, TEAM_TEMPLATES, TEAM_USERS } from '../../testing/team.ts';

/** A folder with these files, and the rest of a small configuration that loads; gone afterwards. */
export async function inFolder<T>(
  files: Readonly<Record<string, string | Buffer>>,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-trial-'));
  try {
    for (const [file, text] of Object.entries({ ...VALID, ...files })) {
      const path = join(directory, file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      // Long ago, so that the same operations follow every time.
      await utimes(path, 1e9, 1e9);
    }
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

const TEAM: Readonly<Record<string, string>> = {
  'users.yaml': TEAM_USERS,
  'containers.yaml': TEAM_TEMPLATES,
  [`users/${BOB}.yaml`]: BOBS_FILE,
};

/** That of a small team. */
export const inTeamFolder = <T>(work: (directory: string) => Promise<T>): Promise<T> =>
  inFolder(TEAM, work);
