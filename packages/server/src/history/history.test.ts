import type { HistoryChange, HistoryList, Restored, RestorePreview } from '@berth/contract';
import { describe, expect, test } from 'vitest';
import { refusedStatuses, sendAs } from '../testing/as-admin.ts';
import { bearer, testApp } from '../testing/test-app.ts';

async function withChanges() {
  const house = await testApp();
  const alice = await house.user('alice', ['lab']);
  const send = await sendAs(house);
  const id = house.config().accountByName.get('alice')?.id ?? '';
  const { changes } = (await send('GET', '/admin/history')).json<HistoryList>();
  return { house, alice, send, id, number: changes[0]?.number ?? 0 };
}

describe('the history', () => {
  test('tells who changed what, the newest first, and what a change did', async () => {
    const { send, id, number } = await withChanges();
    await send('PATCH', `/admin/users/${id}`, { metadata: { team: 'vision' } });
    const list = (await send('GET', '/admin/history?limit=1')).json<HistoryList>();
    expect(list).toMatchObject({
      changes: [{ number: number + 1, by: 'admin', files: ['users.yaml'] }],
      older: expect.any(Number),
      rejected: [],
    });
    const answer = await send('GET', `/admin/history/${number + 1}`);
    const { files } = answer.json<HistoryChange>();
    expect(files[0]?.lines.join('\n')).toMatch(/^\+.*team: vision/m);
    const made = (await send('GET', `/admin/history/${number}`)).body;
    expect(made).toContain('(hidden)');
    expect(made).not.toContain('sha256:');
  });

  test('is restored, and what that lets in is told before', async () => {
    const { house, alice, send, id, number } = await withChanges();
    await send('DELETE', `/admin/users/${id}?volumes=keep`);
    const pings = async () =>
      (await house.app.inject({ url: '/ping', headers: bearer(alice) })).statusCode;
    expect(await pings()).toBe(401);
    const url = `/admin/history/${number}/restore`;
    const preview = (await send('GET', url)).json<RestorePreview>();
    expect(preview.let_in).toMatchObject([{ id: alice.clientId, user: 'alice' }]);
    expect(preview.files).toMatchObject([{ file: 'users.yaml', change: 'changed' }]);
    expect(await pings()).toBe(401);

    const restored = (await send('POST', url)).json<Restored>();
    expect(restored).toMatchObject({
      number: number + 2,
      revision: house.config().revision,
      let_in: [{ id: alice.clientId }],
    });
    expect(await pings()).toBe(200);
    const audit = (await send('GET', '/admin/audit?action=change_configuration')).body;
    expect(audit).toContain(`restore number ${number}`);
    expect((await send('POST', url)).json<Restored>().number).toBeNull();
  });

  test.each([
    ['GET', '/admin/history/999', 404],
    ['POST', '/admin/history/999/restore', 404],
    ['GET', '/admin/history/0', 400],
    ['GET', '/admin/history/x', 400],
  ] as const)('does not have everything: %s %s', async (method, url, status) => {
    const { send } = await withChanges();
    expect((await send(method, url)).statusCode).toBe(status);
  });

  test('is for admins', async () => {
    const { house, alice, number } = await withChanges();
    for (const request of [
      ['GET', '/admin/history'],
      ['GET', `/admin/history/${number}`],
      ['GET', `/admin/history/${number}/restore`],
      ['POST', `/admin/history/${number}/restore`],
    ] as const) {
      expect(await refusedStatuses(house, bearer(alice), request)).toEqual([401, 403, 403]);
    }
  });
});
