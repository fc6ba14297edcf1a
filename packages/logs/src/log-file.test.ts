import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { loadAll } from 'js-yaml';
import { expect, onTestFinished, test } from 'vitest';
import { createLogFile, type LogFile, type Rotation } from './log-file.ts';
import { createLog, type Log } from './log.ts';

interface House {
  readonly directory: string;
  readonly file: LogFile;
  readonly log: Log;
  readonly clock: { time: number };
  readonly faults: (string | undefined)[];
  rotation: Rotation;
  /** Does what was to be done later. */
  wake(): void;
  /** The numbers that were logged, in the order of the files. */
  numbers(): Promise<number[]>;
  names(): Promise<string[]>;
}

const LARGE = { maxBytes: 2 ** 30, maxAgeMs: 2 ** 40, keep: 1000, isCompressed: false };

async function newHouse(rotation: Partial<Rotation> = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-logs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const directory = join(folder, 'log');
  const clock = { time: Date.parse('2026-11-23T10:00:00Z') };
  const now = () => new Date(clock.time);
  const faults: (string | undefined)[] = [];
  const works = new Set<() => void>();
  const house = { rotation: { ...LARGE, ...rotation } };
  const file = createLogFile({
    directory,
    name: 'berthd',
    rotation: () => house.rotation,
    now,
    later: (work) => {
      works.add(work);
      return () => works.delete(work);
    },
    onFault: (fault) => faults.push(fault?.message),
  });
  onTestFinished(() => file.close());
  const names = async (): Promise<string[]> => (await readdir(directory)).toSorted();
  return Object.assign(house, {
    directory,
    file,
    log: createLog({ write: file.write, level: () => 'debug', now }),
    clock,
    faults,
    wake: () => {
      const all = [...works];
      works.clear();
      for (const work of all) work();
    },
    names,
    numbers: async () => {
      const numbers = [];
      for (const name of await names()) {
        const bytes = await readFile(join(directory, name));
        const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
        for (const one of loadAll(text)) numbers.push((one as { n: number }).n);
      }
      return numbers;
    },
  });
}

const upTo = (many: number): number[] => Array.from({ length: many }, (_, n) => n);

test('entries are in the file, for its owner alone, and go on behind what was there', async () => {
  const house = await newHouse();
  for (const n of upTo(3)) house.log.info('one', { n });
  await house.file.flush();
  expect(await house.names()).toEqual(['berthd.yaml']);
  expect((await stat(join(house.directory, 'berthd.yaml'))).mode & 0o777).toBe(0o600);
  expect((await stat(house.directory)).mode & 0o777).toBe(0o700);
  house.log.info('one', { n: 3 });
  await house.file.close();
  expect(await house.numbers()).toEqual([0, 1, 2, 3]);
});

test.each([false, true])(
  'nothing is lost or doubled at rotation, with four that write at once, compressed: %s',
  async (isCompressed) => {
    const house = await newHouse({ maxBytes: 20_000, isCompressed });
    const writer = async (first: number): Promise<void> => {
      for (let n = first; n < 4000; n += 4) {
        house.clock.time += 1;
        house.log.info('one', { n, text: 'x'.repeat(n % 100) });
        if ((n - first) % 40 === 0) await house.file.flush();
      }
    };
    await Promise.all([0, 1, 2, 3].map(writer));
    await house.file.close();
    expect((await house.names()).length).toBeGreaterThan(5);
    expect((await house.numbers()).toSorted((a, b) => a - b)).toEqual(upTo(4000));
    const aside = (await house.names()).filter((name) => name !== 'berthd.yaml');
    expect(aside.every((name) => name.endsWith(isCompressed ? '.gz' : '.yaml'))).toBe(true);
  },
);

test('a file that is old is put aside, also one of an earlier program, and only so many are kept', async () => {
  const house = await newHouse({ maxAgeMs: 60_000, keep: 2 });
  await mkdir(house.directory);
  const old = '---\ntime: "2026-11-23T09:00:00.000Z"\nseverity: info\nevent: one\nn: 0\n';
  await writeFile(join(house.directory, 'berthd.yaml'), old);
  for (const n of [1, 2, 3]) {
    house.log.info('one', { n });
    await house.file.flush();
    house.clock.time += 60_000;
  }
  await house.file.close();
  expect(await house.names()).toEqual([
    'berthd-2026-11-23T10-01-00.000.002.yaml',
    'berthd-2026-11-23T10-02-00.000.003.yaml',
    'berthd.yaml',
  ]);
  expect(await house.numbers()).toEqual([1, 2, 3]);
});

test('a file that another program has put aside is left there, and a new one begun', async () => {
  const house = await newHouse();
  house.log.info('one', { n: 0 });
  await house.file.flush();
  await rename(join(house.directory, 'berthd.yaml'), join(house.directory, 'berthd.1'));
  house.log.info('one', { n: 1 });
  await house.file.flush();
  expect(await house.names()).toEqual(['berthd.1', 'berthd.yaml']);
  expect(await house.numbers()).toEqual([0, 1]);
});

test('where it cannot be written, nothing throws; what waits is written later, what is too much is counted', async () => {
  const house = await newHouse();
  await writeFile(house.directory, 'a file in its place');
  const text = 'x'.repeat(1000);
  for (const n of upTo(5000)) house.log.info('one', { n, text });
  await house.file.flush();
  expect(house.faults).toEqual([expect.stringContaining('EEXIST')]);
  expect(house.file.fault()).toBeInstanceOf(Error);
  house.log.info('one', { n: -1 });
  house.wake();
  await house.file.flush();
  expect(house.faults).toHaveLength(1);
  await rm(house.directory);
  house.wake();
  await house.file.flush();
  expect(house.faults).toEqual([expect.any(String), undefined]);
  expect(house.file.fault()).toBeUndefined();
  const lost = house.file.lost();
  expect(lost).toBeGreaterThan(500);
  const written = loadAll(await readFile(join(house.directory, 'berthd.yaml'), 'utf8'));
  expect(written[0]).toMatchObject({ event: 'log_entries_lost', lost });
  expect(written).toHaveLength(1 + 5001 - lost);
});

test('a full disk stops nobody, and is told; once there is room, all is there', async () => {
  const house = await newHouse();
  await mkdir(house.directory);
  const path = join(house.directory, 'berthd.yaml');
  await symlink('/dev/full', path);
  for (const n of upTo(10)) house.log.info('one', { n });
  await house.file.flush();
  expect(house.faults).toEqual([expect.stringContaining('ENOSPC')]);
  house.log.info('one', { n: 10 });
  await rm(path);
  house.wake();
  await house.file.flush();
  expect(house.faults).toEqual([expect.any(String), undefined]);
  expect(await house.numbers()).toEqual(upTo(11));
});

test('what is left when the program breaks is written at once', async () => {
  const house = await newHouse();
  house.log.info('one', { n: 0 });
  await house.file.flush();
  house.log.critical('two', { n: 1 });
  house.file.flushSync();
  expect(await house.numbers()).toEqual([0, 1]);
});

const PROGRAM = `
  import { createLogFile } from ${JSON.stringify(new URL('log-file.ts', import.meta.url).href)};
  const file = createLogFile({
    directory: process.argv[1], name: 'berthd', now: () => new Date(), later: () => () => {},
    rotation: () => ({ maxBytes: 50_000, maxAgeMs: 1e12, keep: 1e6, isCompressed: false }),
    onFault: () => {},
  });
  for (let n = 0; ; n += 1) {
    file.write('---\\ntime: "2026-11-23T10:00:00.000Z"\\nn: ' + n + '\\n');
    if (n % 10 === 9) { await file.flush(); process.stdout.write(n + '\\n'); }
  }`;

test('kill -9 loses nothing of what was flushed, and tears no entry before the last', async () => {
  const house = await newHouse();
  for (let kill = 0; kill < 5; kill += 1) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, house.directory]);
    const ended = once(child, 'close');
    let said = '';
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.length > 20_000) child.kill('SIGKILL');
    });
    await ended;
    const flushed = Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
    const numbers = new Set((await house.numbers()).filter((n) => Number.isInteger(n)));
    expect(upTo(flushed + 1).filter((n) => !numbers.has(n))).toEqual([]);
    await rm(house.directory, { recursive: true });
  }
});
