import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

const torture = (name: string) =>
  run(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, 'main.ts'),
    name,
  ]);

test('a trial tells what came of it', async () => {
  const { stdout, stderr } = await torture('splices');
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^ok {3}splices +\d+\.\d s {2}20000 changes$/m);
  expect(stdout).toMatch(/\n1 passed, 0 failed\n$/);
});

test('a trial that there is not is told, with those that there are', async () => {
  const failure = await torture('nosuch').catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 2, stderr: expect.stringMatching(/nosuch.*power-cut/s) });
});
