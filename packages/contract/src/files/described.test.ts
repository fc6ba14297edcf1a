import { expect, test } from 'vitest';
import { ClientFile } from './client-file.ts';
import { ContainersFile } from './containers-file.ts';
import { MainFile } from './main-file.ts';
import { UserFile } from './user-file.ts';
import { UsersFile } from './users-file.ts';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly pattern?: string;
  readonly patternErrorMessage?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** What an editor and an error message could not put in words, by its path. */
function mute(schema: Schema, path: string): string[] {
  const { properties = {}, patternProperties = {}, items, anyOf = [] } = schema;
  const keys = Object.entries({ ...properties, ...patternProperties });
  const keyForms = Object.keys(patternProperties).filter(
    (pattern) => schema.propertyNames?.pattern !== pattern,
  );
  return [
    ...keys.filter(([, { description = '' }]) => description === '').map(([key]) => key),
    ...keyForms.map((pattern) => `keys ${pattern}`),
    ...(schema.pattern !== undefined && schema.patternErrorMessage === undefined ? ['text'] : []),
  ]
    .map((missing) => `${path}: ${missing}`)
    .concat(
      keys.flatMap(([key, value]) => mute(value, `${path}/${key}`)),
      anyOf.flatMap((each) => mute(each, path)),
      items === undefined ? [] : mute(items, `${path}[]`),
    );
}

test.each(Object.entries({ MainFile, UsersFile, ContainersFile, UserFile, ClientFile }))(
  '%s says in words what each key means and what each text looks like',
  (name, schema) => {
    expect(mute(schema, name)).toEqual([]);
  },
);
