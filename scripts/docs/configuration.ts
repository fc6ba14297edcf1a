import {
  ByteSize,
  ClientFile,
  ContainersFile,
  Duration,
  MainFile,
  Name,
  SecretHash,
  Timestamp,
  UserFile,
  UsersFile,
  Uuid,
} from '@berth/contract';
import { MEANINGS } from './meanings.ts';

/** As much of a JSON Schema as our files use. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

/** Texts of a form that many keys share; each is explained once. */
const FORMS: readonly { readonly name: string; readonly schema: Schema }[] = [
  { name: 'name', schema: Name },
  { name: 'UUID', schema: Uuid },
  { name: 'size', schema: ByteSize },
  { name: 'duration', schema: Duration },
  { name: 'time', schema: Timestamp },
  { name: 'hash', schema: SecretHash },
];

const FILES: readonly { readonly file: string; readonly about: string; readonly schema: Schema }[] =
  [
    { file: 'main.yaml', about: 'The server’s own settings.', schema: MainFile },
    { file: 'containers.yaml', about: 'The templates, by name.', schema: ContainersFile },
    { file: 'users.yaml', about: 'The people, by UUID.', schema: UsersFile },
    {
      file: 'users/UUID.yaml',
      about: 'What is particular to one user. The file is named after the user’s UUID.',
      schema: UserFile,
    },
    {
      file: 'config.yaml',
      about:
        'The user’s own file, on the user’s machine. `berth login` writes it; there is no need to edit it.',
      schema: ClientFile,
    },
  ];

/** Every key of every file, from the schemas that the programs validate with. */
export function configurationPage(): string {
  const forms = FORMS.map(
    ({ name, schema }) =>
      `| ${name} | ${schema.description ?? ''} | \`${escaped(schema.pattern ?? '')}\` |`,
  );
  const files = FILES.map(({ file, about, schema }) => {
    const rows = explained(file, rowsOf(schema, '')).map(
      ({ key, form, fallback, meaning }) =>
        `| \`${key}\` | ${form} | ${fallback} | ${escaped(meaning)} |`,
    );
    return `## ${file}

${about}

| key | form | default | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
  });
  return `# Configuration files

This page is made from the schemas (\`npm run docs\`); do not edit it by hand. How to work with the
files is in the [admin guide](../admin-guide.md#the-configuration-folder).

Every file is one YAML document, which says \`version: 1\` and whose last line is \`...\`. Unknown keys
are errors. Anchors, aliases and tags are not allowed. In a key, \`NAME\` and \`UUID\` stand for a key of
your own, and \`[]\` for each item of a list. What is required is so only where the mapping around it
is given.

## Forms

| form | in words | exactly |
| --- | --- | --- |
${forms.join('\n')}

${files.join('\n')}`;
}

interface Row {
  readonly key: string;
  readonly form: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** The rows with what `MEANINGS` adds. Throws where a key is left unexplained, or is not there. */
function explained(file: string, rows: readonly Row[]): Row[] {
  const meanings = MEANINGS[file] ?? {};
  const stray = Object.keys(meanings).filter((key) => rows.every((row) => row.key !== key));
  const all = rows.map((row) => ({ ...row, meaning: meanings[row.key] ?? row.meaning }));
  const bare = all.filter(({ meaning }) => meaning === '').map(({ key }) => key);
  if (stray.length + bare.length === 0) return all;
  throw new Error(
    `scripts/docs/meanings.ts, ${file}: missing ${bare.join(', ') || 'none'}; not there: ${stray.join(', ') || 'none'}`,
  );
}

/** A row for each key below the schema, in the order of the schema. */
function rowsOf(schema: Schema, prefix: string): Row[] {
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    if (name === 'version') return [];
    const isRequired = schema.required?.includes(name) === true;
    return rowOf(`${prefix}${name}`, value, isRequired);
  });
  const keyed = Object.entries(schema.patternProperties ?? {}).flatMap(([pattern, value]) => {
    const form = FORMS.find(({ schema: known }) => known.pattern === pattern);
    const name = (form?.name ?? 'name').toUpperCase();
    return value.properties === undefined ? [] : rowsOf(value, `${prefix}${name}.`);
  });
  return [...named, ...keyed];
}

function rowOf(key: string, schema: Schema, isRequired: boolean): Row[] {
  const below = [
    ...rowsOf(schema, `${key}.`),
    ...(schema.items === undefined ? [] : rowsOf(schema.items, `${key}[].`)),
  ];
  const isOwn = FORMS.every((form) => form.schema.description !== schema.description);
  const meaning = isOwn ? (schema.description ?? '') : '';
  // A mapping that says no more than its keys do needs no row of its own.
  if (schema.properties !== undefined && meaning === '') return below;
  return [
    {
      key,
      form: formOf(schema),
      fallback: fallbackOf(schema, isRequired),
      meaning,
    },
    ...below,
  ];
}

function formOf(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(formOf).join(' or ');
  switch (schema.type) {
    case 'array': {
      const item = formOf(schema.items ?? {});
      return `list${item === 'mapping' ? '' : ` of ${item}`}${bounds(schema.minItems, schema.maxItems)}`;
    }
    case 'object':
      return 'mapping';
    case 'integer':
    case 'number':
      return `${schema.type}${bounds(schema.minimum, schema.maximum)}`;
    case 'boolean':
      return '`true`, `false`';
    case 'null':
      return '`null`';
    case 'string': {
      const form = FORMS.find(({ schema: known }) => known.pattern === schema.pattern);
      return form?.name ?? `text${bounds(undefined, schema.maxLength)}`;
    }
    default:
      throw new Error(`The page knows no form for ${JSON.stringify(schema)}`);
  }
}

function bounds(least: number | undefined, most: number | undefined): string {
  if (least === undefined && most === undefined) return '';
  if (most === undefined) return `, at least ${least}`;
  return least === undefined ? `, at most ${most}` : `, ${least} to ${most}`;
}

function fallbackOf({ default: fallback }: Schema, isRequired: boolean): string {
  if (fallback !== undefined) return code(fallback);
  return isRequired ? '**required**' : 'optional';
}

function code(value: unknown): string {
  return `\`${escaped(typeof value === 'string' && value !== '' ? value : JSON.stringify(value))}\``;
}

/** A bar would end the cell, also inside code. */
function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
