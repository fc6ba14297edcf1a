import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'rolldown';
import { expect, onTestFinished, test } from 'vitest';
import { withThreads } from './threads.ts';

const BCRYPT = join(import.meta.dirname, '../../packages/config/src/passwords/bcrypt.ts');
const HASH = '$2b$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu';

test('a thread of a bundled module needs nothing beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'berth-threads-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const program = join(folder, 'program.ts');
  await writeFile(
    program,
    `import { matchesBcrypt } from ${JSON.stringify(BCRYPT)};
    for (const password of ['correct horse', 'correct horse ']) {
      console.log(await matchesBcrypt({ password, hash: '${HASH}' }));
    }`,
  );
  const file = join(folder, 'program.mjs');
  await build({
    input: program,
    platform: 'node',
    plugins: [withThreads],
    output: { file, format: 'esm', codeSplitting: false },
  });
  await rm(program);
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder });
  expect(stdout).toBe('true\nfalse\n');
});
