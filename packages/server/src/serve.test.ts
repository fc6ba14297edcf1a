import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initConfig } from '@berth/config';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from './serve.ts';
import { berthdFolder } from './testing/berthd.ts';

/** A new configuration on a free port, and an engine that is not there: serving does not need one. */
async function initialised(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'berth-serve-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const directory = join(parent, 'berth');
  const engineHost = `unix://${join(parent, 'none.sock')}`;
  await initConfig({ directory, engineHost, prefix: 'test', port: 0 });
  return directory;
}

async function served(directory: string): Promise<string> {
  let log = '';
  const server = await serve({
    directory,
    writeLog: (entry) => {
      log += entry;
    },
  });
  const { ok } = await fetch(new URL('/healthz', server.url));
  await server.close();
  expect(ok).toBe(true);
  return log;
}

test('a server whose state folder cannot be locked says so, not that another one runs', async () => {
  const berthd = await berthdFolder();
  const withoutLocks = import.meta.resolve('../../config/src/disk/testing/without-locks.ts');
  const env = { NODE_OPTIONS: `--import=${withoutLocks}` };
  expect(await berthd.run(['serve'], { env })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/berthd: No file in \S+ can be locked/),
  });
});

test('a server of another version leaves its own schemas beside the files', async () => {
  const directory = await initialised();
  const path = join(directory, 'schema/main.json');
  const own = await readFile(path, 'utf8');
  await writeFile(path, '{}');
  expect(await served(directory)).not.toContain('schemas_not_written');
  expect(await readFile(path, 'utf8')).toBe(own);
});

test('a folder in which no schema can be written is served all the same, and the log says so', async () => {
  const directory = await initialised();
  await rm(join(directory, 'schema'), { recursive: true });
  await writeFile(join(directory, 'schema'), 'mine');
  expect(await served(directory)).toMatch(/severity: warn\n.*schemas_not_written/s);
  expect(await readFile(join(directory, 'schema'), 'utf8')).toBe('mine');
});
