import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPasswords } from '@berth/config';
import type { ContainerList, ContainerView, Credential, Health } from '@berth/contract';
import {
  busyboxImage,
  freePorts,
  removeEverything,
  testEngine,
  type TestEngine,
} from '@berth/testbed';
import type { Ended, Running } from '@berth/testbed/program';
import { load } from 'js-yaml';
import { expect, onTestFinished } from 'vitest';
import { run, start } from './program.ts';

/** A server with its configuration, its engine and its users, as real processes; all of it the test's own. */
export interface House {
  readonly directory: string;
  /** Value of `io.berth.instance`, and first part of every name in the engine. */
  readonly prefix: string;
  readonly engine: TestEngine;
  readonly image: string;
  readonly url: string;
  pid(): number;
  /** All that the server has printed since its last start: its log. */
  said(): string;
  /** Starts `berthd`, which was killed, again. */
  serve(): Promise<void>;
  /** Ends `berthd` with this signal; resolves when it is gone. */
  end(signal: NodeJS.Signals): Promise<Ended>;
  berthd(...args: string[]): Promise<Ended>;
  /** Makes a user who may start these templates, with one client that is logged in. */
  user(name: string, templates: readonly string[]): Promise<Resident>;
  /** A person whose client is not enrolled yet. */
  stranger(): Promise<Resident>;
  /** Writes the user's own file, and waits until the server has taken it up. */
  override(userId: string, lines: string): Promise<void>;
  /** Replaces text in a configuration file, and waits until the server has taken it up. */
  edit(file: string, before: string | RegExp, after: string): Promise<void>;
}

/** A person with a home folder, and so with a client of their own. */
export interface Resident {
  readonly home: string;
  berth(...args: string[]): Promise<Ended>;
  start(...args: string[]): Running;
  /** What the server says this user has. */
  containers(): Promise<ContainerView[]>;
  /** The one container of this title. Throws unless there is exactly one. */
  container(title: string): Promise<ContainerView>;
  credential(): Promise<Credential>;
}

export interface HouseOptions {
  /** Entries of `containers.yaml`, indented by two. `IMAGE` stands for the small test image. */
  readonly templates: string;
  /** More lines of `main.yaml`. */
  readonly settings?: string;
  readonly engine?: TestEngine;
  /** How long one call to the engine may take. */
  readonly timeout?: string;
  /** Where the server believes the engine to be; cleaning up uses the real one. */
  readonly engineHost?: string;
  /** Of the built-in admin, who is called `admin`; without it nobody knows it. */
  readonly adminPassword?: string;
  /** A command that runs the server, such as `setpriv …`. */
  readonly serveThrough?: readonly string[];
}

const NOBODYS_HASH = '$pbkdf2-sha256$i=600000,l=32$x$y';

/** Opens a house; `close` removes it with everything that was made in it, in whatever state it is. */
export async function openHouse(
  options: HouseOptions,
): Promise<House & { close(): Promise<void> }> {
  const engine = options.engine ?? (await testEngine());
  const image = await busyboxImage(engine.docker);
  const directory = await mkdtemp(join(tmpdir(), 'berth-e2e-'));
  const config = join(directory, 'config');
  const prefix = `t${randomBytes(5).toString('hex')}`;
  // A port that stays, so that clients find the server again after a restart.
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  await mkdir(config);
  const { adminPassword } = options;
  const hash =
    adminPassword === undefined ? NOBODYS_HASH : await createPasswords().hash(adminPassword);
  const files = {
    'main.yaml': `version: 1
admin: {username: admin, password_hash: "${hash}"}
server: {port: ${port}}
engine: {host: "${options.engineHost ?? engine.host}", prefix: ${prefix}, timeout: ${options.timeout ?? '20s'}}
rate_limit: {per_minute: 1000000, browser_per_minute: 1000000, address_per_minute: 1000000, login_per_minute: 1000000, enrol_per_minute: 1000000}
${options.settings ?? ''}
...
`,
    'containers.yaml': `version: 1\ncontainers:\n${options.templates.replaceAll('IMAGE', image)}\n...\n`,
    'users.yaml': 'version: 1\nusers: {}\n...\n',
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(config, file), text);

  let server: Running | undefined;
  const running = (): Running => {
    if (server === undefined) throw new Error('The server was not started');
    return server;
  };
  const serve = async (): Promise<void> => {
    const through = options.serveThrough ?? [];
    server = start('berthd', ['serve', '--config', config], { through });
    await server.printed(/serves http/);
  };
  const end: House['end'] = (signal) => {
    running().child.kill(signal);
    return running().ended;
  };
  const stranger = async (): Promise<Resident> =>
    resident(await mkdtemp(join(directory, 'home-')), url);

  /** Makes a change to the configuration, and waits for the server to say that it has another. */
  const changed = async (change: () => Promise<void>): Promise<void> => {
    const revision = async (): Promise<string> =>
      ((await (await fetch(`${url}/healthz`)).json()) as Health).config.revision;
    const before = await revision();
    await change();
    // Vitest's polling ends by itself; a revision that stays is a failure that says so.
    await expect.poll(revision, { timeout: 20_000 }).not.toBe(before);
  };

  const house: House = {
    directory: config,
    prefix,
    engine,
    image,
    url,
    pid: () => running().child.pid ?? 0,
    said: () => running().said(),
    serve,
    end,
    berthd: (...args) => run('berthd', [...args, '--config', config]),
    user: async (name, templates) => {
      const allow = templates.length === 0 ? [] : ['--allow', templates.join(',')];
      const grant = ['--user', name, '--new', '--json', ...allow];
      const invited = await run('berthd', ['enroll', 'invite', '--config', config, ...grant]);
      if (invited.code !== 0) throw new Error(invited.stderr);
      const { code } = JSON.parse(invited.stdout) as { code: string };
      const person = await stranger();
      const login = await person.berth('login', url, '--invite', code);
      if (login.code !== 0) throw new Error(login.stderr);
      return person;
    },
    stranger,
    override: async (userId, lines) => {
      await mkdir(join(config, 'users'), { recursive: true });
      await changed(() =>
        writeFile(join(config, 'users', `${userId}.yaml`), `version: 1\n${lines}\n...\n`),
      );
    },
    edit: async (file, before, after) => {
      const path = join(config, file);
      const old = await readFile(path, 'utf8');
      const text = old.replace(before, after);
      if (text === old) throw new Error(`${file} has no ${String(before)}`);
      await changed(() => writeFile(path, text));
    },
  };
  await serve();
  return {
    ...house,
    close: async () => {
      if (server !== undefined) await end('SIGKILL');
      await removeEverything(engine.docker, prefix);
      await rm(directory, { recursive: true });
    },
  };
}

/** Opens a house for one test, which ends with it. */
export async function houseForTest(options: HouseOptions): Promise<House> {
  const house = await openHouse(options);
  onTestFinished(house.close);
  return house;
}

function resident(home: string, url: string): Resident {
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, '.config') };
  const credential = async (): Promise<Credential> => {
    const text = await readFile(join(home, '.config/berth/config.yaml'), 'utf8');
    const { current, contexts } = load(text) as {
      current: string;
      contexts: Record<string, { client: string; secret: string }>;
    };
    const context = contexts[current];
    if (context === undefined) throw new Error('Not logged in');
    return { clientId: context.client, secret: context.secret };
  };
  const containers = async (): Promise<ContainerView[]> => {
    const { clientId, secret } = await credential();
    const answer = await fetch(`${url}/containers`, {
      headers: { authorization: `Bearer ${clientId}.${secret}` },
    });
    return ((await answer.json()) as ContainerList).containers;
  };
  return {
    home,
    berth: (...args) => run('berth', args, { env }),
    start: (...args) => start('berth', args, { env }),
    containers,
    container: async (title) => {
      const found = (await containers()).filter(
        ({ template, name }) => (name === undefined ? template : `${template}.${name}`) === title,
      );
      if (found.length !== 1 || found[0] === undefined) {
        throw new Error(`${found.length} containers are called ${title}`);
      }
      return found[0];
    },
    credential,
  };
}
