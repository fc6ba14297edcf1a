import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { emit } from './emit.ts';
import type { LogFilter } from './entries.ts';
import { latestEntries } from './latest-entries.ts';

const entry = (n: number): string =>
  emit({
    time: new Date(Date.parse('2026-11-23T10:00:00Z') + n * 60_000).toISOString(),
    severity: n % 2 === 0 ? 'info' : 'error',
    event: 'happened',
    n,
    request_id: `r${n}`,
  });

const entries = (first: number, last: number): string =>
  Array.from({ length: last - first }, (_, n) => entry(first + n)).join('');

/** Three files of ten, the oldest of them compressed. */
async function house() {
  const path = await mkdtemp(join(tmpdir(), 'berth-latest-'));
  onTestFinished(() => rm(path, { recursive: true }));
  const oldest = join(path, 'berthd-2026-11-23T10-10-00.000.001.yaml.gz');
  await writeFile(oldest, gzipSync(entries(0, 10)));
  await writeFile(join(path, 'berthd-2026-11-23T10-20-00.000.002.yaml'), entries(10, 20));
  await writeFile(join(path, 'berthd.yaml'), entries(20, 30));
  let damaged = 0;
  const latest = async (most: number, filter: LogFilter = {}): Promise<unknown[]> => {
    const options = { most, onDamaged: () => (damaged += 1) };
    const found = await latestEntries(path, 'berthd', filter, options);
    return found.map(({ fields }) => fields['n']);
  };
  return { path, oldest, latest, damaged: () => damaged };
}

test('the latest come from as many files as it takes, oldest first', async () => {
  const { latest } = await house();
  expect(await latest(3)).toEqual([27, 28, 29]);
  expect(await latest(12)).toEqual([18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
  expect(await latest(100)).toHaveLength(30);
});

test('only what is wanted counts', async () => {
  const { latest } = await house();
  expect(await latest(3, { level: 'error' })).toEqual([25, 27, 29]);
  expect(await latest(3, { until: Date.parse('2026-11-23T10:05:00Z') })).toEqual([3, 4, 5]);
  expect(await latest(3, { requestId: 'r1' })).toEqual([1]);
});

test('files that are not needed are not read', async () => {
  const { latest, oldest } = await house();
  await writeFile(oldest, 'no gzip');
  expect(await latest(20)).toHaveLength(20);
  await expect(latest(21)).rejects.toThrow(/incorrect header check/);
});

test('what is torn is counted and left out', async () => {
  const { path, latest, damaged } = await house();
  await appendFile(join(path, 'berthd.yaml'), entry(30).slice(0, -8));
  expect(await latest(1)).toEqual([29]);
  expect(damaged()).toBe(1);
});

test('no log at all is an empty one', async () => {
  expect(
    await latestEntries('/nonexistent', 'berthd', {}, { most: 1, onDamaged: () => {} }),
  ).toEqual([]);
});
