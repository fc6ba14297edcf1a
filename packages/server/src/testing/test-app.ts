import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addUser, openConfigStore, addClient, type Config, type EditConfig } from '@berth/config';
import { hashSecret, newSecret } from '@berth/config/secret';
import { formatAuthorization, Problem, type Client, type Credential } from '@berth/contract';
import { createLifecycle, type Engine } from '@berth/engine';
import { createMemoryEngine, withFaults, type Faults } from '@berth/engine/testing';
import { createLog } from '@berth/logs';
import { onTestFinished } from 'vitest';
import { createEnrolment, type Enrolment } from '../accounts/enrolment.ts';
import { buildApp } from '../app.ts';
import { createContainers } from '../containers/containers.ts';
import type { App } from '../http/app.ts';

/** The application as `serve` builds it, on the memory engine and a clock of the test's. */
export interface TestApp {
  readonly app: App;
  readonly engine: Engine;
  readonly faults: Faults;
  readonly enrolment: Enrolment;
  readonly directory: string;
  /** Everything that was logged. */
  readonly logged: () => string;
  config(): Config;
  readonly edit: EditConfig;
  /** Sends the clock forward. */
  pass(ms: number): void;
  /** Runs once, behind the next edit of `users.yaml` and before its caller goes on. */
  onEdited(then: () => Promise<void>): void;
  reject(): void;
  /** What the server does now and then. */
  sweep(): Promise<void>;
  /** What the server waits for before it ends. */
  settled(): Promise<void>;
  /** Writes the user's own file, or another `containers.yaml`, and loads it. */
  override(userId: string, lines: string): Promise<void>;
  templates(text: string): Promise<void>;
  /** A new user with one client; returns what the client proves itself with. */
  user(name: string, templates: readonly string[], client?: Partial<Client>): Promise<Credential>;
}

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

export async function testApp(): Promise<TestApp> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-server-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(
    join(directory, 'main.yaml'),
    'version: 1\nadmin: {username: admin, password_hash: "$pbkdf2-sha256$i=600000,l=32$x$y"}\n...\n',
  );
  await writeFile(join(directory, 'containers.yaml'), TEMPLATES);
  await writeFile(join(directory, 'users.yaml'), 'version: 1\nusers: {}\n...\n');

  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  onTestFinished(store.close);
  let time = Date.parse('2026-11-23T10:00:00Z');
  let rejection: Problem | undefined;
  let log = '';
  let edited: (() => Promise<void>) | undefined;
  const edit: EditConfig = async (author, change) => {
    const result = await store.edit(author, change);
    await edited?.();
    return result;
  };
  const { engine, faults } = withFaults(
    createMemoryEngine({ images: ['lab:1'], registry: ['gpu:1'] }),
  );
  const lifecycle = createLifecycle({ engine, instance: 'berth', onLeftover: () => {} });
  const containers = createContainers({
    config: store.current,
    engine,
    lifecycle,
    newId: () => crypto.randomUUID(),
  });
  const enrolment = createEnrolment({
    config: store.current,
    edit,
    now: () => time,
  });
  const app = buildApp({
    store: { current: store.current, rejection: () => rejection },
    enrolment,
    containers,
    log: createLog({
      write: (entry) => {
        log += entry;
      },
      level: 'debug',
      now: () => new Date(time),
    }),
    now: () => new Date(time),
  });
  onTestFinished(() => app.close());

  return {
    app,
    engine,
    faults,
    enrolment,
    directory,
    logged: () => log,
    config: store.current,
    edit,
    pass: (ms) => {
      time += ms;
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
    sweep: containers.sweep,
    settled: containers.settled,
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
  };
}

export function newCredential(): Credential {
  return { clientId: crypto.randomUUID(), secret: newSecret().secret };
}

export const tokenHash = ({ secret }: Credential): string => hashSecret(secret);

export const bearer = (credential: Credential): { authorization: string } => ({
  authorization: formatAuthorization(credential),
});
