import { CORE_SCHEMA, load, YAMLException } from 'js-yaml';
import type { Json } from '../json.ts';
import type { Scalar } from './nodes.ts';

/**
 * Strings that some reader of YAML takes for something else: numbers, dates and words of YAML 1.1
 * (`on`, `1_000`, `12:30`) too, because admins' own scripts read these files as well.
 */
const OTHER_TYPES = [
  /^(?:|~|=|null|true|false|yes|no|on|off|y|n)$/i,
  /^[-+]?\.(?:inf|nan)$/i,
  /^[-+]?(?:\d[\d_]*(?:\.[\d_]*)?|\.[\d_]*)(?:e[-+]?\d+)?$/i,
  /^[-+]?0(?:x[\da-f_]+|o[0-7_]+|b[01_]+)$/i,
  /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/,
  /^\d{4}-\d\d?-\d\d?$/,
];

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;
/** What starts or holds one of these needs quotes, in a flow sequence if not everywhere. */
const STARTS_AS_SYNTAX = /^(?:---|\.\.\.|[-?:](?:\s|$)|[?:,#&*!|>'"%@`<]|\s)/;
const HOLDS_SYNTAX = /[[\]{},]|:(?:\s|$)|\s(?:#|$)/;

/** Not printable in YAML, or taken for a line break by some reader, and not escaped in JSON. */
const MORE_TO_ESCAPE = /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g;

export function writeScalar(value: null | boolean | number | string): string {
  if (typeof value !== 'string') return String(value);
  const isPlain =
    PRINTABLE.test(value) &&
    !STARTS_AS_SYNTAX.test(value) &&
    !HOLDS_SYNTAX.test(value) &&
    !OTHER_TYPES.some((type) => type.test(value));
  return isPlain ? value : doubleQuoted(value);
}

/** The new value as the old one is written, where that reads back. */
export function rewriteScalar(
  value: null | boolean | number | string,
  { style }: Scalar,
  wasString: boolean,
  inFlow: boolean,
): string {
  if (typeof value !== 'string') return writeScalar(value);
  if (style === 'double') return doubleQuoted(value);
  const single = `'${value.replaceAll("'", "''")}'`;
  if (style === 'single' && readsBack(single, value, inFlow)) return single;
  if (style === 'plain' && wasString && readsBack(value, value, inFlow)) return value;
  return writeScalar(value);
}

/** How a literal text has to end for the header to say so. */
const ENDINGS: Readonly<Record<string, RegExp>> = {
  '|': /[^\n]\n$/,
  '|-': /[^\n]$/,
  '|+': /\n$/,
};

/** The lines of a literal text that says this; undefined where the header cannot. */
export function literalLines(value: string, header: string, indent: number): string[] | undefined {
  const isLiteral = /^\S(?:\n|[^\p{Cc}\p{Cs}])*$/u.test(value);
  if (indent < 1 || !isLiteral || ENDINGS[header]?.test(value) !== true) return undefined;
  const lines = value.split('\n').map((line) => (line === '' ? '' : ' '.repeat(indent) + line));
  return header === '|-' ? lines : lines.slice(0, -1);
}

function doubleQuoted(value: string): string {
  return JSON.stringify(value).replaceAll(
    MORE_TO_ESCAPE,
    (character) => String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}

function readsBack(written: string, value: Json, inFlow: boolean): boolean {
  // Several lines would have to be indented as what is around them, and a tab needs its escape.
  if (/[\t\r\n]/.test(written)) return false;
  try {
    const source = inFlow ? `[${written}]` : `key: ${written}`;
    const read: unknown = load(source, { schema: CORE_SCHEMA });
    return JSON.stringify(read) === JSON.stringify(inFlow ? [value] : { key: value });
  } catch (error) {
    if (error instanceof YAMLException) return false;
    throw error;
  }
}
