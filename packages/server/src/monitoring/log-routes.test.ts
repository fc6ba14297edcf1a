import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerLogPage } from '@berth/contract';
import { expect, test } from 'vitest';
import { bearer, testApp } from '../testing/test-app.ts';

const entry = (minute: number, severity: string, more = ''): string =>
  `---\ntime: "2026-11-23T10:0${minute}:00.000Z"\nseverity: ${severity}\nevent: happened\nn: ${minute}\n${more}...\n`;

async function house() {
  const built = await testApp();
  const { directory } = built.config().settings.logging;
  await mkdir(directory, { recursive: true });
  const id = '652c67d8-aab0-4d0b-ab98-eecdca3de9eb';
  const text = [
    entry(1, 'info'),
    entry(2, 'error', `request_id: "${id}"\n`),
    '---\ntorn\n',
    entry(3, 'warn'),
  ];
  await writeFile(join(directory, 'berthd.yaml'), text.join(''));
  const headers = await built.login();
  const page = async (query: string): Promise<[unknown[], number]> => {
    const answer = await built.app.inject({ url: `/admin/logs${query}`, headers });
    expect([answer.statusCode, answer.body]).toEqual([200, answer.body]);
    const { entries, damaged } = answer.json<ServerLogPage>();
    return [entries.map(({ fields }) => fields['n']), damaged];
  };
  return { ...built, page, id };
}

test('the latest entries of the log, the oldest of them first', async () => {
  const { page, id } = await house();
  expect(await page('')).toEqual([[1, 2, 3], 1]);
  expect(await page('?limit=1')).toEqual([[3], 1]);
  expect(await page('?level=warn')).toEqual([[2, 3], 1]);
  expect(await page(`?request_id=${id}`)).toEqual([[2], 1]);
  expect(await page('?since=2026-11-23T10:02:00Z&until=2026-11-23T10:02:30Z')).toEqual([[2], 1]);
  expect(await page('?contains=N:%203')).toEqual([[3], 1]);
});

test('the log is for admins alone', async () => {
  const { app, user, person } = await house();
  const monica = await user('monica', []);
  await person('monica', { rights: ['monitor', 'admin'] });
  const answer = await app.inject({ url: '/admin/logs', headers: bearer(monica) });
  expect(answer.statusCode).toBe(403);
});
