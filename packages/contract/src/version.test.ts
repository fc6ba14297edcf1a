import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VERSION } from './version.ts';

test('is the version in the root package.json', () => {
  const root = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  expect(JSON.parse(root)).toMatchObject({ version: VERSION });
});
