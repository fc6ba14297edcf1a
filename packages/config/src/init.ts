import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem, type Name } from '@berth/contract';
import { createPasswords } from './passwords/passwords.ts';
import { randomPassword } from './passwords/random-password.ts';
import { replaceFile } from './replace-file.ts';

export interface InitOptions {
  readonly directory: string;
  readonly engineHost: string;
  /** What sets this server's things in the engine apart from another's. */
  readonly prefix: Name;
  readonly port: number;
}

/**
 * Writes a new configuration that loads as it is and explains itself. Returns the admin's password:
 * only its hash is written. Throws `conflict` where the folder already holds a configuration.
 */
export async function initConfig(options: InitOptions): Promise<{ adminPassword: string }> {
  const { directory } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const taken = (await readdir(directory)).find((name) => name.endsWith('.yaml'));
  if (taken !== undefined) {
    throw new Problem(
      'conflict',
      `${directory} already has a configuration (${taken}); it was left as it is.`,
    );
  }
  const adminPassword = randomPassword();
  const passwordHash = await createPasswords().hash(adminPassword);
  await mkdir(join(directory, 'users'), { recursive: true, mode: 0o700 });
  await (await open(join(directory, '.lock'), 'a', 0o600)).close();
  await replaceFile(join(directory, 'main.yaml'), mainYaml(options, passwordHash));
  await replaceFile(join(directory, 'containers.yaml'), CONTAINERS_YAML);
  await replaceFile(join(directory, 'users.yaml'), USERS_YAML);
  return { adminPassword };
}

const mainYaml = (options: InitOptions, passwordHash: string): string => `\
# main.yaml: the server's own settings. A key that is left out has the default
# that docs/admin-guide.md names. berthd takes up a change by itself; after
# server, engine, state or logging it wants a restart.
version: 1
admin:
  username: admin
  password_hash: "${passwordHash}"
server:
  host: 127.0.0.1
  port: ${options.port}
engine:
  type: docker
  host: ${JSON.stringify(options.engineHost)}
  # First part of every name in the engine. Another server on the same engine needs another.
  prefix: ${options.prefix}
limits:
  # What one user may run at once, all containers together.
  per_user: {containers: 5, cpus: 4, memory: 8g, pids: 2048}
# The last line of every file is three dots: a file that was cut off is noticed.
...
`;

const CONTAINERS_YAML = `\
# containers.yaml: the templates, which are what people may start.
# Who may start which: users.yaml, and users/<uuid>.yaml.
version: 1
containers:
  shell:
    description: A Linux workspace to try things in
    image: berth/shell:1
    resources: {cpus: 1, memory: 1g, pids: 256}
    volumes:
      # persistent: true outlives \`berth stop\`; false is removed with the container.
      - {name: home, target: /home/user, persistent: true}
...
`;

const USERS_YAML = `\
# users.yaml: the people, by UUID. \`berthd enroll\` adds them.
# A user may start the templates listed in \`containers\`; an empty list means none.
version: 1
users: {}
...
`;
