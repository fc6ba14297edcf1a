import { isDeepStrictEqual } from 'node:util';
import { Problem } from '@berth/contract';
import * as fc from 'fast-check';
import { accidents, afterAccident } from '../../testing/accidents.ts';
import { createValidators } from '../../validate.ts';
import {
  afterEdit,
  joined,
  PEOPLE,
  peopleTexts,
  tidyEdits,
} from '../../yaml/testing/people-text.ts';
import { contentOf, type Content } from '../content.ts';
import { createNextState, type Changes, type State } from '../state.ts';

const nextState = createNextState('/config', createValidators());

const mainText = fc
  .tuple(
    fc.constantFrom('limits: {per_user: {containers: 2, cpus: 1, memory: 1g, pids: 9}}\n', ''),
    fc.constantFrom(
      ...Array.from({ length: 40 }, () => ''),
      'ports: {range: 9-1}\n',
      'nosuch: 1\n',
    ),
  )
  .map(
    (more) =>
      `version: 1\nadmin: {username: admin, password_hash: "$pbkdf2-sha256$i=600000,l=32$${'A'.repeat(22)}$${'A'.repeat(43)}"}\n${more.join('')}...\n`,
  );

const [LAB, SHELL, GPU] = [
  '  lab:\n    image: lab\n',
  '  shell: {image: s}\n',
  '  gpu: {image: g}\n',
];
const containersText = fc
  .constantFrom([LAB, SHELL], [SHELL, LAB], [LAB, SHELL, GPU], [LAB, SHELL], [GPU, LAB])
  .map((templates) => `version: 1\ncontainers:\n${templates.join('')}...\n`);

const ownText = fc
  .subarray(
    [
      'containers: {allow: [shell], deny: [lab]}\n',
      'limits: {cpus: 8}\n',
      'overrides: {lab: {persist: true}}\n',
    ],
    { minLength: 0 },
  )
  .map((parts) => `version: 1\n${parts.join('')}...\n`);

const ownFile = fc.constantFrom(...PEOPLE.slice(0, 2)).map((id) => `users/${id}.yaml`);

const mainFile = fc.constantFrom('users.yaml', 'containers.yaml', 'main.yaml');

/** What a step does to the files. What `mishap` does is undone for the next one. */
const steps = fc.array(
  fc.record(
    {
      main: mainText,
      containers: containersText,
      tidy: tidyEdits,

      own: fc.array(fc.tuple(ownFile, fc.option(ownText)), { maxLength: 2 }),
      mishap: fc.option(fc.tuple(fc.oneof(mainFile, ownFile), accidents), {
        freq: 1,
      }),
    },
    { requiredKeys: [] },
  ),
  { minLength: 1, maxLength: 6 },
);

/**
 * Changes all files again and again, and throws, with the seed, where the state that goes by the one
 * before is not what loading everything gives: other people, another revision, other errors. Returns
 * how many of the states were valid.
 */
export function checkReloads(runs: number, seed?: number): number {
  let valid = 0;
  const property = fc.property(peopleTexts, steps, (people, changes) => {
    let users = people;
    const files = new Map([
      ['main.yaml', fc.sample(mainText, { numRuns: 1, seed: 1 })[0] ?? ''],
      ['containers.yaml', 'version: 1\ncontainers: {shell: {image: s}, lab: {image: l}}\n...\n'],
    ]);
    let state: State | undefined;
    for (const step of changes) {
      if (step.main !== undefined) files.set('main.yaml', step.main);
      if (step.containers !== undefined) files.set('containers.yaml', step.containers);
      if (step.tidy !== undefined) users = afterEdit(users, step.tidy);
      files.set('users.yaml', joined(users).toString('latin1'));
      for (const [file, text] of step.own ?? []) {
        if (text === null) files.delete(file);
        else files.set(file, text);
      }
      const bytes = new Map<string, Buffer>(
        [...files].map(([file, text]) => [file, Buffer.from(text, 'latin1')]),
      );
      const [damaged, accident] = step.mishap ?? [];
      if (damaged !== undefined && accident !== undefined) {
        bytes.set(damaged, afterAccident(bytes.get(damaged) ?? Buffer.alloc(0), accident));
      }
      const afresh = outcomeOf(
        undefined,
        new Map([...bytes].map(([file, one]) => [file, contentOf(file, one)])),
      );
      const next = outcomeOf(state, changesTo(state, bytes));
      const story = JSON.stringify([...bytes].map(([file, one]) => [file, one.toString()]));
      if (!isDeepStrictEqual(shown(next), shown(afresh))) {
        throw new Error(
          `${JSON.stringify(shown(next))}, not ${JSON.stringify(shown(afresh))}: ${story}`,
        );
      }
      if (next instanceof Problem) continue;
      valid += 1;
      state = next;
    }
  });
  fc.assert(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
  return valid;
}

/** As the store finds them: what is the same by its digest is no change. */
function changesTo(state: State | undefined, files: ReadonlyMap<string, Buffer>): Changes {
  const changes = new Map<string, Content | undefined>();
  for (const [file, bytes] of files) {
    const known = state?.contents.get(file);
    const content = contentOf(file, bytes, known);
    if (content.digest !== known?.digest) changes.set(file, content);
  }
  for (const file of state?.contents.keys() ?? [])
    if (!files.has(file)) changes.set(file, undefined);
  return changes;
}

function outcomeOf(previous: State | undefined, changes: Changes): State | Problem {
  try {
    return nextState(previous, changes);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

function shown(outcome: State | Problem): unknown {
  if (outcome instanceof Problem) return outcome.message.split('\n');
  const { revision, settings, templates, accounts, accountByName, accountOfClient } =
    outcome.config;
  return {
    revision,
    settings,
    templates: Object.fromEntries(templates),
    accounts: Object.fromEntries(accounts),
    names: Object.fromEntries([...accountByName].map(([name, { id }]) => [name, id])),
    clients: Object.fromEntries([...accountOfClient].map(([client, { id }]) => [client, id])),
    sizes: [accounts.size, accountByName.size, accountOfClient.size],
    files: [...outcome.contents.keys()].toSorted(),
  };
}
