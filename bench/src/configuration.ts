import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatAuthorization, type Credential } from '@berth/contract';

/** A user of a generated configuration, with the secret that only their client knows. */
export interface Member {
  readonly username: string;
  readonly credential: Credential;
  readonly authorization: string;
}

export interface ConfigurationOptions {
  readonly folder: string;
  readonly users: number;
  readonly image: string;
  readonly engineHost: string;
  /** Value of `io.berth.instance`. */
  readonly prefix: string;
  /** IPv4 range for one network of sixteen addresses. */
  readonly pool?: string;
  /** First and last host port for containers. */
  readonly ports?: readonly [first: number, last: number];
}

/** A template’s limits, which the baseline’s container gets too. */
export const LAB = { cpus: 0.5, memoryBytes: 64 * 1024 ** 2, pids: 100, shmBytes: 16 * 1024 ** 2 };

/** Writes a server’s configuration with three templates and one client for each user. */
export async function writeConfiguration(options: ConfigurationOptions): Promise<Member[]> {
  const { folder, image, engineHost, prefix, pool, ports } = options;
  const members = Array.from({ length: options.users }, (_, index) => newMember(index));
  await mkdir(folder, { recursive: true });
  const files = {
    'main.yaml': `version: 1
admin: {username: admin, password_hash: "$pbkdf2-sha256$i=600000,l=32$x$y"}
server: {port: 0}
engine: {host: "${engineHost}", prefix: ${prefix}}
rate_limit: {per_minute: 1000000000, browser_per_minute: 1000000000, address_per_minute: 1000000000, login_per_minute: 1000000000, enrol_per_minute: 1000000000}
limits: {per_user: {containers: 100, cpus: 100, memory: 100g, pids: 100000}}
${pool === undefined ? '' : `networks: {pool: ${pool}, prefix: 28}`}
${ports === undefined ? '' : `ports: {range: ${ports.join('-')}}`}
...
`,
    'containers.yaml': `version: 1
containers:
  lab:
    description: A notebook with the team's packages
    image: ${image}
    command: [sleep, "600"]
    env: {GREETING: hello}
    resources: {cpus: ${LAB.cpus}, memory: ${LAB.memoryBytes / 1024 ** 2}m, pids: ${LAB.pids}}
    shm_size: ${LAB.shmBytes / 1024 ** 2}m
    volumes: [{name: home, target: /home/user, persistent: true}]
    network: {ports: [{container: 8080, label: web}]}
  shell:
    description: A Linux workspace to try things in
    image: ${image}
    volumes: [{name: home, target: /home/user, persistent: true}]
  scratch:
    description: A place without a network
    image: ${image}
    network: {mode: none}
...
`,
    'users.yaml': `version: 1\n${usersText(members)}...\n`,
  };
  for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content);
  return members;
}

function newMember(index: number): Member {
  const credential = { clientId: randomUUID(), secret: randomBytes(32).toString('base64url') };
  return {
    username: `user${String(index).padStart(6, '0')}`,
    credential,
    authorization: formatAuthorization(credential),
  };
}

function usersText(members: readonly Member[]): string {
  if (members.length === 0) return 'users: {}\n';
  const entries = members.map(
    ({ username, credential: { clientId, secret } }) => `  ${randomUUID()}:
    username: ${username}
    clients:
      ${clientId}: {name: laptop, token_hash: "sha256:${createHash('sha256').update(secret).digest('hex')}", created: 2026-11-23T10:00:00Z}
    containers: [lab, shell, scratch]
    metadata: {team: vision}
`,
  );
  return `users:\n${entries.join('')}`;
}

/** Logs a member in at a server: what `berth login` writes, in a home folder of their own. */
export async function writeLogin(home: string, { username, credential }: Member, url: string) {
  const folder = join(home, '.config/berth');
  await mkdir(folder, { recursive: true });
  const { clientId, secret } = credential;
  await writeFile(
    join(folder, 'config.yaml'),
    `version: 1
current: bench
contexts:
  bench: {server: "${url}", client: ${clientId}, secret: ${secret}, user: ${username}}
...
`,
    { mode: 0o600 },
  );
}
