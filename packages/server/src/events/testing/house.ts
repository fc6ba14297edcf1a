import { setAccess, updateUser, type Edit } from '@berth/config';
import type { Credential, User } from '@berth/contract';
import { bearer, testApp, type TestApp } from '../../testing/test-app.ts';
import { listen, type ListenOptions, type ListenerOfTest } from './listen.ts';

/** The test’s application, listening, and what happens in it. */
export interface House extends TestApp {
  readonly url: string;
  /** Listens with a client’s credential, or a login’s headers. */
  hear(
    who: Credential | Readonly<Record<string, string>>,
    options?: ListenOptions,
  ): Promise<ListenerOfTest>;
  idOf(username: string): string;
  /** What an admin would do. */
  change(work: (edit: Edit) => void): Promise<void>;
  update(
    username: string,
    patch: Partial<Pick<User, 'rights' | 'disabled' | 'metadata' | 'change_password'>>,
  ): Promise<void>;
  /** Lets a user start these templates and no others. */
  allow(username: string, ...containers: string[]): Promise<void>;
}

export async function openHouse(): Promise<House> {
  const built = await testApp();
  const url = await built.app.listen({ host: '127.0.0.1', port: 0 });
  const idOf = (username: string): string => built.config().accountByName.get(username)?.id ?? '';
  const change = (work: (edit: Edit) => void): Promise<void> =>
    built.edit({ by: 'test', what: 'change something' }, work);
  return {
    ...built,
    url,
    hear: (who, options) => listen(url, isCredential(who) ? bearer(who) : who, options),
    idOf,
    change,
    update: (username, patch) =>
      change((edit) => {
        updateUser(edit, idOf(username), patch);
      }),
    allow: (username, ...containers) =>
      change((edit) => {
        setAccess(edit, idOf(username), { containers });
      }),
  };
}

const isCredential = (who: object): who is Credential => 'clientId' in who;
