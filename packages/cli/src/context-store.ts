import { chmod, mkdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessMissing } from '@berth/config/code';
import { formatIssue, issueAt, type Issue } from '@berth/config/issue';
import { replaceFile } from '@berth/config/replace-file';
import { parseYaml } from '@berth/config/yaml';
import { ClientFile, Problem } from '@berth/contract';
import { dump } from 'js-yaml';
import { Check, Errors } from 'typebox/value';

const HEADER = '# Written by berth. It holds secrets: keep it to yourself.\n';

/** The user's own `config.yaml`: which servers they are logged in to. */
export interface ContextStore {
  readonly path: string;
  /** An absent file is an empty one. An invalid one is `config_invalid`, and is never replaced. */
  read(): Promise<ClientFile>;
  /** Replaces the file as a whole with what `change` makes of it. */
  update(change: (file: ClientFile) => ClientFile): Promise<void>;
  /** Renames the file, so that the next write starts afresh. Returns its new path. */
  setAside(): Promise<string>;
}

export interface ContextStoreOptions {
  /** The folder of `config.yaml`; made when needed. */
  readonly directory: string;
  readonly now: () => Date;
  readonly warn: (message: string) => void;
}

export function createContextStore({ directory, now, warn }: ContextStoreOptions): ContextStore {
  const path = join(directory, 'config.yaml');

  const read = async (): Promise<ClientFile> => {
    const text = await readText(path);
    if (text === undefined) return { version: 1, contexts: {} };
    await warnIfOpen();
    const parsed = parseYaml(path, text);
    if (Array.isArray(parsed)) throw invalid(path, parsed);
    const { value } = parsed;
    if (Check(ClientFile, value)) return value;
    const issues = Errors(ClientFile, value)
      // Each unknown key also has an error of its own, which knows its place.
      .filter((error) => error.keyword !== 'additionalProperties')
      .map((error) => {
        const keys = error.instancePath.split('/').slice(1);
        const isUnknown = error.keyword === 'boolean';
        const offset = parsed.locate(keys, isUnknown ? 'key' : 'value');
        return issueAt(
          path,
          text,
          offset,
          isUnknown ? `unknown key "${keys.at(-1)}"` : error.message,
        );
      });
    throw invalid(path, issues);
  };

  const warnIfOpen = async (): Promise<void> => {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) {
      warn(`Others can read the secrets in ${path}. Close it: chmod 600 ${path}`);
    }
  };

  return {
    path,
    read,
    update: async (change) => {
      const file = change(await read());
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await replaceFile(path, `${HEADER}${dump(file, { lineWidth: -1 })}...\n`);
      } catch (error) {
        throw unusable(path, 'written', error);
      }
    },
    setAside: async () => {
      const aside = `${path}.broken-${now().toISOString().replaceAll(/[:.]/g, '-')}`;
      await rename(path, aside);
      await chmod(aside, 0o600);
      return aside;
    },
  };
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await unlessMissing(readFile(path, 'utf8'));
  } catch (error) {
    throw unusable(path, 'read', error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of its path is not a folder',
  EEXIST: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
};

function unusable(path: string, verb: 'read' | 'written', error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  const reason = REASONS[String(error.code)];
  if (reason === undefined) return error;
  return new Problem(
    'config_invalid',
    `${path} cannot be ${verb}: ${reason}.\nCorrect that, or set XDG_CONFIG_HOME to another folder.`,
    { cause: error },
  );
}

function invalid(path: string, issues: readonly Issue[]): Problem {
  return new Problem(
    'config_invalid',
    `${path} is not valid.\n${issues.map(formatIssue).join('\n')}\nCorrect it, or start afresh: berth login --reset URL (keeps this file beside the new one).`,
    { details: { file: path } },
  );
}
