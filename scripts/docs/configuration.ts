import {
  ClientFile,
  ContainersFile,
  MainFile,
  SecretsFile,
  UserFile,
  UsersFile,
} from '@berth/contract';
import { code, escaped, formOf, FORMS, type Schema } from './forms.ts';
const FILES: readonly { readonly file: string; readonly more?: string; readonly schema: Schema }[] =
  [
    { file: 'main.yaml', schema: MainFile },
    { file: 'containers.yaml', schema: ContainersFile },
    { file: 'users.yaml', schema: UsersFile },
    {
      file: 'users/UUID.yaml',
      more: 'The file is named after the user’s UUID.',
      schema: UserFile,
    },
    {
      file: 'secrets.yaml',
      more: '`berthd` writes it, with the mode 0600; there is no need to edit it.',
      schema: SecretsFile,
    },
    {
      file: 'config.yaml',
      more: '`berth login` writes it; there is no need to edit it.',
      schema: ClientFile,
    },
  ];

/** Every key of every file, from the schemas that the programs validate with. */
export function configurationPage(): string {
  const forms = FORMS.map(
    ({ name, schema }) =>
      `| ${name} | ${schema.description ?? ''} | \`${escaped(schema.pattern ?? '')}\` |`,
  );
  const files = FILES.map(({ file, more = '', schema }) => {
    const rows = rowsOf(schema, '').map(
      ({ key, form, fallback, meaning }) =>
        `| \`${key}\` | ${form} | ${fallback} | ${escaped(meaning)} |`,
    );
    return `## ${file}

${`${schema.description} ${more}`.trim()}

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

/** A row for each key below the schema, in the order of the schema. */
function rowsOf(schema: Schema, prefix: string): Row[] {
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    const isRequired = schema.required?.includes(name) === true;
    return rowOf(`${prefix}${name}`, value, isRequired ? '**required**' : 'optional');
  });
  const keyed = Object.values(schema.patternProperties ?? {}).flatMap((value) => {
    const form = FORMS.find(({ schema: known }) => known.pattern === schema.propertyNames?.pattern);
    return rowOf(`${prefix}${(form?.name ?? 'name').toUpperCase()}`, value, 'optional');
  });
  return [...named, ...keyed];
}

function rowOf(key: string, schema: Schema, otherwise: string): Row[] {
  return [
    {
      key,
      form: formOf(schema),
      fallback: schema.default === undefined ? otherwise : code(schema.default),
      meaning: schema.description ?? '',
    },
    ...rowsOf(schema, `${key}.`),
    ...(schema.items === undefined ? [] : rowsOf(schema.items, `${key}[].`)),
  ];
}
