import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem, type UserFile } from '@berth/contract';
import { assemble } from './assemble.ts';
import type { Config } from './config.ts';
import type { Loaded } from './config-files.ts';
import { configInvalid, type Issue } from './issue.ts';
import { createValidators, type FileValidator } from './validate.ts';

/** Loads configurations; `replacing` loads one as if a file already had another text. */
export interface ConfigLoader {
  /** Throws `config_invalid` with every issue of every file. */
  load(directory: string, replacing?: ReadonlyMap<string, string>): Promise<Config>;
}

export function createConfigLoader(): ConfigLoader {
  const validators = createValidators();
  return {
    async load(directory, replacing = new Map()) {
      const texts = await readTexts(directory, replacing);
      const issues: Issue[] = [];
      const read = <T>(file: string, validate: FileValidator<T>): Loaded<T> | undefined => {
        const text = texts.get(file) ?? '';
        const result = validate(file, text);
        if (!Array.isArray(result)) return { ...result, file, text };
        issues.push(...result);
        return undefined;
      };

      const main = read('main.yaml', validators.main);
      const users = read('users.yaml', validators.users);
      const containers = read('containers.yaml', validators.containers);
      const perUser = new Map<string, Loaded<UserFile>>();
      for (const file of texts.keys()) {
        const id = /^users\/(.+)\.yaml$/.exec(file)?.[1];
        const loaded = id === undefined ? undefined : read(file, validators.user);
        if (id !== undefined && loaded !== undefined) perUser.set(id, loaded);
      }
      if (issues.length > 0 || !main || !users || !containers) throw configInvalid(issues);
      return assemble(directory, { main, users, containers, perUser }, revisionOf(texts));
    },
  };
}

/** Texts by path below the folder; `users/` is optional. */
async function readTexts(
  directory: string,
  replacing: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const names = await readdir(join(directory, 'users')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const perUser = names.filter((name) => !name.startsWith('.') && name.endsWith('.yaml'));
  const files = [
    'main.yaml',
    'users.yaml',
    'containers.yaml',
    ...perUser.toSorted().map((name) => `users/${name}`),
  ];
  const texts = new Map<string, string>();
  for (const file of files) {
    texts.set(file, replacing.get(file) ?? (await readText(directory, file)));
  }
  return texts;
}

async function readText(directory: string, file: string): Promise<string> {
  try {
    return await readFile(join(directory, file), 'utf8');
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const path = join(directory, file);
    if (error.code === 'ENOENT') {
      throw new Problem(
        'config_invalid',
        `${path} does not exist. To make a new configuration: berthd init --config ${directory}`,
        { cause: error },
      );
    }
    if (error.code === 'EACCES') {
      throw new Problem('config_invalid', `${path} may not be read by this user.`, {
        cause: error,
      });
    }
    throw error;
  }
}

function revisionOf(texts: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [file, text] of texts) hash.update(`${file}\0${text.length}\0`).update(text);
  return hash.digest('hex').slice(0, 16);
}
