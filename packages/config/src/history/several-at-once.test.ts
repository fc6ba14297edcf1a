import { expect, test } from 'vitest';
import { severalAtOnce } from './several-at-once.ts';

const hundred = Array.from({ length: 100 }, (_, index) => index);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('all is done, several at once and not more', async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  await severalAtOnce(hundred, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await turn();
    running -= 1;
    done.push(item);
  });
  expect(done.toSorted((a, b) => a - b)).toEqual(hundred);
  expect(most).toBe(16);
});

test('a failure is told once nothing runs any more, and ends it', async () => {
  let running = 0;
  let begun = 0;
  const work = severalAtOnce(hundred, async (item) => {
    begun += 1;
    running += 1;
    if (item !== 3) await turn();
    running -= 1;
    if (item === 3) throw new Error('The disk is full');
  });
  await expect(work).rejects.toThrow('The disk is full');
  expect([running, begun]).toEqual([0, 16]);
});
