import { Problem } from '@berth/contract';
import { expect, test } from 'vitest';
import { diskProblem } from './problems.ts';

const failure = (code: string, more: object = { path: '/etc/berth/users.yaml' }): Error =>
  Object.assign(new Error(`${code}: it failed`), { code, syscall: 'open', ...more });

test.each([
  ['ENOSPC', 'disk_full', 'The disk is full: /etc/berth/users.yaml could not be written.'],
  ['EDQUOT', 'disk_full', 'The disk is full: /etc/berth/users.yaml could not be written.'],
  ['EACCES', 'disk_failed', '/etc/berth/users.yaml: permission denied. Only a user who may'],
  ['EROFS', 'disk_failed', '/etc/berth/users.yaml is on a file system that is mounted read-only.'],
  ['EBUSY', 'disk_failed', 'is mounted by itself, as a single file, so it cannot be replaced.'],
  ['EIO', 'disk_failed', 'The disk failed: EIO: it failed.'],
])('%s is told as %s with what to do', (code, problem, message) => {
  const error = failure(code);
  const told = diskProblem(error);
  expect(told).toMatchObject({ code: problem, message: expect.stringContaining(message) });
  expect(told).toMatchObject({ cause: error });
});

test('the place is where a file was to go, or what the caller knows, or else the call', () => {
  const messageOf = (more: object, path?: string): unknown =>
    (diskProblem(failure('ENOSPC', more), path) as Problem).message;
  expect(messageOf({ path: '/a', dest: '/b' })).toContain('/b could not');
  expect(messageOf({}, '/c')).toContain('/c could not');
  expect(messageOf({})).toContain('open could not');
});

test.each([
  new Error('A bug'),
  new Problem('conflict', 'No'),
  Object.assign(new Error('No'), { code: 'ERR_INVALID_ARG_TYPE' }),
  'thrown',
])('what is no failure of a disk stays as it is: %s', (error) => {
  expect(diskProblem(error)).toBe(error);
});
