import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { shareBytes } from './shared-bytes.ts';

const FILE = randomBytes(1_000_001);

test('everybody gets all of it, and it is read once for all who ask', async () => {
  let reads = 0;
  const share = shareBytes(async () => {
    reads += 1;
    return FILE;
  });
  const shares = await Promise.all([share(), share(), share()]);
  for (const { length, stream } of [...shares, await share()]) {
    expect(length).toBe(FILE.length);
    expect((await buffer(stream())).equals(FILE)).toBe(true);
  }
  expect(reads).toBe(1);
});

test('what a slow reader has not taken is not put aside for them', async () => {
  const { stream } = await shareBytes(async () => FILE)();
  const slow = stream();
  await once(slow, 'readable');
  expect(slow.readableLength).toBeLessThanOrEqual(2 * 64 * 1024);
  // It is the very memory that all share, and no copy.
  expect((slow.read(1000) as Buffer).buffer).toBe(FILE.buffer);
  slow.destroy();
});

test('a file that cannot be read is tried anew by the next', async () => {
  let isBroken = true;
  const share = shareBytes(() =>
    isBroken ? Promise.reject(new Error('EIO')) : Promise.resolve(FILE),
  );
  await expect(share()).rejects.toThrow('EIO');
  isBroken = false;
  expect((await share()).length).toBe(FILE.length);
});
