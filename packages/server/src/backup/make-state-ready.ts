import { basename, dirname, join } from 'node:path';
import { SECRETS, type Disk, unlessMissing } from '@berth/config';
import { STATE_FOLDERS } from '../state-folders.ts';
import { begin, declareReady, type Journal } from './journal.ts';
import { makeFileReady, makeFolderReady, type Move } from './moves.ts';

/**
 * Makes secrets and state of an unpacked backup ready beside those that are there, so that nothing but
 * renaming is left to do once the configuration is saved.
 *
 * @param stage where the backup was unpacked
 */
export async function makeStateReady(
  disk: Disk,
  stage: string,
  directory: string,
  about: Omit<Journal, 'moves'>,
): Promise<void> {
  const { stateDirectory } = about;
  const folders = STATE_FOLDERS.map((folder) => ({
    from: join(stage, 'state', folder),
    move: moveTo(join(stateDirectory, folder), true),
  }));
  const secrets = await moveOfSecrets(
    disk,
    join(stage, 'config', SECRETS),
    join(directory, SECRETS),
  );
  const moves = [...folders.map(({ move }) => move), ...(secrets === undefined ? [] : [secrets])];
  const journal = { ...about, moves };
  await begin(disk, stage, journal);
  for (const { from, move } of folders) await makeFolderReady(disk, from, move);
  if (secrets !== undefined) await makeFileReady(disk, join(stage, 'config', SECRETS), secrets);
  await declareReady(disk, stage, journal);
}

/** Undefined where they are the same. */
async function moveOfSecrets(disk: Disk, from: string, path: string): Promise<Move | undefined> {
  const [fresh, old] = [await contentOf(disk, from), await contentOf(disk, path)];
  const isSame = fresh === undefined || old === undefined ? fresh === old : fresh.equals(old);
  if (isSame) return undefined;
  // A link keeps leading where it leads.
  return moveTo(await disk.resolve(path), fresh !== undefined);
}

const contentOf = (disk: Disk, path: string): Promise<Buffer | undefined> =>
  unlessMissing(disk.read(path));

/** @param isComing whether anything is to stand there */
function moveTo(target: string, isComing: boolean): Move {
  const beside = join(dirname(target), `.${basename(target)}`);
  return {
    target,
    incoming: isComing ? `${beside}.incoming` : null,
    outgoing: `${beside}.outgoing`,
  };
}
