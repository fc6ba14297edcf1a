import { Problem } from '@berth/contract';
import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';

const slots = (atOnce: number, waiting: number) =>
  createSlots({ atOnce, waiting, refusal: () => new Problem('rate_limited', 'full') });

/** A task that says when it begins, and ends when told. */
function task(name: string, steps: string[]) {
  const end = Promise.withResolvers<string>();
  const run = () => {
    steps.push(name);
    return end.promise;
  };
  return { run, end };
}

/** As far as everything gets that waits for nothing outside. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('no more run at once than may, and the next go in the order they came', async () => {
  const inSlot = slots(2, 5);
  const steps: string[] = [];
  const [a, b, c, d] = [task('a', steps), task('b', steps), task('c', steps), task('d', steps)];
  const all = [a, b, c, d].map(({ run }) => inSlot(run));
  await settled();
  expect(steps).toEqual(['a', 'b']);
  b.end.resolve('');
  await settled();
  expect(steps).toEqual(['a', 'b', 'c']);
  a.end.resolve('');
  await settled();
  expect(steps).toEqual(['a', 'b', 'c', 'd']);
  c.end.resolve('third');
  d.end.resolve('fourth');
  expect(await Promise.all(all)).toEqual(['', '', 'third', 'fourth']);
});

test('one more than may wait is refused, and room that is made is used', async () => {
  const inSlot = slots(1, 1);
  const steps: string[] = [];
  const [a, b, c] = [task('a', steps), task('b', steps), task('c', steps)];
  const first = inSlot(a.run);
  const second = inSlot(b.run);
  await expect(inSlot(c.run)).rejects.toThrow('full');
  a.end.resolve('');
  await first;
  const third = inSlot(c.run);
  b.end.resolve('');
  c.end.resolve('');
  await Promise.all([second, third]);
  expect(steps).toEqual(['a', 'b', 'c']);
});

test('a newcomer neither goes before one who waits nor takes the slot that one got', async () => {
  const inSlot = slots(1, 2);
  const steps: string[] = [];
  const [a, b, c] = [task('a', steps), task('b', steps), task('c', steps)];
  const first = inSlot(a.run);
  const waiting = inSlot(b.run);
  a.end.resolve('');
  await first;
  const newcomer = inSlot(c.run);
  await settled();
  expect(steps).toEqual(['a', 'b']);
  b.end.resolve('');
  c.end.resolve('');
  await Promise.all([newcomer, waiting]);
  expect(steps).toEqual(['a', 'b', 'c']);
});

test('a task that fails gives its slot back', async () => {
  const inSlot = slots(1, 0);
  await expect(inSlot(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(inSlot(() => Promise.resolve('yes'))).resolves.toBe('yes');
});
