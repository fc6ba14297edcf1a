import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { berthdFolder } from '../testing/berthd.ts';
import { printed, printedJson } from '../testing/printed.ts';

test('tells what commands have done, with the system’s user, and what a hand has', async () => {
  const berthd = await berthdFolder();
  await printed(berthd, 'user', 'add', 'bob', '--no-password');
  await berthd.write('containers.yaml', 'version: 1\ncontainers:\n  lab: {image: lab:2}\n...\n');
  await printed(berthd, 'enroll', 'invite', '--user', 'carol', '--new');
  await printed(berthd, 'admin', 'name', 'root');
  await berthd.run(['history', 'restore', '1', '--yes']);
  const { entries } = await printedJson(berthd, 'audit');
  const by = { kind: 'command', name: 'ada' };
  expect(entries).toMatchObject([
    { action: 'change_configuration', by, what: 'restore number 1', history: 5 },
    { action: 'change_configuration', by, what: 'rename the admin to root', history: 4 },
    {
      action: 'change_configuration',
      by: { kind: 'hand' },
      what: 'edit containers.yaml',
      history: 3,
    },
    { action: 'invite', by, subject: 'carol' },
    { action: 'change_configuration', by, what: 'add user bob', history: 2 },
  ]);
  const table = await printed(berthd, 'audit', '--by', 'ada', '--limit', '1');
  expect(table).toMatch(/^TIME +BY +FROM +ACTION +WHAT +OUTCOME\n.* UTC +command ada +- +change/);
  expect(table).toContain('restore number 1 (history 5)');
  const [, place = ''] = /There are older ones: .* --before (\S+)/.exec(table) ?? [];
  expect(await printed(berthd, 'audit', '--by', 'ada', '--before', place)).not.toContain(
    'restore number 1',
  );
});

test('a running server and commands share one trail', async () => {
  const berthd = await berthdFolder();
  const { url, printed: said } = await berthd.serve();
  await printed(berthd, 'user', 'add', 'bob', '--no-password');
  await fetch(new URL('/login', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'bob', password: 'wrong' }),
  });
  await berthd.write('containers.yaml', 'version: 1\ncontainers:\n  lab: {image: lab:2}\n...\n');
  await said(/config_reloaded(?:(?!config_reloaded)[^])*config_reloaded/);
  const { entries } = await printedJson(berthd, 'audit', '--limit', '3');
  expect(entries).toMatchObject([
    { by: { kind: 'hand' }, what: 'edit containers.yaml' },
    { by: { kind: 'stranger', name: 'bob' }, action: 'log_in', outcome: 'refused' },
    { by: { kind: 'command', name: 'ada' }, what: 'add user bob' },
  ]);
});

test('a command says where the trail cannot be written; what it did stands', async () => {
  const berthd = await berthdFolder();
  await printed(berthd, 'user', 'add', 'bob', '--no-password');
  const folder = join(berthd.directory, 'state', 'audit');
  await rm(folder, { recursive: true });
  await writeFile(folder, '');
  const { code, stderr } = await berthd.run(['user', 'add', 'carol', '--no-password']);
  expect(code).toBe(0);
  expect(stderr).toContain('It is done, but not in the audit trail: ENOTDIR');
});
