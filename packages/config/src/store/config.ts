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
  readonly engine: { readonly host: string; readonly prefix: Name; readonly timeoutMs: number };
  /** Absolute path. */
  readonly stateDirectory: string;
  readonly networks: MainFile['networks'];
  readonly ports: { readonly bind: string; readonly range: readonly [first: number, last: number] };
  readonly logLevel: MainFile['logging']['level'];
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
