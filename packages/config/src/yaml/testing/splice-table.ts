import { expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { spliceYaml, type Change } from '../splice.ts';

interface Case {
  readonly name: string;
  readonly before: string;
  /** Paths with slashes, and what is set there; without a value the key is taken away. */
  readonly set: readonly (readonly [path: string, value?: Json])[];
  readonly after: string;
}

/** Tests that each text becomes exactly the other, and stays so when the changes are made again. */
export function table(cases: readonly Case[]): void {
  test.each(cases)('$name', ({ before, set, after }) => {
    const changes = set.map(([path, value]): Change => ({
      path: path === '' ? [] : path.split('/'),
      value,
    }));
    const spliced = spliceYaml(before, changes);
    expect(spliced).toBe(after);
    expect(spliceYaml(spliced, changes)).toBe(after);
  });
}
