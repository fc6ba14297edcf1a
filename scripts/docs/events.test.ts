import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const LOGGED = /(?:\blog\.(?:debug|info|warn|error|critical)|onFault)\(\s*'([a-z_]+)'/g;

test('the page on logs has every event that the server logs, and no other', async () => {
  const logged = new Set<string>();
  // What the log says of itself is made where it is written.
  logged.add('log_entries_lost');
  for await (const file of glob('packages/server/src/**/*.ts', { cwd: ROOT })) {
    if (file.endsWith('.test.ts')) continue;
    const source = await readFile(join(ROOT, file), 'utf8');
    for (const [, event = ''] of source.matchAll(LOGGED)) logged.add(event);
  }
  const page = await readFile(join(ROOT, 'docs/logs.md'), 'utf8');
  const told = [...page.matchAll(/^\| `([a-z]+_?[a-z_]*)` +\| (?:info|warn|error|critical) /gm)];
  expect(new Set(told.map(([, event]) => event))).toEqual(logged);
});
