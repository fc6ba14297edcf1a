import { createDisk } from '../disk/exchange.ts';
import { createHistory } from '../history/history.ts';
import { withWayBack } from '../history/way-back.ts';
import { MOST_ISSUES } from '../issue.ts';
import { createValidators } from '../validate.ts';
import type { Config } from './config.ts';
import type { Content } from './content.ts';
import { untilWhole } from './half-written.ts';
import { createFileReader } from './read-files.ts';
import { createNextState } from './state.ts';

/**
 * Reads the configuration as it stands on the disk, and touches nothing. Throws `config_invalid` with
 * the issues of all files.
 *
 * @param mostIssues that are told
 */
export async function loadConfig(directory: string, mostIssues = MOST_ISSUES): Promise<Config> {
  const history = createHistory(directory, createDisk());
  return untilWhole(async () => {
    const live = await readContents(directory);
    return withWayBack(() => configOf(directory, live, mostIssues), { directory, history, live });
  });
}

/** All files of a configuration, valid or not. */
export async function readContents(directory: string): Promise<Map<string, Content>> {
  const reader = createFileReader(directory, createDisk());
  const contents = new Map<string, Content>();
  for (const file of await reader.list()) {
    const seen = await reader.read(file, undefined);
    if (seen !== undefined) contents.set(file, seen.content);
  }
  return contents;
}

/** What these files say if they stand in this folder. Throws `config_invalid`. */
export function configOf(
  directory: string,
  contents: ReadonlyMap<string, Content>,
  mostIssues = MOST_ISSUES,
): Config {
  return createNextState(directory, createValidators(), mostIssues)(undefined, contents).config;
}
