import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { berthdFolder, type Berthd } from '../testing/berthd.ts';

const CLIENT = randomUUID();

const FILES = {
  'users.yaml': `version: 1
users:
  6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162:
    username: alice
    containers: [lab]
    clients:
      ${CLIENT}: {name: laptop, token_hash: "sha256:${'a'.repeat(64)}", created: 2026-11-01T10:00:00Z}
...
`,
};

const ALICE = ['user', 'show', 'alice'];
const SHELL = ['template', 'show', 'shell'];
const ADMIN = ['admin', 'show'];

const textOf = async ({ directory }: Berthd): Promise<string> =>
  (await readFile(join(directory, 'main.yaml'), 'utf8')) +
  (await readFile(join(directory, 'containers.yaml'), 'utf8')) +
  (await readFile(join(directory, 'users.yaml'), 'utf8'));

test.each([
  [ALICE, ['user', 'set', 'alice', '--disable']],
  [ALICE, ['user', 'password', 'alice', '--random']],
  [ALICE, ['user', 'password', 'alice', '--remove']],
  [ALICE, ['user', 'remove', 'alice', '--yes']],
  [ALICE, ['client', 'add', 'alice', '--name', 'ci']],
  [ALICE, ['client', 'rename', 'alice', 'laptop', 'desk']],
  [ALICE, ['client', 'expire', 'alice', 'laptop', '2099-01-01']],
  [ALICE, ['client', 'reset', 'alice', 'laptop']],
  [ALICE, ['client', 'revoke', 'alice', 'laptop']],
  [SHELL, ['template', 'set', 'shell', 'pull=never']],
  [SHELL, ['template', 'assign', 'shell', 'alice']],
  [SHELL, ['template', 'unassign', 'shell', 'alice']],
  [SHELL, ['template', 'remove', 'shell']],
  [ADMIN, ['admin', 'name', 'root']],
  [ADMIN, ['admin', 'password', '--random']],
])('as %j shows it %j changes it, and nothing since', async (show, change) => {
  const berthd = await berthdFolder(FILES);
  const before = await textOf(berthd);
  const stale = await berthd.run([...change, '--if-revision', '0123456789abcdef']);
  expect(stale).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(' was changed since revision 0123456789abcdef'),
  });
  expect(await textOf(berthd)).toBe(before);
  const { revision } = JSON.parse((await berthd.run([...show, '--json'])).stdout) as {
    readonly revision: string;
  };
  const { code, stderr } = await berthd.run([...change, '--if-revision', revision]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
