import { expect, test } from 'vitest';
import { interleave } from './interleave.ts';

test('subjects take turns, and each is put back after it was measured', async () => {
  const done: string[] = [];
  const measure = (name: string, value: number) => () => {
    done.push(name);
    return Promise.resolve(value);
  };
  const samples = await interleave(
    { warmUp: 1, counted: 2 },
    [{ measure: measure('a', 1), reset: measure('put a back', 0) }, { measure: measure('b', 2) }],
    new AbortController().signal,
  );
  const round = ['a', 'put a back', 'b'];
  expect(done).toEqual([...round, ...round, ...round]);
  expect(samples).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

test('nothing more is measured once it was called off', async () => {
  const stop = new AbortController();
  const measure = () => {
    stop.abort(new Error('called off'));
    return Promise.resolve(1);
  };
  const never = () => Promise.reject(new Error('measured all the same'));
  const measuring = interleave(
    { warmUp: 0, counted: 1 },
    [{ measure }, { measure: never }],
    stop.signal,
  );
  await expect(measuring).rejects.toThrow('called off');
});
