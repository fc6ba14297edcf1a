import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { berthdFolder, type RunOptions } from '../testing/berthd.ts';

/** A number that no account has. */
const NAMELESS = ['unshare', '--user', '--map-user=54321', '--map-group=54321'];

test.each<[who: string, name: string, options: RunOptions]>([
  ['who runs it', userInfo().username, { env: { SUDO_USER: '' } }],
  ['who became root for it', 'ada', { env: { SUDO_USER: 'ada' } }],
  ['a number that has no name', 'uid 54321', { env: { SUDO_USER: '' }, through: NAMELESS }],
])('a change is in the name of %s', async (_who, name, options) => {
  const berthd = await berthdFolder();
  const changed = await berthd.run(['user', 'set', 'alice', '--disable'], options);
  expect(changed).toMatchObject({ code: 0, stderr: '' });
  const { stdout } = await berthd.run(['history', '--limit', '1', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ records: [{ by: name }] });
});
