import { isObject, type Json } from '../json.ts';
import { writeScalar } from './scalars.ts';

/** Where new text fits in: the line end and the indentation of the text around it. */
export interface Manner {
  readonly lineEnd: string;
  /** Spaces a level. */
  readonly step: number;
}

/** Longer lines are broken up, as far as strings allow. */
const MAX_COLUMNS = 90;

/** On one line, whatever its length. */
export function writeFlow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(writeFlow).join(', ')}]`;
  if (!isObject(value)) return writeScalar(value);
  return `{${Object.entries(value)
    .map(([name, item]) => flowEntry(name, item))
    .join(', ')}}`;
}

export function flowEntry(name: string, value: Json): string {
  return `${writeScalar(name)}: ${writeFlow(value)}`;
}

/** Whether it stands on the line of its key or dash, which leaves it the columns from `column` on. */
export function fitsLine(value: Json, column: number): boolean {
  if (!isFilled(value)) return true;
  // Only the innermost lists and mappings: more in one line is hard to read and to change by hand.
  return !Object.values(value).some(isFilled) && column + writeFlow(value).length <= MAX_COLUMNS;
}

/** Whether it is a list or mapping with something in it. */
export function isFilled(value: Json): value is Json[] | Record<string, Json> {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** Lines of which the first starts where the text is put, and the others at the column. */
export function writeBlock(value: Json, column: number, manner: Manner): string {
  const between = manner.lineEnd + ' '.repeat(column);
  if (!isFilled(value)) return writeFlow(value);
  return Array.isArray(value)
    ? value.map((item) => blockItem(item, column, manner)).join(between)
    : Object.entries(value)
        .map(([name, item]) => blockEntry(name, item, column, manner))
        .join(between);
}

/** `inLines` keeps a short value off its key's line. */
export function blockEntry(
  name: string,
  value: Json,
  column: number,
  manner: Manner,
  inLines = false,
): string {
  const key = `${writeScalar(name)}:`;
  if (fitsLine(value, column + key.length + 1) && !(inLines && isFilled(value))) {
    return `${key} ${writeFlow(value)}`;
  }
  const inner = column + manner.step;
  return key + manner.lineEnd + ' '.repeat(inner) + writeBlock(value, inner, manner);
}

export function blockItem(value: Json, column: number, manner: Manner): string {
  return `- ${fitsLine(value, column + 2) ? writeFlow(value) : writeBlock(value, column + 2, manner)}`;
}
