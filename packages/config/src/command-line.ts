/** Where the configuration is unless a command is told otherwise. */
export const DEFAULT_DIRECTORY = '/etc/berth';

/** What tells all commands otherwise, in their environment. */
export const DIRECTORY_VARIABLE = 'BERTH_CONFIG';

/**
 * A command of berthd that works on the configuration in this folder, for a person to give to a shell:
 * here or, with other variables, through sudo.
 */
export function commandLine(directory: string, ...words: readonly string[]): string {
  const isDefault = directory === DEFAULT_DIRECTORY && !(DIRECTORY_VARIABLE in process.env);
  const place = isDefault ? [] : ['--config', directory];
  return ['berthd', ...words, ...place].map(quoted).join(' ');
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
