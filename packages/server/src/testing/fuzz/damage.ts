import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';

/** What nobody should send, and somebody will. */
const HOSTILE: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    '__proto__',
    'constructor',
    '../../etc/passwd',
    '..',
    '/',
    '\u0000',
    'a\u0000b',
    'x\n---\nseverity: fake',
    '\u001b[2J',
    '\u202e',
    '\ud800',
    'T',
    'lab?x=',
    "' OR 1=1 --",
    '${jndi:x}',
    'a'.repeat(5000),
    -1,
    0,
    1.5,
    2 ** 53,
    1e308,
    true,
    [],
    {},
    [[[[[[[[]]]]]]]],
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.jsonValue({ maxDepth: 3 }),
);

const KEYS = fc.constantFrom('privileged', '__proto__', 'labels', 'constructor', 'HostConfig', '');

/** The value, with something in it as it must not be: a part replaced, a key taken out or added. */
export function damaged(values: Arbitrary<unknown>): Arbitrary<unknown> {
  return fc
    .tuple(values, fc.infiniteStream(fc.nat()), HOSTILE, KEYS)
    .map(([value, choices, hostile, key]) => damage(value, choices, hostile, key));
}

function damage(value: unknown, choices: Iterator<number>, hostile: unknown, key: string): unknown {
  const choose = (many: number): number => (choices.next().value as number) % many;
  if (typeof value !== 'object' || value === null || choose(4) === 0) return hostile;
  const entries: [string, unknown][] = Object.entries(value);
  const at = choose(entries.length + 1);
  const chosen = entries[at];
  if (chosen === undefined) entries.push([key, hostile]);
  else if (choose(3) === 0) entries.splice(at, 1);
  else entries[at] = [chosen[0], damage(chosen[1], choices, hostile, key)];
  if (Array.isArray(value)) return entries.map(([, part]) => part);
  // `__proto__` becomes a key of its own, as JSON can have it.
  return Object.fromEntries(entries);
}
