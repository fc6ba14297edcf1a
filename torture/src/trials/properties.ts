import type { Arena } from '../arena.ts';
import type { PropertyJob } from '../programs/property.ts';

/** Random input for one of the properties that the tests try on less. */
export async function tryProperty(
  arena: Arena,
  property: PropertyJob['property'],
  runs: number,
): Promise<string> {
  const worker = arena.start({ program: 'property', property, runs });
  worker.go();
  await worker.succeeded();
  return worker.lines.join('\n');
}
