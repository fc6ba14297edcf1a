import { hash, randomInt, randomUUID } from 'node:crypto';
import {
  Name,
  Problem,
  rateLimited,
  type Client,
  type EnrolmentRequest,
  type EnrolmentView,
  type Uuid,
} from '@berth/contract';
import {
  addUser,
  addClient,
  commandLine,
  refuseTakenName,
  type Config,
  type Edit,
  type EditConfig,
} from '@berth/config';
import { createKeyedLock } from '@berth/engine';
import { Check } from 'typebox/value';
import { createRecords } from './records.ts';

/** A client that asked to be let in. */
export interface PendingClient {
  readonly id: Uuid;
  readonly clientId: Uuid;
  readonly tokenHash: string;
  readonly clientName: string;
  /** What the user reads to the admin: eight characters. */
  readonly code: string;
  /** ISO 8601 in UTC. */
  readonly expires: string;
  readonly refused: boolean;
}

/** A place kept for a client that has not asked yet. */
interface Invite {
  readonly grant: Grant;
  /** Set where the grant is for a user there is, whose name another may get meanwhile. */
  readonly userId?: Uuid | undefined;
  /** The client that uses it up: it may have to try again, and nobody else may. */
  readonly spentBy?: Uuid;
  readonly expires: string;
}

/** Whom a client will belong to: a user there is, or a new one. */
export interface Grant {
  readonly username: Name;
  /** Set for a new user: the templates they may start. */
  readonly newUser?: { readonly containers: readonly Name[] } | undefined;
}

export interface Enrolment {
  /** Takes a client's request, or redeems its invite. Asking again gives the same answer. */
  ask(request: EnrolmentRequest): Promise<EnrolmentView>;
  /** How a request stands. `not_found` for one that never was or has expired. */
  view(id: Uuid): Promise<EnrolmentView>;
  pending(): Promise<PendingClient[]>;
  /**
   * Lets a client in. The code may be typed in lower case and with or without hyphens.
   *
   * @param by the admin, for the history
   */
  approve(code: string, grant: Grant, by: string): Promise<PendingClient>;
  /** Turns a client away that waits. */
  refuse(code: string): Promise<PendingClient>;
  /** Makes an invite and returns its code, which is stored nowhere. */
  invite(grant: Grant): Promise<{ code: string; expires: string }>;
}

const PENDING_MS = 60 * 60 * 1000;
const INVITE_MS = 7 * 24 * 60 * 60 * 1000;
/** Anybody may ask, so the folder must not grow without end. */
const MAX_PENDING = 200;
/** One may be approved or refused at any moment. */
const RETRY_SECONDS = 60;
const CODE_LENGTH = 8;
const INVITE_LENGTH = 20;
/** Crockford's base 32: no letter is taken for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** What becomes of a client that waits. */
export type EnrolmentStep = 'asked' | 'approved' | 'refused';

/**
 * @param options.now milliseconds since 1970
 * @param options.onStep is told what this process has done
 */
export function createEnrolment(options: {
  readonly config: () => Config;
  readonly edit: EditConfig;
  readonly now: () => number;
  readonly onStep?: (step: EnrolmentStep, client: PendingClient) => void;
}): Enrolment {
  const { config, edit: editConfig, now, onStep = () => {} } = options;
  const stateDirectory = (): string => config().settings.stateDirectory;
  const clients = createRecords<PendingClient>(stateDirectory, 'enrolments', now);
  const invites = createRecords<Invite>(stateDirectory, 'invites', now);
  /** Requests one after another, so that none is taken twice and no more than may wait. */
  const asking = createKeyedLock();
  const expiry = (ms: number): string => new Date(now() + ms).toISOString();

  const view = (client: PendingClient): EnrolmentView => {
    const { id, code, expires } = client;
    const account = config().accountOfClient.get(client.clientId);
    if (account !== undefined) return { id, state: 'approved', username: account.username };
    return client.refused ? { id, state: 'refused' } : { id, state: 'pending', code, expires };
  };

  const openInvite = async (key: string, clientId: Uuid): Promise<Invite> => {
    const invite = await invites.get(key);
    if (invite !== undefined && (invite.spentBy ?? clientId) === clientId) return invite;
    throw new Problem(
      'enrolment_closed',
      'This invite has been used, has expired, or never was. Ask your admin for another.',
    );
  };

  const redeem = async (request: EnrolmentRequest, code: string): Promise<EnrolmentView> => {
    const { client_id: id, token_hash: tokenHash } = request;
    const key = hash('sha256', code, 'hex');
    // Before any file is read: anybody may try codes.
    if (letInBefore(config(), request) === undefined) await openInvite(key, id);
    const author = { by: `client ${request.name}`, what: 'enrol with an invite' };
    const username = await editConfig(author, async (edit) => {
      const known = letInBefore(edit.config, request);
      if (known !== undefined) return known;
      const invite = await openInvite(key, id);
      const grant = grantNow(edit.config, invite);
      letIn(edit, grant, clientEntry(id, request.name, tokenHash));
      await invites.put(key, { ...invite, spentBy: id });
      return grant.username;
    }).catch(withoutFiles);
    await invites.remove(key);
    return { id, state: 'approved', username };
  };

  const clientEntry = (id: Uuid, name: string, tokenHash: string): [Uuid, Client] => [
    id,
    { name, token_hash: tokenHash, created: new Date(now()).toISOString(), expires: null },
  ];

  const wait = async (request: EnrolmentRequest): Promise<EnrolmentView> => {
    const waiting = await clients.all();
    const same = waiting.find(
      ({ clientId, tokenHash }) =>
        clientId === request.client_id && tokenHash === request.token_hash,
    );
    if (same !== undefined) return view(same);
    const isTaken =
      config().accountOfClient.has(request.client_id) ||
      waiting.some(({ clientId }) => clientId === request.client_id);
    if (isTaken) {
      throw new Problem('conflict', 'This client id is in use. Start afresh: berth login --reset');
    }
    if (waiting.length >= MAX_PENDING) {
      throw rateLimited(
        'Too many clients are waiting to be let in. Ask your admin for an invite.',
        RETRY_SECONDS,
      );
    }
    const client: PendingClient = {
      id: randomUUID(),
      clientId: request.client_id,
      tokenHash: request.token_hash,
      clientName: request.name,
      code: randomCode(CODE_LENGTH),
      expires: expiry(PENDING_MS),
      refused: false,
    };
    await clients.put(client.id, client);
    onStep('asked', client);
    return view(client);
  };

  const byCode = async (typed: string): Promise<PendingClient> => {
    const code = typed.toUpperCase().replaceAll('-', '');
    const client = (await clients.all()).find((one) => one.code === code && !one.refused);
    if (client !== undefined) return client;
    throw new Problem(
      'not_found',
      `No client waits with the code ${JSON.stringify(typed)}. Those that do: ${commandLine(config().directory, 'enroll', 'list')}`,
    );
  };

  return {
    ask: (request) =>
      request.invite === undefined
        ? asking('', () => wait(request))
        : redeem(request, request.invite),

    view: async (id) => {
      const client = await clients.get(id);
      if (client !== undefined) return view(client);
      throw new Problem('not_found', 'This request has expired. Ask again: berth login URL');
    },

    pending: async () => (await clients.all()).filter((client) => view(client).state === 'pending'),

    approve: async (code, grant, by) => {
      const client = await byCode(code);
      const what = `let in ${client.clientName} as ${grant.username}`;
      await editConfig({ by, what }, (edit) => {
        refuseLetIn(edit.config, client);
        letIn(edit, grant, clientEntry(client.clientId, client.clientName, client.tokenHash));
      });
      onStep('approved', client);
      return client;
    },

    refuse: async (code) => {
      const client = await byCode(code);
      refuseLetIn(config(), client);
      await clients.put(client.id, { ...client, refused: true });
      onStep('refused', client);
      return client;
    },

    invite: async (grant) => {
      const userId = checkGrant(config(), grant);
      const code = randomCode(INVITE_LENGTH);
      const expires = expiry(INVITE_MS);
      await invites.put(hash('sha256', code, 'hex'), { grant, userId, expires });
      return { code, expires };
    },
  };
}

/** A code of `length` random characters, 5 bits each. */
function randomCode(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** Whom this very client belongs to already: the answer to an earlier try may have been lost. */
function letInBefore(config: Config, request: EnrolmentRequest): Name | undefined {
  const account = config.accountOfClient.get(request.client_id);
  const client = account?.clients[request.client_id];
  return client?.token_hash === request.token_hash ? account?.username : undefined;
}

/** Throws `conflict`, for the admin, where a client belongs to somebody already. */
function refuseLetIn(config: Config, { clientId, clientName }: PendingClient): void {
  const account = config.accountOfClient.get(clientId);
  if (account === undefined) return;
  const revoke = commandLine(config.directory, 'client', 'revoke', account.username, clientId);
  throw new Problem(
    'conflict',
    `${clientName} belongs to ${account.username} already. To end it: ${revoke}`,
  );
}

/** What stands in the files is the admin's to read; the caller is a stranger. */
function withoutFiles(error: unknown): never {
  if (!(error instanceof Problem) || error.code !== 'config_invalid') throw error;
  throw new Problem(
    'config_invalid',
    'The server’s configuration has an error, so nobody can be let in now. Tell your admin.',
    { cause: error },
  );
}

function letIn(edit: Edit, grant: Grant, [id, client]: [Uuid, Client]): void {
  if (edit.config.accountOfClient.has(id)) throw clientIdTaken();
  const userId = checkGrant(edit.config, grant) ?? randomUUID();
  if (grant.newUser !== undefined) {
    const { containers } = grant.newUser;
    addUser(edit, userId, { username: grant.username, containers: [...containers] });
  }
  addClient(edit, userId, id, client);
}

/** What an invite grants to the user it was made for, whatever they are called now. */
function grantNow(config: Config, { grant, userId }: Invite): Grant {
  if (grant.newUser !== undefined) return grant;
  const account = userId === undefined ? undefined : config.accounts.get(userId);
  if (account !== undefined) return { username: account.username };
  throw new Problem(
    'enrolment_closed',
    'This invite is for no user there is now. Ask your admin for another.',
  );
}

const clientIdTaken = (): Problem =>
  new Problem('conflict', 'This client id is in use. Start afresh: berth login --reset');

/** The user's UUID, or undefined where the grant makes the user. Throws where it cannot be kept. */
function checkGrant(config: Config, { username, newUser }: Grant): Uuid | undefined {
  const account = config.accountByName.get(username);
  if (newUser === undefined) {
    if (account !== undefined) return account.id;
    throw new Problem(
      'not_found',
      `There is no user ${username}. To make one, say that they are new (--new, or new_user), and what they may start.`,
    );
  }
  if (account !== undefined) {
    throw new Problem('conflict', `There is a user ${username} already. Leave out --new.`);
  }
  refuseTakenName(config, username);
  if (!Check(Name, username)) {
    throw new Problem(
      'bad_request',
      `${JSON.stringify(username)} cannot be a user’s name: lower-case letters, digits and hyphens, starting with a letter; at most 32.`,
    );
  }
  const unknown = newUser.containers.find((name) => !config.templates.has(name));
  if (unknown !== undefined) {
    const known = [...config.templates.keys()].join(', ');
    throw new Problem('not_found', `There is no template ${unknown}. There are: ${known}.`);
  }
  return undefined;
}
