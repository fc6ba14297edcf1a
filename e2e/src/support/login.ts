import type { LoginView } from '@berth/contract';
import { send, type Answer } from './send.ts';

/** What a browser sends with each request after a login. */
export interface LoginHeaders extends Record<string, string> {
  readonly cookie: string;
  readonly origin: string;
  readonly 'x-csrf-token': string;
}

export function logIn(
  url: string,
  username: string,
  password: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return send(url, '/login', { method: 'POST', headers, body: { username, password } });
}

export function headersOf(url: string, { status, headers, body }: Answer): LoginHeaders {
  if (status !== 200) throw new Error(`Not logged in: ${status} ${body}`);
  const [cookie = ''] = (headers['set-cookie']?.[0] ?? '').split(';');
  const { csrf_token: token } = JSON.parse(body) as LoginView;
  return { cookie, origin: url, 'x-csrf-token': token };
}
