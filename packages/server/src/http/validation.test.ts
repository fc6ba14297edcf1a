import type { ProblemBody } from '@berth/contract';
import { expect, test } from 'vitest';
import { bearer, testApp } from '../testing/test-app.ts';

const login = async (payload?: object): Promise<[number, ProblemBody]> => {
  const { app } = await testApp();
  const answer = await app.inject({ method: 'POST', url: '/login', ...(payload && { payload }) });
  return [answer.statusCode, answer.json<ProblemBody>()];
};

test('a body that breaks its schema is refused in words, with every key that is wrong', async () => {
  const [status, { code, message, details }] = await login({
    username: 7,
    pasword: 'correct horse',
    code: 'x',
  });
  expect([status, code]).toEqual([400, 'bad_request']);
  expect(details['errors']).toEqual([
    expect.objectContaining({
      path: '',
      message: expect.stringContaining('"password" is missing') as string,
    }),
    { path: 'pasword', message: 'unknown key "pasword" (did you mean "password"?)' },
    { path: 'username', message: expect.stringMatching(/^must be text/) as string },
    { path: 'code', message: expect.stringMatching(/^must be/) as string },
  ]);
  expect(message).toContain('The body cannot be taken like this:\n');
  expect(message).toContain('  username: must be text');
  expect(message).not.toContain('correct horse');
});

test('a body that is not there is told what it needs', async () => {
  const [status, { message }] = await login();
  expect(status).toBe(400);
  expect(message).toContain('is empty: it needs "username" and "password"');
});

test('a query is explained as what its text stands for', async () => {
  const { app, login: logIn } = await testApp();
  const answer = await app.inject({ url: '/admin/audit?limit=5000', headers: await logIn() });
  expect(answer.statusCode).toBe(400);
  expect(answer.json<ProblemBody>().details).toEqual({
    errors: [{ path: 'limit', message: expect.stringMatching(/^must be at most 1000/) as string }],
  });
});

test('a path is explained too', async () => {
  const { app, user } = await testApp();
  const headers = bearer(await user('alice', []));
  const answer = await app.inject({ method: 'POST', url: '/containers/LAB/stop', headers });
  expect(answer.json<ProblemBody>().message).toBe(
    'The path cannot be taken like this:\n  ref: must be a container: its UUID, its template, or template.name',
  );
});
