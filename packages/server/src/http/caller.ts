import type { Account } from '@berth/config';
import { Problem, type Name, type Right, type Uuid } from '@berth/contract';
import type { FastifyContextConfig, FastifyRequest } from 'fastify';

/** Who makes a request: an enrolled client by its credential, or a browser by its cookie. */
export type Caller = ClientCaller | LoginCaller;

export interface ClientCaller {
  readonly kind: 'client';
  readonly account: Account;
  readonly clientId: Uuid;
}

export interface LoginCaller {
  readonly kind: 'login';
  readonly login: CallerLogin;
  /** Undefined for the built-in admin of `main.yaml`, who is no user. */
  readonly account: Account | undefined;
}

/** What a request needs to know of the login that makes it. */
export interface CallerLogin {
  /** Names it where logins are listed; it proves nothing. */
  readonly id: Uuid;
  readonly username: Name;
  /** What the cookie holds. */
  readonly secret: string;
  readonly csrfToken: string;
  /** Until they have, there is little that they may do. */
  readonly mustChangePassword: boolean;
}

/**
 * Who may call a route. Each route declares it, and one hook holds all to it.
 *
 * - `anyone`: also who is not authenticated
 * - `authenticated`: everybody else
 * - `account`: a user, for what is theirs
 * - `client`: a user's enrolled client
 * - `login`: a browser login, also of the built-in admin
 * - `monitor`: who has the right to see how everything is
 * - `admin`: a login of an admin: clients keep their credential on a disk, where others may find it
 */
export type Access =
  | 'anyone'
  | 'authenticated'
  | 'account'
  | 'client'
  | 'login'
  | 'monitor'
  | 'admin';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined where the route is for anyone. */
    caller: Caller | undefined;
  }
}

/** Who calls. For routes that are not for anyone. */
export function callerOf({ caller, routeOptions }: FastifyRequest): Caller {
  if (caller === undefined) throw new Error(`${routeOptions.url} is for anyone: nobody is known`);
  return caller;
}

/** The user who calls. For routes that are for accounts or clients only: elsewhere there may be none. */
export function accountOf(request: FastifyRequest): Account {
  const account = request.caller?.account;
  if (account === undefined) {
    throw new Error(`${request.routeOptions.url} is not declared to be for accounts`);
  }
  return account;
}

/** The client that calls. For routes that are for clients only. */
export function clientOf({ caller, routeOptions }: FastifyRequest): Uuid {
  if (caller?.kind === 'client') return caller.clientId;
  throw new Error(`${routeOptions.url} is not declared to be for clients`);
}

/** The login that calls. For routes that are for logins or admins only. */
export function loginOf({ caller, routeOptions }: FastifyRequest): LoginCaller {
  if (caller?.kind === 'login') return caller;
  throw new Error(`${routeOptions.url} is not declared to be for logins`);
}

/** Who acts, for the history’s `by`, the audit trail and the log. */
export interface Actor {
  readonly kind: 'admin' | 'user' | 'client';
  /** The built-in admin’s or the user’s; no two have the same. */
  readonly name: Name;
  /** Of the client, or of the login. */
  readonly id: Uuid;
}

/** Who acts with a request. For routes that are not for anyone. */
export function actorOf(request: FastifyRequest): Actor {
  const caller = callerOf(request);
  switch (caller.kind) {
    case 'client':
      return { kind: 'client', name: caller.account.username, id: caller.clientId };
    case 'login': {
      const { login, account } = caller;
      return { kind: account ? 'user' : 'admin', name: login.username, id: login.id };
    }
    default:
      return caller satisfies never;
  }
}

/** Throws `forbidden` for a caller who may not call such a route, or not yet. */
export function refuseWithoutRight(
  caller: Caller,
  { access, isForFirstLogin }: FastifyContextConfig,
): void {
  if (caller.kind === 'login' && caller.login.mustChangePassword && isForFirstLogin !== true) {
    throw new Problem(
      'password_change_required',
      'Set a password of your own first: POST /login/password',
    );
  }
  switch (access) {
    case 'anyone':
    case 'authenticated':
      return;
    case 'account':
      if (caller.account !== undefined) return;
      throw forbidden(
        'The built-in admin is no user, and has nothing of their own. Log in as a user.',
      );
    case 'client':
      if (caller.kind === 'client') return;
      throw forbidden('This is for enrolled clients, not for a browser: berth login URL');
    case 'login':
      refuseClient(caller);
      return;
    case 'monitor':
      if (mayMonitor(caller)) return;
      throw forbidden(
        'This is for who may see how everything is. Ask your admin for the right "monitor".',
      );
    case 'admin':
      refuseClient(caller);
      if (isAdmin(caller)) return;
      throw forbidden('This is for admins. Ask yours to do it, or for the right "admin".');
    default:
      access satisfies never;
  }
}

function refuseClient({ kind }: Caller): void {
  if (kind !== 'client') return;
  throw forbidden(
    'This is not for a client’s credential. Log in with name and password: POST /login. Or use `berthd` on the server.',
  );
}

/** By right: what is for admins is for logins only, whatever right their user has. */
export const isAdmin = (caller: Caller): boolean =>
  caller.account === undefined || hasRight(caller, 'admin');

/** Whether they may see how everything is. */
export const mayMonitor = (caller: Caller): boolean =>
  isAdmin(caller) || hasRight(caller, 'monitor');

const hasRight = ({ account }: Caller, right: Right): boolean =>
  account?.user.rights?.includes(right) === true;

const forbidden = (message: string): Problem => new Problem('forbidden', message);
