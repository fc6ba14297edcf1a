import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem, SecretsFile } from '@berth/contract';
import { dump } from 'js-yaml';
import { Check, Errors } from 'typebox/value';
import { unlessMissing } from './disk/code.ts';
import { withLock } from './disk/lock.ts';
import { replaceFile } from './disk/replace-file.ts';
import { formatIssue, issueAt } from './issue.ts';
import { parseYaml } from './yaml.ts';

/** What an admin gives besides the configuration, never in its history. */
export const SECRETS = 'secrets.yaml';

const HEADER = `\
# yaml-language-server: $schema=schema/secrets.json
# secrets.yaml: written by berthd, and never in the history. Keep it to yourself: mode 0600.
`;

const NONE: SecretsFile = { version: 1 };

/** A missing file has no secrets. Throws `config_invalid` for one that does not load. */
export async function readSecrets(directory: string): Promise<SecretsFile> {
  const path = join(directory, SECRETS);
  const text = await unlessMissing(readFile(path, 'utf8'));
  if (text === undefined) return NONE;
  const parsed = parseYaml(SECRETS, text);
  if (Array.isArray(parsed)) throw invalid(path, parsed.map(formatIssue));
  if (Check(SecretsFile, parsed.value)) return parsed.value;
  const issues = Errors(SecretsFile, parsed.value).map(({ instancePath, message }) =>
    formatIssue(issueAt(SECRETS, text, parsed.locate(instancePath.split('/').slice(1)), message)),
  );
  throw invalid(path, issues);
}

/**
 * Replaces the file as a whole, under the configuration’s lock. `change` returns what is to stand there,
 * and undefined where nothing is to change. Returns whether anything was changed.
 */
export async function changeSecrets(
  directory: string,
  change: (secrets: SecretsFile) => SecretsFile | undefined,
): Promise<boolean> {
  return withLock(directory, async () => {
    const next = change(await readSecrets(directory));
    if (next === undefined) return false;
    await replaceFile(join(directory, SECRETS), `${HEADER}${dump(next, { lineWidth: -1 })}...\n`);
    return true;
  });
}

/** Whether others than its owner can read or change the file. */
export async function areSecretsOpen(directory: string): Promise<boolean> {
  const found = await unlessMissing(stat(join(directory, SECRETS)));
  return found !== undefined && (found.mode & 0o077) !== 0;
}

const invalid = (path: string, issues: readonly string[]): Problem =>
  new Problem(
    'config_invalid',
    `${path} is not valid. Until it is, nobody can log in with a password.\n${issues.join('\n')}`,
    { details: { file: SECRETS } },
  );
