import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { emit } from './emit.ts';
import { createSplitter, type LogFilter } from './entries.ts';
import { followLog } from './follow-log.ts';
import { createLogFile } from './log-file.ts';
import { readLog } from './read-log.ts';

const START = Date.parse('2026-11-23T10:00:00Z');
const SEVERITIES = ['debug', 'info', 'warn', 'error', 'critical'] as const;

/** The n-th of many: of every severity in turn, a minute apart. */
const entry = (n: number, more: object = {}): string =>
  emit({
    time: new Date(START + n * 60_000).toISOString(),
    severity: SEVERITIES[n % 5] ?? 'info',
    event: n % 2 === 0 ? 'even' : 'odd',
    n,
    request_id: `r${n}`,
    ...more,
  });

const entries = (first: number, last: number): string =>
  Array.from({ length: last - first }, (_, n) => entry(first + n)).join('');

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'berth-read-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

/** Three files of ten, the first of them compressed. */
async function threeFiles(): Promise<string> {
  const path = await folder();
  const packed = gzipSync(entries(0, 10));
  await writeFile(join(path, 'berthd-2026-11-23T10-10-00.000.001.yaml.gz'), packed);
  await writeFile(join(path, 'berthd-2026-11-23T10-20-00.000.002.yaml'), entries(10, 20));
  await writeFile(join(path, 'berthd.yaml'), entries(20, 30));
  await writeFile(join(path, 'other.yaml'), entries(90, 99));
  return path;
}

async function read(
  path: string,
  filter: LogFilter = {},
): Promise<{ numbers: unknown[]; damaged: number }> {
  const numbers: unknown[] = [];
  let damaged = 0;
  const onDamaged = (): void => {
    damaged += 1;
  };
  for await (const { fields } of readLog(path, 'berthd', filter, onDamaged))
    numbers.push(fields['n']);
  return { numbers, damaged };
}

const upTo = (many: number): number[] => Array.from({ length: many }, (_, n) => n);

test('reads all files in order, compressed ones too', async () => {
  expect(await read(await threeFiles())).toEqual({ numbers: upTo(30), damaged: 0 });
  expect(await read(await folder())).toEqual({ numbers: [], damaged: 0 });
});

test.each([
  ['a level', { level: 'error' }, [3, 4, 8, 9, 13, 14, 18, 19, 23, 24, 28, 29]],
  ['a time', { since: START + 27 * 60_000 }, [27, 28, 29]],
  ['an end', { until: START + 2 * 60_000 }, [0, 1, 2]],
  ['an event', { event: 'odd', since: START + 25 * 60_000 }, [25, 27, 29]],
  ['a request', { requestId: 'r7' }, [7]],
  ['a text, whatever its case', { contains: 'REQUEST_ID: R12\n' }, [12]],
  ['several', { level: 'critical', event: 'even' }, [4, 14, 24]],
] satisfies [string, LogFilter, number[]][])('keeps to %s', async (_, filter, expected) => {
  expect((await read(await threeFiles(), filter)).numbers).toEqual(expected);
});

test('says how much is torn or damaged, and loses nothing else', async () => {
  const path = await threeFiles();
  const file = join(path, 'berthd.yaml');
  await truncate(file, entries(20, 30).length - 15);
  expect(await read(path)).toEqual({ numbers: upTo(29), damaged: 1 });
  await appendFile(file, `\n${entry(30)}\0\0garbage\n...\n${entry(31)}`);
  expect(await read(path)).toEqual({ numbers: [...upTo(29), 30, 31], damaged: 2 });
});

test('cuts entries alike, however they are read', () => {
  const text = `${entries(0, 5)}---\ntorn: tr\n${entries(5, 8)}`;
  const whole = createSplitter().push(text);
  expect(whole).toHaveLength(9);
  fc.assert(
    fc.property(fc.array(fc.nat({ max: text.length }), { maxLength: 12 }), (places) => {
      const cuts = [0, ...places.toSorted((a, b) => a - b), text.length];
      const splitter = createSplitter();
      const pieces = cuts.slice(1).flatMap((cut, n) => splitter.push(text.slice(cuts[n], cut)));
      expect(pieces).toEqual(whole);
      expect(splitter.end()).toEqual([]);
    }),
  );
});

/** Follows until so many have come. */
function follow(path: string, many: number) {
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const caughtUp = Promise.withResolvers<void>();
  const options = {
    onDamaged: () => {},
    onCaughtUp: caughtUp.resolve,
    signal: controller.signal,
  };
  const numbers = async (): Promise<unknown[]> => {
    const heard: unknown[] = [];
    for await (const { fields } of followLog(path, 'berthd', {}, options)) {
      heard.push(fields['n']);
      if (heard.length >= many) break;
    }
    return heard;
  };
  return { done: numbers(), caughtUp: caughtUp.promise, stop: () => controller.abort() };
}

test('follows over rotations, by itself and by others, and neither loses nor repeats', async () => {
  const path = await threeFiles();
  const rotation = { maxBytes: 3000, maxAgeMs: 1e12, keep: 1000, isCompressed: true };
  const file = createLogFile({
    directory: path,
    name: 'berthd',
    rotation: () => rotation,
    now: () => new Date(),
    later: () => () => {},
    onFault: () => {},
  });
  onTestFinished(() => file.close());
  const { done, caughtUp } = follow(path, 600);
  for (let n = 30; n < 600; n += 1) {
    file.write(entry(n));
    if (n === 50) await caughtUp;
    if (n % 7 === 0) await file.flush();
    if (n === 350) {
      await file.flush();
      const aside = join(path, 'berthd-2026-11-23T10-30-00.000.001.yaml');
      await rename(join(path, 'berthd.yaml'), aside);
    }
  }
  await file.flush();
  expect(await done).toEqual(upTo(600));
});

test('waits for a log that is not there yet, and ends when it is told', async () => {
  const path = await folder();
  const { done, caughtUp, stop } = follow(join(path, 'log'), 3);
  await caughtUp;
  stop();
  expect(await done).toEqual([]);
});
