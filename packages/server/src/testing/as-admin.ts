import type { LightMyRequestResponse } from 'fastify';
import type { TestApp } from './test-app.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Sends a request with the headers of somebody’s login. */
export type Send = (
  method: Method,
  url: string,
  payload?: object,
  more?: Record<string, string>,
) => Promise<LightMyRequestResponse>;

/** @param name of the built-in admin unless said otherwise */
export async function sendAs({ app, login }: TestApp, name?: string): Promise<Send> {
  const headers = await login(name);
  return (method, url, payload, more) =>
    app.inject({ method, url, headers: { ...headers, ...more }, ...(payload && { payload }) });
}

/** Statuses of the request for everybody who may not make it: nobody, a client, a user’s login. */
export async function refusedStatuses(
  house: TestApp,
  client: { authorization: string },
  [method, url, payload]: readonly [Method, string, object?],
): Promise<number[]> {
  await house.person('mallory');
  const statuses: number[] = [];
  for (const headers of [{}, client, await house.login('mallory')]) {
    const answer = await house.app.inject({ method, url, headers, ...(payload && { payload }) });
    statuses.push(answer.statusCode);
  }
  return statuses;
}
