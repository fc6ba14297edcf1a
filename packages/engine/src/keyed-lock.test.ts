import { expect, test } from 'vitest';
import { createKeyedLock } from './keyed-lock.ts';

test('runs work on one key in order, one at a time', async () => {
  const lock = createKeyedLock();
  const steps: string[] = [];
  const first = Promise.withResolvers<void>();
  const work = [
    lock('a', async () => {
      steps.push('first begins');
      await first.promise;
      steps.push('first ends');
    }),
    lock('a', async () => {
      steps.push('second');
    }),
  ];
  await lock('b', async () => {
    steps.push('other key');
  });
  first.resolve();
  await Promise.all(work);
  expect(steps).toEqual(['first begins', 'other key', 'first ends', 'second']);
});

test('a failure is its caller’s alone', async () => {
  const lock = createKeyedLock();
  const failed = lock('a', () => Promise.reject(new Error('no')));
  const next = lock('a', () => Promise.resolve('yes'));
  await expect(failed).rejects.toThrow('no');
  await expect(next).resolves.toBe('yes');
});
