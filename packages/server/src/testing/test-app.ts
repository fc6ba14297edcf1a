import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addClient,
  addUser,
  createPasswords,
  openConfigStore,
  updateUser,
  type Config,
  type EditConfig,
  type Notice,
} from '@berth/config';
import { handClock } from '@berth/config/testing';
import { hashSecret, newSecret } from '@berth/config/secret';
import {
  formatAuthorization,
  Problem,
  type Client,
  type Credential,
  type LoginView,
  type User,
} from '@berth/contract';
import type { Engine } from '@berth/engine';
import {
  createMemoryEngine,
  withFaults,
  type Faults,
  type MemoryEngine,
} from '@berth/engine/testing';
import { createLog } from '@berth/logs';
import { onTestFinished } from 'vitest';
import type { Enrolment } from '../accounts/enrolment.ts';
import type { Logins } from '../accounts/logins.ts';
import { createActingNow, type Audit } from '../acting.ts';
import { createAuditTrail } from '../audit/trail.ts';
import type { EndUser } from '../containers/end-user.ts';
import type { Events } from '../events/events.ts';
import { createFeatures } from '../features.ts';
import type { App } from '../http/app.ts';
import { createConnections } from '../http/connections.ts';
import type { Host } from '../monitoring/host.ts';
import { checkAnswers } from './check-answers.ts';

/** The application as `serve` builds it, on the memory engine and a clock of the test's. */
export interface TestApp {
  readonly app: App;
  readonly engine: Engine;
  /** The same, as other programs use it: what they do the server is not told of. */
  readonly byHand: Engine;
  readonly faults: Faults;
  /** Has a container print something. */
  readonly print: MemoryEngine['print'];
  readonly enrolment: Enrolment;
  readonly events: Events;
  readonly directory: string;
  /** Everything that was logged. */
  readonly logged: () => string;
  config(): Config;
  readonly edit: EditConfig;
  readonly audit: Audit;
  /** Sends the clock forward. */
  pass(ms: number): void;
  /** Runs once, behind the next edit of `users.yaml` and before its caller goes on. */
  onEdited(then: () => Promise<void>): void;
  reject(): void;
  readonly endUser: EndUser;
  /** What the server does now and then. */
  sweep(): Promise<void>;
  /** What the server does with streams that keep it from stopping. */
  endStreams(): void;
  /** What the server waits for before it ends. */
  settled(): Promise<void>;
  /** Reads the files again. */
  reload(): Promise<void>;
  /** Writes the user's own file, or another `containers.yaml`, and loads it. */
  override(userId: string, lines: string): Promise<void>;
  templates(text: string): Promise<void>;
  /** A new user with one client; returns what the client proves itself with. */
  user(name: string, templates: readonly string[], client?: Partial<Client>): Promise<Credential>;
  readonly logins: Logins;
  /** Gives a user a password, `PASSWORD`, and what else; makes them where there is none. */
  person(name: string, entry?: Partial<Omit<User, 'clients' | 'containers'>>): Promise<void>;
  /** Logs in with `PASSWORD`: what a browser would send with each request from then on. */
  login(name?: string): Promise<LoginHeaders>;
  /** The server on the same folder as it is after a restart, with the clock as it stands. */
  restarted(): Promise<Logins>;
}

export interface LoginHeaders extends Record<string, string> {
  readonly cookie: string;
  readonly origin: string;
  readonly 'x-csrf-token': string;
}

/** Everybody's, also that of the built-in admin, who is called `admin`. */
export const PASSWORD = 'correct horse battery';

/** As the real ones, but for the work. */
const quickPasswords = (): ReturnType<typeof createPasswords> =>
  createPasswords({
    derive: (password, salt) =>
      Promise.resolve(createHmac('sha256', salt).update(password).digest()),
  });

const TEMPLATES = `version: 1
containers:
  lab:
    description: A lab
    image: lab:1
    volumes:
      - {name: home, target: /home/user, persistent: true}
      - {name: scratch, target: /scratch}
    network: {ports: [{container: 8888, label: web}]}
  gpu: {image: gpu:1}
...
`;

/** A machine that does the same all the time. */
const QUIET_HOST: Host = {
  cpuCount: () => 2,
  cpuTimes: () => ({ busy: 1, all: 4 }),
  load: () => [0.5, 0.25, 0.125],
  memory: () => ({ used: 1e9, total: 4e9 }),
  uptimeSeconds: () => 3600,
  disk: async () => ({ id: 1, used: 1e9, available: 8e9, total: 1e10 }),
};

/** Only tests of the limits are to meet them. */
const OUT_OF_THE_WAY =
  '{per_minute: 1000000, browser_per_minute: 1000000, address_per_minute: 1000000, login_per_minute: 1000000, enrol_per_minute: 1000000}';

/** @param options.rateLimit as it stands in `main.yaml` */
export async function testApp({ rateLimit = OUT_OF_THE_WAY } = {}): Promise<TestApp> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-server-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const passwords = quickPasswords();
  const passwordHash = await passwords.hash(PASSWORD);
  await writeFile(
    join(directory, 'main.yaml'),
    `version: 1\nadmin: {username: admin, password_hash: "${passwordHash}"}\nrate_limit: ${rateLimit}\n...\n`,
  );
  await writeFile(join(directory, 'containers.yaml'), TEMPLATES);
  await writeFile(join(directory, 'users.yaml'), 'version: 1\nusers: {}\n...\n');

  let onNotice: (notice: Notice) => void = () => {};
  const clock = handClock();
  let time = Date.parse('2026-11-23T10:00:00Z');
  const acting = createActingNow();
  const trail = createAuditTrail({
    now: () => new Date(time),
    acting: acting.current,
    onFault: (error) => {
      throw error;
    },
  });
  const store = await openConfigStore({
    directory,
    isWatching: false,
    onNotice: (notice) => {
      onNotice(notice);
    },
    onRecorded: trail.recorded,
    now: () => new Date(time),
  });
  trail.begin(store.current);
  onTestFinished(trail.settled);
  onTestFinished(store.close);
  let rejection: Problem | undefined;
  let written = '';
  let edited: (() => Promise<void>) | undefined;
  const edit: EditConfig = async (author, change) => {
    const result = await store.edit(author, change);
    await trail.settled();
    await edited?.();
    return result;
  };
  const memory = createMemoryEngine({ images: ['lab:1'], registry: ['gpu:1'] });
  const { engine: byHand, faults } = withFaults(memory);
  const log = createLog({
    write: (entry) => {
      written += entry;
    },
    level: () => 'debug',
    now: () => new Date(time),
  });
  const ending = new AbortController();
  const features = createFeatures({
    directory,
    store: { ...store, rejection: () => rejection },
    edit,
    docker: byHand,
    trail,
    acting,
    passwords,
    host: QUIET_HOST,
    clock: { now: () => time, monotonic: () => time },
    later: clock.later,
    life: randomBytes(6).toString('hex'),
    log,
    isLogFaulty: () => false,
    connections: createConnections({ settings: () => store.current().settings }),
    ending: ending.signal,
    onNotice: () => {},
    onFault: (event, error) => {
      throw new Error(event, { cause: error });
    },
  });
  const { app, engine, containers, enrolment, events, logins, newLogins } = features;
  const { follower, monitoring } = features;
  onNotice = features.tellEvents;
  follower.begin();
  onTestFinished(follower.end);
  await follower.look();
  await monitoring.begin();
  onTestFinished(monitoring.end);
  onTestFinished(() => app.close());
  checkAnswers(app);

  return {
    app,
    engine,
    byHand,
    faults,
    print: memory.print,
    enrolment,
    events,
    directory,
    logged: () => written,
    config: store.current,
    edit,
    audit: trail.audit,
    pass: (ms) => {
      time += ms;
      clock.pass(ms);
    },
    onEdited: (then) => {
      edited = () => {
        edited = undefined;
        return then();
      };
    },
    reject: () => {
      rejection = new Problem('config_invalid', 'users.yaml is wrong');
    },
    endUser: containers.endUser,
    sweep: containers.sweep,
    settled: containers.settled,
    endStreams: () => {
      ending.abort();
    },
    reload: store.reload,
    override: async (userId, lines) => {
      await mkdir(join(directory, 'users'), { recursive: true });
      await writeFile(join(directory, 'users', `${userId}.yaml`), `version: 1\n${lines}\n...\n`);
      await store.reload();
    },
    templates: async (text) => {
      await writeFile(join(directory, 'containers.yaml'), text);
      await store.reload();
    },
    user: async (name, templates, client = {}) => {
      const credential = newCredential();
      await edit({ by: 'test', what: `add ${name}` }, (change) => {
        const id = crypto.randomUUID();
        addUser(change, id, { username: name, containers: [...templates] });
        addClient(change, id, credential.clientId, {
          name: 'laptop',
          token_hash: tokenHash(credential),
          created: '2026-11-23T10:00:00Z',
          ...client,
        });
      });
      return credential;
    },
    logins,
    person: async (name, entry = {}) => {
      const user = { password_hash: passwordHash, ...entry };
      await edit({ by: 'test', what: `a password for ${name}` }, (change) => {
        const known = change.config.accountByName.get(name);
        if (known === undefined) addUser(change, crypto.randomUUID(), { username: name, ...user });
        else updateUser(change, known.id, user);
      });
    },
    login: async (username = 'admin') => {
      const answer = await app.inject({
        method: 'POST',
        url: '/login',
        payload: { username, password: PASSWORD },
      });
      const [cookie = ''] = String(answer.headers['set-cookie']).split(';');
      const { csrf_token: token } = answer.json<LoginView>();
      return { cookie, origin: 'http://localhost', 'x-csrf-token': token };
    },
    restarted: async () => {
      const fresh = newLogins();
      await fresh.load();
      return fresh;
    },
  };
}

export function newCredential(): Credential {
  return { clientId: crypto.randomUUID(), secret: newSecret().secret };
}

export const tokenHash = ({ secret }: Credential): string => hashSecret(secret);

export const bearer = (credential: Credential): { authorization: string } => ({
  authorization: formatAuthorization(credential),
});
