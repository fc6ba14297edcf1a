import type { Name } from '@berth/contract';
import { FILE_HEADERS } from './file-headers.ts';
import { USERS_README } from './users-readme.ts';

export interface Starter {
  readonly engineHost: string;
  /** What sets this server's things in the engine apart from another's. */
  readonly prefix: Name;
  readonly port: number;
  readonly passwordHash: string;
  /** In PEM, for a server that others reach; without one it serves this machine. */
  readonly certificate?: { readonly cert: string; readonly key: string } | undefined;
}

/**
 * The files of a new configuration, by path. Their examples are commented out with a # and no space,
 * so that deleting the # is all it takes; the space marks a comment that stays one.
 */
export function starterFiles(starter: Starter): Map<string, string> {
  return new Map([
    [USERS_README.path, USERS_README.text],
    ...(starter.certificate === undefined
      ? []
      : ([
          ['tls/key.pem', starter.certificate.key],
          ['tls/cert.pem', starter.certificate.cert],
        ] as const)),
    ['users.yaml', USERS_YAML],
    ['containers.yaml', CONTAINERS_YAML],
    ['main.yaml', mainYaml(starter)],
  ]);
}

const SECURE = `\
  host: 0.0.0.0
  # In PEM. Put those of your own authority in their place; no restart is needed.
  tls: {cert_file: tls/cert.pem, key_file: tls/key.pem}
`;

const LOCAL = `\
  # Another address than 127.0.0.1 needs tls: {cert_file: FILE, key_file: FILE}, or a proxy that has it.
  host: 127.0.0.1
`;

const mainYaml = ({ engineHost, prefix, port, passwordHash, certificate }: Starter): string => `\
${FILE_HEADERS.main}version: 1
admin:
  username: admin
  password_hash: "${passwordHash}"
  # The first login sets another password.
  change_password: true
server:
${certificate === undefined ? LOCAL : SECURE}  port: ${port}
engine:
  type: docker
  host: ${JSON.stringify(engineHost)}
  # First part of every name in the engine. Another server on the same engine needs another.
  prefix: ${prefix}
limits:
  # What one user may run at once, all containers together.
  per_user: {containers: 5, cpus: 4, memory: 8g, pids: 2048}

# To use one of these, delete the # in front of it.
# Where published ports appear. On 0.0.0.0 everybody in the network reaches them.
#ports: {bind: 0.0.0.0, range: 20000-29999}
# Where private networks get their addresses from. Take a range that is free here.
#networks: {pool: 10.202.0.0/16, prefix: 28}
# Enrolments, invites, logins and the audit trail, in a folder of their own; relative to this folder.
#state: {directory: /var/lib/berth}
# How long a login lives: without use, and at all.
#logins: {idle_minutes: 30, absolute_hours: 12}
# debug, info, warn or error.
#logging: {level: debug}

# The last line of every file is three dots: a file that was cut off is noticed.
...
`;

const CONTAINERS_YAML = `\
${FILE_HEADERS.containers}version: 1
containers:
  shell:
    description: A Linux workspace to try things in
    image: berth/shell:1
    resources: {cpus: 1, memory: 1g, pids: 256}
    volumes:
      # persistent: true outlives \`berth stop\`; false is removed with the container.
      - {name: home, target: /home/user, persistent: true}

# A template with a port. To use it, delete the # in front of its lines.
#  lab:
#    description: JupyterLab with the team's packages
#    image: registry.example/lab:2026.11
#    command: [jupyter, lab, --ip=0.0.0.0]
#    # A number has to stand in quotes here.
#    env: {JUPYTER_PORT: "8888"}
#    resources: {cpus: 2, memory: 4g, pids: 512}
#    volumes:
#      - {name: home, target: /home/jovyan, persistent: true}
#      - {name: scratch, target: /scratch}
#    network:
#      # \`berth list\` shows where it appears on the host.
#      ports: [{container: 8888, label: web}]

# One without any network.
#  offline:
#    image: registry.example/offline:1
#    network: {mode: none}
...
`;

const USERS_YAML = `\
${FILE_HEADERS.users}version: 1
users: {}

# A user written by hand. To use it, delete the # in front of its lines, and the {}
# above if they are still there. Everybody needs a UUID of their own: uuidgen
#  6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162:
#    username: alice
#    containers: [shell]
#    metadata: {team: vision}
#    # true refuses every machine of theirs, and nothing else is lost.
#    disabled: false
...
`;
