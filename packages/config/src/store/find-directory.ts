import { resolve } from 'node:path';
import { Problem, type MainFile } from '@berth/contract';
import { createDisk } from '../disk/exchange.ts';
import { undefinedIfForbidden } from '../disk/forbidden.ts';
import { createHistory } from '../history/history.ts';
import { createValidators } from '../validate.ts';
import type { Content } from './content.ts';
import { loadFile } from './loaded.ts';
import { isOwnFolder } from './own-folders.ts';
import { createFileReader } from './read-files.ts';

/**
 * Where the server of a configuration keeps its state, or its log, also while the configuration does not
 * load: as `main.yaml` says, or else as it said when it was last valid. Undefined where neither can be had.
 */
export async function findDirectory(
  directory: string,
  of: 'state' | 'logging',
): Promise<string | undefined> {
  const file = 'main.yaml';
  const disk = createDisk();
  const { main } = createValidators();
  const said = (content: Content | undefined): string | undefined => {
    const loaded = content && loadFile<MainFile>(file, content, main);
    if (loaded === undefined || Array.isArray(loaded)) return undefined;
    const path = resolve(directory, loaded.value[of].directory);
    return isOwnFolder(directory, path) ? undefined : path;
  };
  const live = await createFileReader(directory, disk)
    .read(file, undefined)
    .catch((error: unknown) => {
      if (error instanceof Problem) return undefined;
      return undefinedIfForbidden(error);
    });
  return said(live?.content) ?? said(await createHistory(directory, disk).copy(file));
}
