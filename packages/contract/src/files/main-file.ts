import { Type, type Static } from 'typebox';
import { Form } from '../form.ts';
import { Name } from '../names.ts';
import { ByteSize, Duration } from '../units.ts';
import { FileVersion } from './file-version.ts';
import { Limits } from './limits.ts';
import { PasswordHash } from './password-hash.ts';

/** `main.yaml`: the server’s own settings. */
export const MainFile = Type.Object(
  {
    version: FileVersion,
    admin: Type.Object(
      {
        username: Type.Evaluate(Name, {
          description: 'The admin’s name. Nothing asks for it in this version.',
        }),
        password_hash: Type.Evaluate(PasswordHash, {
          description: 'PBKDF2-SHA256 or bcrypt; `berthd init` writes it.',
        }),
      },
      { additionalProperties: false, description: 'The built-in administrator.' },
    ),
    server: Type.Object(
      {
        host: Form(
          '^(localhost|::1|127(\\.(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3})$',
          'localhost, ::1 or 127.x.x.x: this version serves plain HTTP, which is safe on loopback only',
          {
            default: '127.0.0.1',
            description: 'Address to serve on: localhost, ::1 or 127.x.x.x.',
          },
        ),
        port: Type.Integer({
          minimum: 0,
          maximum: 65_535,
          default: 8420,
          description: 'TCP port; 0 takes a free one, and the log says which.',
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
          description: 'Enrolments and invites, in a folder of their own; relative to this folder.',
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
    logging: Type.Object(
      {
        level: Type.Enum(['debug', 'info', 'warn', 'error'], {
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
