import { createDisk } from '../disk/exchange.ts';
import { createHistory } from '../history/history.ts';
import { withWayBack } from '../history/way-back.ts';
import { createValidators } from '../validate.ts';
import type { Config } from './config.ts';
import type { Content } from './content.ts';
import { createFileReader } from './read-files.ts';
import { createNextState } from './state.ts';

/**
 * Reads the configuration as it stands on the disk, and touches nothing. Throws `config_invalid` with
 * every issue of every file.
 */
export async function loadConfig(directory: string): Promise<Config> {
  const disk = createDisk();
  const reader = createFileReader(directory, disk);
  const contents = new Map<string, Content>();
  for (const file of await reader.list()) {
    const seen = await reader.read(file, undefined);
    if (seen !== undefined) contents.set(file, seen.content);
  }
  const nextState = createNextState(directory, createValidators());
  const history = createHistory(directory, disk);
  const load = (): Config => nextState(undefined, contents).config;
  return withWayBack(load, { directory, history, live: contents });
}
