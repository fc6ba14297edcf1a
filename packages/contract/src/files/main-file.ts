import { Type, type Static } from 'typebox';
import { Form } from '../form.ts';
import { Name } from '../names.ts';
import { ByteSize, Duration } from '../units.ts';
import { FileVersion } from './file-version.ts';
import { Limits } from './limits.ts';
import { ChangePassword, PasswordHash } from './password-hash.ts';

const rate = (fallback: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 1_000_000_000, default: fallback, description });

/** `main.yaml`: the server’s own settings. */
export const MainFile = Type.Object(
  {
    version: FileVersion,
    admin: Type.Object(
      {
        username: Type.Evaluate(Name, {
          description: 'The name that the admin logs in with.',
        }),
        password_hash: Type.Evaluate(PasswordHash, {
          description: 'PBKDF2-SHA256 or bcrypt; `berthd init` writes it.',
        }),
        change_password: Type.Optional(ChangePassword),
      },
      { additionalProperties: false, description: 'The built-in administrator.' },
    ),
    server: Type.Object(
      {
        host: Form('^(localhost|[0-9A-Fa-f:.]+)$', 'localhost or an IP address', {
          default: '127.0.0.1',
          description:
            'Address to serve on: localhost or an IP address, such as 0.0.0.0 for all. One that is not loopback needs `tls` or `trusted_proxies`.',
        }),
        port: Type.Integer({
          minimum: 0,
          maximum: 65_535,
          default: 8420,
          description: 'TCP port; 0 takes a free one, and the log says which.',
        }),
        tls: Type.Optional(
          Type.Object(
            {
              cert_file: Type.String({
                minLength: 1,
                description:
                  'PEM file with the certificate, and after it those that lead to its issuer; relative to this folder.',
              }),
              key_file: Type.String({
                minLength: 1,
                description:
                  'PEM file with its private key, without a passphrase; relative to this folder.',
              }),
            },
            {
              additionalProperties: false,
              description: 'Serves HTTPS. New files are taken up without a restart.',
            },
          ),
        ),
        max_connections: Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          default: 8192,
          description: 'How many connections are served at a time; further ones are closed.',
        }),
        max_connections_per_address: Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          default: 512,
          description:
            'The same for one address (of IPv6, one /64). Does not hold for trusted proxies and this machine.',
        }),
        trusted_proxies: Type.Array(Type.String(), {
          default: [],
          description:
            'Addresses and ranges of the proxies whose X-Forwarded-* headers are believed. Without `tls`, and off loopback, they alone are answered.',
        }),
      },
      { additionalProperties: false, default: {}, description: 'Where berthd answers.' },
    ),
    engine: Type.Object(
      {
        type: Type.Literal('docker', { default: 'docker', description: 'The kind of engine.' }),
        host: Form('^(unix:///.+|tcp://[^/]+:[0-9]+/?)$', 'unix:///PATH or tcp://HOST:PORT', {
          default: 'unix:///var/run/docker.sock',
          description: 'Where the Docker Engine API answers: unix:///PATH or tcp://HOST:PORT.',
        }),
        prefix: Type.Evaluate(Name, {
          default: 'berth',
          description:
            'First part of every name in the engine, and the mark of what is ours. Two servers on one engine need two.',
        }),
        timeout: Type.Evaluate(Duration, {
          default: '30s',
          description: 'How long one call to the engine may take, pulls aside.',
        }),
      },
      { additionalProperties: false, default: {}, description: 'What runs the containers.' },
    ),
    state: Type.Object(
      {
        directory: Type.String({
          minLength: 1,
          default: 'state',
          description:
            'Enrolments, invites, logins and the audit trail, in a folder of their own; relative to this folder.',
        }),
      },
      {
        additionalProperties: false,
        default: {},
        description: 'What Berth keeps besides the configuration.',
      },
    ),
    limits: Type.Object(
      {
        per_user: Type.Object(Limits.properties, {
          additionalProperties: false,
          default: { containers: 5, cpus: 4, memory: '8g', pids: 2048 },
          description: 'Sums over what a user runs.',
        }),
      },
      { additionalProperties: false, default: {}, description: 'How much may run at once.' },
    ),
    networks: Type.Object(
      {
        pool: Form('^(\\d{1,3}\\.){3}\\d{1,3}/\\d{1,2}$', 'an IPv4 range, such as 10.201.0.0/16', {
          default: '10.201.0.0/16',
          description: 'IPv4 range from which private networks get their subnets.',
        }),
        prefix: Type.Integer({
          minimum: 16,
          maximum: 29,
          default: 28,
          description: 'Prefix length of each network: 28 gives 13 containers.',
        }),
      },
      { additionalProperties: false, default: {}, description: 'The users’ private networks.' },
    ),
    ports: Type.Object(
      {
        bind: Form('^(\\d{1,3}\\.){3}\\d{1,3}$', 'an IPv4 address, such as 127.0.0.1', {
          default: '127.0.0.1',
          description: 'Host address on which containers’ ports appear.',
        }),
        range: Form('^\\d{1,5}-\\d{1,5}$', 'FIRST-LAST, such as 20000-29999', {
          default: '20000-29999',
          description: 'Host ports to give out.',
        }),
      },
      { additionalProperties: false, default: {}, description: 'Where published ports appear.' },
    ),
    history: Type.Object(
      {
        keep: Type.Integer({
          minimum: 1,
          maximum: 100_000,
          default: 1000,
          description: 'How many changes of the configuration are kept.',
        }),
        max_size: Type.Evaluate(ByteSize, {
          default: '64m',
          description: 'How much room the kept changes may take; the oldest go first.',
        }),
      },
      {
        additionalProperties: false,
        default: {},
        description: 'What can be restored with `berthd history restore`.',
      },
    ),
    audit: Type.Object(
      {
        max_size: Type.Evaluate(ByteSize, {
          default: '256m',
          description: 'How much room the trail may take; the oldest goes first.',
        }),
      },
      {
        additionalProperties: false,
        default: {},
        description: 'Who did what, when and from where: `berthd audit`.',
      },
    ),
    rate_limit: Type.Object(
      {
        per_minute: rate(60, 'Requests of one client.'),
        browser_per_minute: rate(600, 'Requests of one login: a page makes more of them.'),
        address_per_minute: rate(
          300,
          'Requests from one address, an IPv6 /64 counting as one, where nobody is authenticated.',
        ),
        login_per_minute: rate(
          10,
          'Tries to log in, from one address; and to one account, from where it was not logged in to before.',
        ),
        enrol_per_minute: rate(30, 'Requests to be let in, from one address.'),
      },
      {
        additionalProperties: false,
        default: {},
        description:
          'How often, and so many at once; who asks more often is told when to come again.',
      },
    ),
    logins: Type.Object(
      {
        idle_minutes: Type.Integer({
          minimum: 1,
          maximum: 10_080,
          default: 30,
          description: 'A login that is not used for so long ends.',
        }),
        absolute_hours: Type.Integer({
          minimum: 1,
          maximum: 720,
          default: 12,
          description: 'A login ends after so long, however much it is used.',
        }),
      },
      { additionalProperties: false, default: {}, description: 'Logins with name and password.' },
    ),
    liveness: Type.Object(
      {
        flush_seconds: Type.Integer({
          minimum: 1,
          maximum: 3600,
          default: 30,
          description: 'How often it is written to the state folder who was last seen when.',
        }),
        stale_after_seconds: Type.Integer({
          minimum: 10,
          maximum: 2_678_400,
          default: 180,
          description: 'A client that has not pinged for so long is stale; it does once a minute.',
        }),
      },
      { additionalProperties: false, default: {}, description: 'Which clients are there.' },
    ),
    logging: Type.Object(
      {
        directory: Type.String({
          minLength: 1,
          default: 'log',
          description: 'Where the log is written to, in `berthd.yaml`; relative to this folder.',
        }),
        rotate: Type.Object(
          {
            max_size: Type.Evaluate(ByteSize, {
              default: '10m',
              description: 'A file that would be larger is put aside.',
            }),
            max_age: Type.Evaluate(Duration, {
              default: '7d',
              description: 'A file whose first entry is older is put aside.',
            }),
            keep: Type.Integer({
              minimum: 0,
              maximum: 10_000,
              default: 10,
              description: 'How many that were put aside are kept.',
            }),
            compress: Type.Boolean({
              default: false,
              description: 'Whether they are compressed, with gzip.',
            }),
          },
          { additionalProperties: false, default: {}, description: 'When another file is begun.' },
        ),
        level: Type.Enum(['debug', 'info', 'warn', 'error', 'critical'], {
          default: 'info',
          description: 'The least severity that is logged.',
        }),
      },
      { additionalProperties: false, default: {}, description: 'What is logged.' },
    ),
  },
  { additionalProperties: false, description: 'The server’s own settings.' },
);
export type MainFile = Static<typeof MainFile>;
