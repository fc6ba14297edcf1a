import type { Client, Limits, MainFile, Name, Override, Template, Uuid } from '@berth/contract';

/** The server's own settings, in the units the code uses. */
export interface Settings {
  readonly admin: MainFile['admin'];
  readonly host: string;
  readonly port: number;
  readonly engine: { readonly host: string; readonly prefix: Name; readonly timeoutMs: number };
  /** Absolute path. */
  readonly stateDirectory: string;
  readonly networks: MainFile['networks'];
  readonly ports: { readonly bind: string; readonly range: readonly [first: number, last: number] };
  readonly logLevel: MainFile['logging']['level'];
}

/** A user, with everything that applies to them worked out. */
export interface Account {
  readonly id: Uuid;
  readonly username: Name;
  readonly disabled: boolean;
  /** Templates they may start: those of `users.yaml` and `allow`, less `deny`. */
  readonly templates: ReadonlySet<Name>;
  readonly limits: Limits;
  readonly overrides: Readonly<Record<Name, Override>>;
  readonly clients: Readonly<Record<Uuid, Client>>;
}

/** One consistent reading of all files. Never changes; a reload makes another. */
export interface Config {
  /** Names the content: the same files give the same revision, also after a restart. */
  readonly revision: string;
  readonly settings: Settings;
  readonly templates: ReadonlyMap<Name, Template>;
  readonly accounts: ReadonlyMap<Uuid, Account>;
  readonly accountOfClient: ReadonlyMap<Uuid, Account>;
}
