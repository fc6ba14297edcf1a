import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';

/** Whether what the user typed has the form of the schema. */
export function matches(schema: TSchema, word: string): boolean {
  return Check(schema, word);
}
