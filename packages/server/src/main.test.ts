import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { berthdFolder } from './testing/berthd.ts';

const users = Array.from(
  { length: 3000 },
  (_, index) =>
    `  00000000-0000-4000-8000-${String(index).padStart(12, '0')}: {username: u${index}}\n`,
);
const USERS = `version: 1\nusers:\n${users.join('')}...\n`;

test.each([
  ['user list --json', 1, /^\{"users":\[.*\n$/],
  ['user list', 1, /^NAME .*\n$/],
  ['user list', 0, /^$/],
  ['user --help', 1, /^Usage: .*\n$/],
])('berthd %s ends quietly for who reads %i lines', async (command, lines, expected) => {
  const berthd = await berthdFolder({ 'users.yaml': USERS });
  const pipe = ['bash', '-c', `set -o pipefail; "$@" | head -n ${lines}`, 'bash'];
  expect(await berthd.run(command.split(' '), { through: pipe })).toEqual({
    code: 0,
    stdout: expect.stringMatching(expected),
    stderr: '',
  });
});

test('what fails has failed, also where nobody reads why', async () => {
  const berthd = await berthdFolder();
  const deaf = ['bash', '-c', 'set -o pipefail; "$@" 2>&1 | true', 'bash'];
  expect(await berthd.run(['user', 'show', 'nobody'], { through: deaf })).toMatchObject({
    code: 1,
  });
});

const FULL = 'berthd: standard output: the disk is full (ENOSPC).\n';

test.each([
  ['backup -', '>', FULL],
  ['user list', '>', FULL],
  ['user list --json', '>', FULL],
  ['user show nobody', '2>', ''],
])('berthd %s with %s to a full disk fails, and says so once', async (command, way, stderr) => {
  const berthd = await berthdFolder({ 'users.yaml': USERS });
  const full = ['bash', '-c', `"$@" ${way} /dev/full`, 'bash'];
  expect(await berthd.run(command.split(' '), { through: full })).toEqual({
    code: 1,
    stdout: '',
    stderr,
  });
});

test('a backup of which nobody reads all fails quietly', async () => {
  // More than a pipe holds, also when it is compressed.
  const comment = `# ${randomBytes(200_000).toString('hex')}\n`;
  const berthd = await berthdFolder({ 'users.yaml': `${comment}${USERS}` });
  const pipe = ['bash', '-c', 'set -o pipefail; "$@" | head -c 0', 'bash'];
  expect(await berthd.run(['backup', '-'], { through: pipe })).toEqual({
    code: 1,
    stdout: '',
    stderr: '',
  });
});
