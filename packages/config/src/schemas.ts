import { chown, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ContainersFile, MainFile, SecretsFile, UserFile, UsersFile } from '@berth/contract';
import { unlessMissing } from './disk/code.ts';
import type { Disk } from './disk/disk.ts';
import { giveToOwnerOf } from './disk/owner.ts';
import { replaceFile } from './disk/replace-file.ts';

/** What describes which file, by where it is published below the configuration folder. */
const SCHEMAS = [
  { path: 'schema/main.json', describes: 'main.yaml', schema: MainFile },
  { path: 'schema/containers.json', describes: 'containers.yaml', schema: ContainersFile },
  { path: 'schema/users.json', describes: 'users.yaml', schema: UsersFile },
  { path: 'schema/secrets.json', describes: 'secrets.yaml', schema: SecretsFile },
  { path: 'schema/user.json', describes: 'users/UUID.yaml', schema: UserFile },
];

/** The JSON Schemas with which an editor completes and checks the files, by path. */
export function publishedSchemas(): Map<string, string> {
  return new Map(
    SCHEMAS.map(({ path, describes, schema }) => {
      const document = {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: `urn:berth:${describes}`,
        title: describes,
        ...schema,
      };
      return [path, `${JSON.stringify(document, asWritten, 2)}\n`];
    }),
  );
}

/** Writes those that are missing, or of another version, and touches nothing else. */
export async function publishSchemas(directory: string, disk?: Disk): Promise<void> {
  for (const [name, text] of publishedSchemas()) {
    const path = join(directory, name);
    if ((await unlessMissing(readFile(path, 'utf8'))) === text) continue;
    await makeSchemaFolder(dirname(path));
    await replaceFile(path, text, 0o644, disk);
  }
}

/** That others may read what is in it does no harm: it is the same everywhere. */
async function makeSchemaFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  if (made === undefined) return;
  await giveToOwnerOf(dirname(folder), (uid, gid) => chown(folder, uid, gid));
}

/**
 * Our schemas describe files whose defaults are filled in: a person need not write what has one. And
 * editors divide in binary, where 0.29 is no multiple of 0.01.
 */
function asWritten(this: unknown, keyword: string, value: unknown): unknown {
  if (keyword === 'multipleOf' && typeof value === 'number' && value < 1) return undefined;
  if (keyword !== 'required' || !Array.isArray(value)) return value;
  const { properties = {} } = this as { properties?: Record<string, object> };
  return value.filter((key) => !('default' in (properties[String(key)] ?? {})));
}
