import { Type, type Static } from 'typebox';
import { Name } from '../names.ts';
import { Duration } from '../units.ts';
import { Limits } from './limits.ts';

/** `main.yaml`: the server’s own settings. */
export const MainFile = Type.Object(
  {
    version: Type.Literal(1),
    admin: Type.Object(
      {
        username: Name,
        password_hash: Type.String({
          pattern: '^\\$pbkdf2-sha256\\$',
          description: 'PBKDF2-HMAC-SHA256 as a PHC string; `berthd init` writes it.',
        }),
      },
      { additionalProperties: false, description: 'The built-in administrator.' },
    ),
    server: Type.Object(
      {
        host: Type.String({
          minLength: 1,
          default: '127.0.0.1',
          description: 'Address to serve on.',
        }),
        port: Type.Integer({
          minimum: 0,
          maximum: 65_535,
          default: 8420,
          description: 'TCP port; 0 takes a free one, and the log says which.',
        }),
      },
      { additionalProperties: false, default: {} },
    ),
    engine: Type.Object(
      {
        type: Type.Literal('docker', { default: 'docker' }),
        host: Type.String({
          pattern: '^(unix:///|tcp://).+$',
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
      { additionalProperties: false, default: {} },
    ),
    state: Type.Object(
      {
        directory: Type.String({
          minLength: 1,
          default: 'state',
          description: 'Enrolments and invites; relative to this folder.',
        }),
      },
      { additionalProperties: false, default: {} },
    ),
    limits: Type.Object(
      {
        per_user: Type.Object(Limits.properties, {
          additionalProperties: false,
          default: { containers: 5, cpus: 4, memory: '8g', pids: 2048 },
          description: 'Sums over what a user runs.',
        }),
      },
      { additionalProperties: false, default: {} },
    ),
    networks: Type.Object(
      {
        pool: Type.String({
          pattern: '^(\\d{1,3}\\.){3}\\d{1,3}/\\d{1,2}$',
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
      { additionalProperties: false, default: {} },
    ),
    ports: Type.Object(
      {
        bind: Type.String({
          pattern: '^(\\d{1,3}\\.){3}\\d{1,3}$',
          default: '127.0.0.1',
          description: 'Host address on which containers’ ports appear.',
        }),
        range: Type.String({
          pattern: '^\\d{1,5}-\\d{1,5}$',
          default: '20000-29999',
          description: 'Host ports to give out.',
        }),
      },
      { additionalProperties: false, default: {} },
    ),
    logging: Type.Object(
      {
        level: Type.Enum(['debug', 'info', 'warn', 'error'], { default: 'info' }),
      },
      { additionalProperties: false, default: {} },
    ),
  },
  { additionalProperties: false },
);
export type MainFile = Static<typeof MainFile>;
