import type { Account, Config } from '@berth/config';
import type { Override, Template } from '@berth/contract';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createConfigViews, createLookAlike } from './view.ts';

const NAMES = ['gpu', 'lab', 'shell'];

const template = fc.record({
  image: fc.constantFrom('a', 'b'),
  volumes: fc.constantFrom([], [{ name: 'home', target: '/home', persistent: false }]),
  env: fc.constantFrom({}, { A: '1' }),
  cpus: fc.constantFrom(1, 2),
});

const override = fc.constantFrom<(Override | undefined)[]>(
  undefined,
  {},
  { env: { B: '2' } },
  { persist: true },
  { resources: { cpus: 1 } },
  { resources: { cpus: 2 } },
);

const side = fc.record({
  templates: fc.record({ gpu: template, lab: template, shell: template }),
  username: fc.constantFrom('alice', 'anna'),
  limits: fc.constantFrom(
    { containers: 1, cpus: 1 },
    { cpus: 1, containers: 1 },
    { containers: 2, cpus: 1 },
  ),
  allowed: fc.shuffledSubarray(NAMES),
  overrides: fc.dictionary(fc.constantFrom(...NAMES), override),
  disabled: fc.boolean(),
});

type Side = typeof side extends fc.Arbitrary<infer T> ? T : never;

/** As much of a configuration as a user is shown. */
const configOf = ({ templates }: Side): Config =>
  ({
    templates: new Map(
      Object.entries(templates).map(([name, { image, volumes, env, cpus }]) => {
        const resources = { cpus, memory: '1g', pids: 1 };
        const whole = { description: '', image, env, resources, volumes, network: { ports: [] } };
        return [name, whole as unknown as Template];
      }),
    ),
  }) as unknown as Config;

const accountOf = ({ username, limits, allowed, overrides, disabled }: Side): Account =>
  ({
    id: 'x',
    username,
    limits,
    templates: new Set(allowed),
    overrides,
    disabled,
  }) as unknown as Account;

test('two accounts look alike just where their revisions are the same', () => {
  const seen = { alike: 0, other: 0 };
  const some = fc.tuple(side, side).chain(([one, other]) =>
    fc.subarray(Object.keys(one) as (keyof Side)[], { maxLength: 3 }).map((changed) => {
      const later = { ...one };
      for (const key of changed) Object.assign(later, { [key]: other[key] });
      return [one, later] as const;
    }),
  );
  fc.assert(
    fc.property(some, ([one, other]) => {
      const [before, after] = [configOf(one), configOf(other)];
      const [earlier, later] = [accountOf(one), accountOf(other)];
      const revision = (config: Config, account: Account): string =>
        createConfigViews(() => config)(account).revision;
      const isSame = revision(before, earlier) === revision(after, later);
      seen[isSame ? 'alike' : 'other'] += 1;
      expect(createLookAlike(before, after)(earlier, later)).toBe(isSame);
    }),
    { numRuns: 2000 },
  );
  expect(Math.min(seen.alike, seen.other)).toBeGreaterThan(200);
});
