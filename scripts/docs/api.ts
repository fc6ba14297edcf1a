import { apiDocument, type Operation, type Parameter } from './api-document.ts';
import { escaped, formOf, type Schema } from './forms.ts';

/** Every route and every schema of the API, as the server itself describes them. */
export async function apiPage(): Promise<string> {
  const { tags, paths, components } = await apiDocument();
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      title: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
  const chapters = tags.map(({ name, description }) => {
    const own = routes.filter(({ operation }) => operation.tags.includes(name));
    const sections = own.map(({ title, operation }) => routeSection(title, operation));
    return `## ${name[0]?.toUpperCase()}${name.slice(1)}\n\n${description}\n\n${sections.join('\n')}`;
  });
  const schemas = Object.entries(components.schemas).map(([name, schema]) =>
    schemaSection(name, schema),
  );
  return `# HTTP API

This page is made from the server’s own description (\`npm run docs\`); do not edit it by hand. Your
server shows the same at \`/docs\`, and as OpenAPI 3.1 at \`/openapi.json\`. How to use it, with
examples: [API guide](../api-guide.md).

Every failure is a [ProblemBody](#problembody), whose codes are [listed](problems.md).

${chapters.join('\n')}
## Schemas

In a key, \`[]\` stands for each item of a list, and \`*\` for a key that its content names.

${schemas.join('\n')}`;
}

function routeSection(title: string, operation: Operation): string {
  const { summary, description, parameters = [], requestBody, responses } = operation;
  const body = Object.entries(requestBody?.content ?? {}).map(
    ([type, { schema }]) => `Body: ${linked(schema)}${typed(type)}.\n`,
  );
  const answers = Object.entries(responses)
    .filter(([status]) => !status.endsWith('XX'))
    .map(([status, answer]) => {
      const contents = Object.entries(answer.content ?? {});
      const what = contents.map(([type, { schema }]) => `${linked(schema)}${typed(type)}`);
      return `- ${status}: ${what.join(' or ') || 'no body'}`;
    });
  return [
    `### ${title}\n`,
    `${summary}.\n`,
    `${description}\n`,
    parameterTable(parameters),
    ...body,
  ]
    .concat(`Answers:\n\n${answers.join('\n')}\n`)
    .filter((part) => part !== '')
    .join('\n');
}

const typed = (type: string): string => (type === 'application/json' ? '' : `, as \`${type}\``);

function parameterTable(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(
    ({ name, in: place, required, description, schema }) =>
      `| \`${name}\` | ${place}${required === true ? ', **required**' : ''} | ${linked(schema)} | ${description === undefined ? meaning(schema) : escaped(description)} |`,
  );
  return `| parameter | where | form | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

function schemaSection(name: string, schema: Schema): string {
  const rows = rowsOf(schema, '').map(
    ({ key, form, need, words }) => `| \`${key}\` | ${form} | ${need} | ${words} |`,
  );
  const table =
    rows.length === 0
      ? ''
      : `\n| key | form | | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
  return `### ${name}\n\n${[schema.description, `Form: ${linked(schema)}.`].filter((part) => part !== undefined).join(' ')}\n${table}`;
}

interface Row {
  readonly key: string;
  readonly form: string;
  readonly need: string;
  readonly words: string;
}

/** A row for each key below the schema; what has a name of its own is told there. */
function rowsOf(schema: Schema, prefix: string): Row[] {
  const { properties = {}, patternProperties = {}, required = [], items, anyOf = [] } = schema;
  const row = (key: string, part: Schema, need: string): Row[] => [
    { key, form: linked(part), need, words: meaning(part) },
    ...rowsOf(part, `${key}.`),
  ];
  return [
    ...Object.entries(properties).flatMap(([key, part]) =>
      row(`${prefix}${key}`, part, required.includes(key) ? '**required**' : 'optional'),
    ),
    ...Object.values(patternProperties).flatMap((part) => row(`${prefix}*`, part, 'optional')),
    ...(items === undefined ? [] : rowsOf(items, `${prefix.replace(/\.$/, '')}[].`)),
    ...anyOf.flatMap((part) => rowsOf(part, prefix)),
  ];
}

const meaning = ({ description = '' }: Schema): string => escaped(description);

/** The form of a value; the name of a schema leads to its section. */
function linked(schema: Schema): string {
  return formOf(schema, (name) => `[${name}](#${name.toLowerCase()})`);
}
