import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

test('every row of the security page is a test of that name', async () => {
  const page = await readFile(join(ROOT, 'docs/security.md'), 'utf8');
  const rows = [...page.matchAll(/^\| ((?:[A-Z]\/?)+: .*?) +\| .*\| `(\S+\.test\.ts)` +\|$/gm)];
  expect(rows.length).toBeGreaterThan(20);
  for (const [, attack = '', file = ''] of rows) {
    const source = await readFile(join(ROOT, file), 'utf8');
    const name = attack.replaceAll('\\', '').replaceAll("'", '’');
    expect(source, file).toContain(`test('${name}'`);
  }
});

test('every test of the security folder is a row of the security page', async () => {
  const page = (await readFile(join(ROOT, 'docs/security.md'), 'utf8')).replaceAll('\\', '');
  for (const part of ['containers', 'credentials', 'network', 'server']) {
    const source = await readFile(join(ROOT, `e2e/src/security/${part}.test.ts`), 'utf8');
    const names = [...source.matchAll(/^test\('([^']+)'/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) expect(page).toContain(`| ${name} `);
  }
});
