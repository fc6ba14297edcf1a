import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '@berth/config';
import { describe, expect, test } from 'vitest';
import type { Berthd } from '../../testing/berthd.ts';
import { expectRefusal, printed, printedJson, textOf } from '../../testing/printed.ts';
import { ALICE, LAPTOP, OWN, team, USERS } from './testing/team.ts';

describe('user remove', () => {
  const WHAT = `alice (${ALICE}): their entry, 1 client (laptop), ${OWN}.`;
  const withOwn = (): Promise<Berthd> => team({ [OWN]: 'version: 1\n...\n' });

  test('asks nobody where there is nobody, and says how to agree', async () => {
    const berthd = await withOwn();
    expectRefusal(
      await berthd.run(['user', 'remove', 'alice']),
      2,
      `berthd: This removes ${WHAT} There is no terminal to ask on; to agree beforehand add --yes.\n`,
    );
    expect(await textOf(berthd, 'users.yaml')).toBe(USERS);
  });

  test('removes the entry and the own file, and says what stays in the engine', async () => {
    const berthd = await withOwn();
    expect(await printed(berthd, 'user', 'remove', 'alice', '--yes')).toBe(
      `Removed ${WHAT}
A running server ends their containers within 15 seconds. Volumes keep their files until you remove them:
  docker volume ls --filter label=io.berth.owner=${ALICE}
`,
    );
    expect((await loadConfig(berthd.directory)).accounts.size).toBe(0);
    await expect(stat(join(berthd.directory, OWN))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('gives a program what was removed', async () => {
    const berthd = await team();
    expect(await printedJson(berthd, 'user', 'remove', ALICE, '--yes')).toMatchObject({
      id: ALICE,
      clients: [{ id: LAPTOP, name: 'laptop' }],
    });
  });

  test('asks on a terminal', async () => {
    const berthd = await withOwn();
    const no = berthd.start(['user', 'remove', 'alice'], { terminal: true });
    await no.printed(/Remove alice\? \[y\/N\] $/);
    no.child.stdin.end('\n');
    expect(await no.ended).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Nothing was removed.'),
    });
    expect(await textOf(berthd, 'users.yaml')).toBe(USERS);
    const yes = berthd.start(['user', 'remove', 'alice'], { terminal: true });
    const [told] = await yes.printed(/^[^]*Remove alice\? \[y\/N\] $/);
    expect(told).toContain(`This removes ${WHAT}`);
    expect(told).toContain('A running server ends their containers');
    yes.child.stdin.end('y\n');
    expect(await yes.ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Removed ${WHAT}`),
    });
    expect((await loadConfig(berthd.directory)).accounts.size).toBe(0);
  });
});
