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

/** As much of a JSON Schema as our files use. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly patternErrorMessage?: string;
  readonly propertyNames?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
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

function formOf(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(formOf).join(' or ');
  switch (schema.type) {
    case 'array': {
      const item = formOf(schema.items ?? {});
      const count = bounds(schema.minItems, schema.maxItems).replace(/^, /, ' (items: ');
      const once = schema.uniqueItems === true ? ', each once' : '';
      return `list of ${item === 'mapping' ? 'mappings' : item}${once}${count && `${count})`}`;
    }
    case 'object':
      return 'mapping';
    case 'integer':
    case 'number': {
      const steps = schema.multipleOf === undefined ? '' : `, in steps of ${schema.multipleOf}`;
      return `${schema.type}${bounds(schema.minimum, schema.maximum)}${steps}`;
    }
    case 'boolean':
      return '`true`, `false`';
    case 'null':
      return '`null`';
    case 'string':
      return formOfText(schema);
    default:
      throw new Error(`The page knows no form for ${JSON.stringify(schema)}`);
  }
}

function formOfText(schema: Schema): string {
  const { pattern, patternErrorMessage = '', minLength, maxLength } = schema;
  const known = FORMS.find((form) => form.schema.pattern === pattern && pattern !== undefined);
  if (known !== undefined) return known.name;
  const words = escaped(patternErrorMessage.replace(/^must be /, ''));
  return `text${bounds(minLength, maxLength, ' characters')}${words === '' ? '' : `: ${words}`}`;
}

function bounds(least: number | undefined, most: number | undefined, unit = ''): string {
  if (least === undefined && most === undefined) return '';
  if (most === undefined) return `, at least ${least}${unit}`;
  return least === undefined ? `, at most ${most}${unit}` : `, ${least} to ${most}${unit}`;
}

function code(value: unknown): string {
  return `\`${escaped(typeof value === 'string' && value !== '' ? value : JSON.stringify(value))}\``;
}

/** A bar would end the cell, also inside code. */
function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
