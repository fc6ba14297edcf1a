import { expect, test } from 'vitest';
import { berthdFolder } from './testing/berthd.ts';

const FEWER_USERS = 'version: 1\nusers: {}\n...\n';

/** In a user namespace of its own the limit concerns nobody else. */
const without = (what: string): string[] => [
  'unshare',
  '--user',
  '--map-root-user',
  'sh',
  '-c',
  `echo 0 > /proc/sys/user/max_inotify_${what} && exec "$@"`,
  'sh',
];

test.each(['watches', 'instances'])(
  'a server that gets no inotify %s serves, says what to do, and reads the files on SIGHUP',
  async (what) => {
    const berthd = await berthdFolder();
    const { child, url, printed } = await berthd.serve({ through: without(what) });
    const [said] = await printed(/severity: warn\n(?:(?!severity).)*config_unwatched.*?\n---/s);
    expect(said).toContain(berthd.directory);
    expect(said).toContain('Send SIGHUP');
    expect(said).toContain('fs.inotify.max_user_watches');
    await berthd.write('users.yaml', FEWER_USERS);
    expect((await fetch(new URL('/healthz', url))).ok).toBe(true);
    child.kill('SIGHUP');
    await printed(/config_reloaded/);
  },
);

test('SIGHUP reads the files at once: a bad one is refused, and taken up on the next when it is good', async () => {
  const berthd = await berthdFolder();
  const { child, printed } = await berthd.serve({ through: without('watches') });
  await berthd.write('users.yaml', 'version: 1\nusers: {');
  child.kill('SIGHUP');
  await printed(/config_rejected/);
  await berthd.write('users.yaml', FEWER_USERS);
  child.kill('SIGHUP');
  const [, revision] = await printed(/config_reloaded[^]*?revision: "(\w+)"/);
  const { stdout } = await berthd.run(['check']);
  expect(stdout).toContain(`revision ${revision}`);
});
