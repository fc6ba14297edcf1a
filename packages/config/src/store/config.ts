import type {
  Limits,
  MainFile,
  Name,
  Override,
  Template,
  Client,
  User,
  UserFile,
  Uuid,
} from '@berth/contract';
import type { Table } from './table.ts';

/** The server's own settings, in the units the code uses. */
export interface Settings {
  readonly admin: MainFile['admin'];
  readonly host: string;
  readonly port: number;
  /** Absolute paths; undefined where plain HTTP is served. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Addresses and ranges, as they are written. */
  readonly trustedProxies: readonly string[];
  /** At a time: of all, and of one address. */
  readonly connections: { readonly most: number; readonly mostPerAddress: number };
  readonly engine: { readonly host: string; readonly prefix: Name; readonly timeoutMs: number };
  /** Absolute path. */
  readonly stateDirectory: string;
  readonly networks: MainFile['networks'];
  readonly ports: { readonly bind: string; readonly range: readonly [first: number, last: number] };
  /** How many requests a minute: see `rate_limit` of `main.yaml`. */
  readonly rates: {
    readonly client: number;
    readonly browser: number;
    readonly address: number;
    readonly login: number;
    readonly enrol: number;
  };
  /** How long a login lives unused, and at all. */
  readonly logins: { readonly idleMs: number; readonly absoluteMs: number };
  /** How often last seen is written down, and after how long a silence a client is stale. */
  readonly liveness: { readonly flushMs: number; readonly staleAfterMs: number };
  /** How many bytes the audit trail may take. */
  readonly audit: { readonly maxBytes: number };
  readonly logging: {
    readonly level: MainFile['logging']['level'];
    /** Absolute path. */
    readonly directory: string;
    readonly rotation: {
      readonly maxBytes: number;
      readonly maxAgeMs: number;
      readonly keep: number;
      readonly isCompressed: boolean;
    };
  };
  /** How many changes are kept, and how many bytes they may take. */
  readonly history: { readonly keep: number; readonly maxBytes: number };
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
  /** Their entry of `users.yaml`. */
  readonly user: User;
  /** Their own file, `users/<uuid>.yaml`, where they have one. */
  readonly own: UserFile | undefined;
}

/** One consistent reading of all files. Never changes; a reload makes another. */
export interface Config {
  /** Where its files are. */
  readonly directory: string;
  /** Names the content: the same files give the same revision, also after a restart. */
  readonly revision: string;
  readonly settings: Settings;
  readonly templates: ReadonlyMap<Name, Template>;
  readonly accounts: Table<Uuid, Account>;
  readonly accountByName: Table<Name, Account>;
  readonly accountOfClient: Table<Uuid, Account>;
}
