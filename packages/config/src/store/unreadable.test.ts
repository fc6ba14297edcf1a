import { expect, test } from 'vitest';
import { forbiddenProblem } from './unreadable.ts';

const failure = (code: string, syscall: string): Error =>
  Object.assign(new Error(code), { code, syscall, path: '/etc/berth/users' });

const user = process.geteuid?.();

test.each([
  ['open', `chown ${user} /etc/berth/users && chmod u+rX /etc/berth/users`],
  ['scandir', `chown ${user} /etc/berth/users && chmod u+rX /etc/berth/users`],
  ['stat', 'namei -lx /etc/berth/users'],
])('what may not be read is named with the way out: %s', (syscall, command) => {
  const problem = forbiddenProblem(failure('EACCES', syscall));
  expect(problem?.message).toMatch(/^\/etc\/berth\/users cannot be read by user/);
  expect(problem?.message.endsWith(`: ${command}`)).toBe(true);
  expect(problem?.cause).toBeUndefined();
});

test.each([failure('EIO', 'open'), new Error('A bug')])('all else is not: %s', (error) => {
  expect(forbiddenProblem(error)).toBeUndefined();
});
