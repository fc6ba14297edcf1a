import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { formatAuthorization, type UserStatusPage } from '@berth/contract';
import { expect, test } from 'vitest';
import { berthdFolder } from '../testing/berthd.ts';
import { newCredential, tokenHash } from '../testing/test-app.ts';

test('who was seen is known to the next server, which another process is', async () => {
  const credential = newCredential();
  const berthd = await berthdFolder({
    'users.yaml': `version: 1
users:
  6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162:
    username: alice
    rights: [monitor]
    clients:
      ${credential.clientId}: {name: laptop, token_hash: "${tokenHash(credential)}", created: 2026-11-23T10:00:00Z}
...
`,
  });
  const headers = { authorization: formatAuthorization(credential) };
  const status = async (url: string) => {
    const answer = await fetch(new URL('/monitor/users', url), { headers });
    return ((await answer.json()) as UserStatusPage).users[0];
  };
  const first = await berthd.serve();
  expect(await status(first.url)).toMatchObject({ liveness: 'never', last_seen: null });
  await fetch(new URL('/ping', first.url), { headers });
  const before = await status(first.url);
  first.child.kill('SIGTERM');
  await first.ended;
  const saved = await readFile(join(berthd.directory, 'state/last-seen.json'), 'utf8');
  expect(saved).toContain(credential.clientId);

  const second = await berthd.serve();
  const after = await status(second.url);
  expect(after?.liveness).toBe('live');
  // The file has whole milliseconds.
  const moved = Date.parse(after?.last_seen ?? '') - Date.parse(before?.last_seen ?? '');
  expect(Math.abs(moved)).toBeLessThan(100);
});
