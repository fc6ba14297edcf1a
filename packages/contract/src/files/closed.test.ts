import { expect, test } from 'vitest';
import { ClientFile } from './client-file.ts';
import { ContainersFile } from './containers-file.ts';
import { MainFile } from './main-file.ts';
import { UserFile } from './user-file.ts';
import { UsersFile } from './users-file.ts';

/** Paths of the objects in a schema that take keys it does not name. */
function open(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const isOpen =
    'type' in schema &&
    schema.type === 'object' &&
    (!('additionalProperties' in schema) || schema.additionalProperties !== false);
  const below = Object.entries(schema).flatMap(([key, each]) => open(each, `${path}/${key}`));
  return isOpen ? [path, ...below] : below;
}

test.each(Object.entries({ MainFile, UsersFile, ContainersFile, UserFile, ClientFile }))(
  '%s refuses unknown keys at every depth',
  (name, schema) => {
    expect(open(schema, name)).toEqual([]);
  },
);
