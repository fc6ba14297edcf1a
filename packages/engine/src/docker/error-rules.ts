import type { ProblemCode } from '@berth/contract';
import type { Engine } from '../port.ts';

export type Operation = Exclude<keyof Engine, 'close'>;

/** What was asked of which engine. */
export interface Question {
  readonly operation: Operation;
  readonly host: string;
  /** Name of what it is about, for the user. */
  readonly subject: string;
}

/** What came back: an answer’s status, or the connection’s error code. */
export interface Failure {
  /** 200 where the answer began well and told of the failure in its stream. */
  readonly status?: number;
  readonly code?: string;
  readonly reason: string;
}

type Explanation = (
  question: Question & { readonly reason: string; readonly match: RegExpExecArray },
) => readonly [code: ProblemCode, message: string, details?: Record<string, unknown>];

export interface Rule {
  /** Any operation when absent. */
  readonly on?: readonly Operation[];
  /** Where neither is given, any status will do; a connection error never does. */
  readonly status?: readonly number[];
  readonly code?: RegExp;
  /** Anything when absent. */
  readonly says?: RegExp;
  readonly problem: Explanation;
}

/** The details of a failure after which nobody knows whether the thing was done. */
export const UNKNOWN = { outcome: 'unknown' };

const STARTS: readonly Operation[] = ['startContainer', 'restartContainer'];
const STREAMS: readonly Operation[] = ['logs', 'events'];

/** First match wins. Every status and text was seen on Docker Engine 20.10. */
export const RULES: readonly Rule[] = [
  // The connection.
  {
    code: /^(ENOENT|ENOTDIR)$/,
    problem: ({ host }) => [
      'engine_unavailable',
      `There is no container engine at ${host}: the socket does not exist. Install and start Docker, or correct the engine’s host in the settings.`,
    ],
  },
  {
    code: /^ECONNREFUSED$/,
    problem: ({ host }) => [
      'engine_unavailable',
      `The container engine at ${host} is not running: nothing listens there. Start it, for example with: systemctl start docker`,
    ],
  },
  {
    code: /^(EACCES|EPERM)$/,
    problem: ({ host }) => [
      'engine_unavailable',
      `No permission to use the container engine at ${host}. The account that asks must be allowed to open the socket; for Docker that is root and the group docker.`,
    ],
  },
  {
    code: /^(ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/,
    problem: ({ host }) => [
      'engine_unavailable',
      `The container engine at ${host} cannot be reached. Check the address and the network between.`,
    ],
  },
  {
    on: STREAMS,
    code: /^(ECONNRESET|ETIMEDOUT)$/,
    problem: ({ host }) => ['engine_unavailable', brokenOffAt(host)],
  },
  {
    code: /^(ECONNRESET|EPIPE|ETIMEDOUT|ECONNABORTED)$/,
    problem: ({ host }) => [
      'engine_unavailable',
      `The container engine at ${host} broke off before its answer was complete. What was asked may have been done all the same: look before you try again.`,
      UNKNOWN,
    ],
  },
  { code: /^HPE_/, problem: notAnEngine },
  { status: [301, 302, 303, 307, 308], problem: notAnEngine },

  // Whatever was asked.
  {
    says: /no space left on device/i,
    problem: () => [
      'disk_full',
      'The container engine’s disk is full. Stop containers and remove volumes that are no longer needed, or ask your admin to free space.',
    ],
  },

  // Images.
  {
    on: ['createContainer'],
    status: [404],
    says: /no such image: (.+)/i,
    problem: ({ match }) => [
      'image_unavailable',
      `The image ${match[1]} is not on the engine’s machine. It has to be pulled first; check its name and tag in the template.`,
    ],
  },
  {
    on: ['pull'],
    says: /manifest unknown|manifest for .+ not found|no such manifest/i,
    problem: ({ subject }) => [
      'image_unavailable',
      `The registry has no image ${subject}. Check its name and tag in the template.`,
    ],
  },
  {
    on: ['pull'],
    says: /pull access denied|repository does not exist|unauthorized|authentication required|\bdenied\b/i,
    problem: ({ subject }) => [
      'image_unavailable',
      `The registry does not give out the image ${subject}: it does not exist there, or needs a login. Check its name in the template.`,
    ],
  },
  {
    on: ['pull'],
    says: /connection refused|connection reset|no such host|server misbehaving|no route to host|network is unreachable|timeout|deadline exceeded|request canceled while waiting|certificate|\bEOF\b/i,
    problem: ({ subject, reason }) => [
      'image_unavailable',
      `The registry of the image ${subject} cannot be reached from the engine’s machine (${shortened(reason)}). Try again later, or check the image’s name.`,
    ],
  },
  {
    on: ['pull'],
    says: /no matching manifest/i,
    problem: ({ subject }) => [
      'image_unavailable',
      `The image ${subject} does not exist for this kind of machine (operating system and processor). Choose another image in the template.`,
    ],
  },
  {
    on: ['pull'],
    problem: ({ subject, reason }) => [
      'image_unavailable',
      `The image ${subject} could not be fetched: ${shortened(reason)}. Try again, or check the image in the template.`,
    ],
  },

  // Making a container.
  {
    on: ['createContainer'],
    status: [409, 500], // 500: Podman
    says: /already in use/i,
    problem: ({ subject }) => [
      'name_taken',
      `There is a container named ${subject} already. Stop and remove that one first, or choose another name.`,
    ],
  },
  {
    on: ['createContainer'],
    status: [400],
    says: /minimum memory limit allowed is (\S+)/i,
    problem: ({ match }) => [
      'template_rejected',
      `The template gives less memory than a container needs to start: the least is ${match[1]}. Raise resources.memory.`,
    ],
  },
  {
    on: ['createContainer'],
    status: [400],
    says: /range of cpus is from \S+ to (\d+)/i,
    problem: ({ match }) => [
      'template_rejected',
      `The template wants more CPUs than the engine’s machine has: there are ${match[1]}. Lower resources.cpus.`,
    ],
  },
  { on: ['createContainer'], status: [400], problem: rejected },
  { on: ['createContainer'], status: [500], says: /cannot mkdir/i, problem: rejected },

  // Starting a container, and reading what it prints.
  {
    on: ['logs'],
    status: [404],
    problem: () => ['not_found', 'The container is gone: something removed it.'],
  },
  {
    on: ['logs'],
    status: [200],
    problem: ({ reason }) => [
      'disk_failed',
      `The engine cannot read what the container printed: ${shortened(reason)}. Ask your admin to look at the engine’s disk.`,
    ],
  },
  {
    on: STARTS,
    status: [404],
    says: /^no such container/i,
    problem: () => ['not_found', 'The container is gone: something removed it. Start it anew.'],
  },
  {
    on: STARTS,
    status: [404],
    says: /network (\S+) not found/i,
    problem: ({ match }) => [
      'network_unavailable',
      `The container’s network ${match[1]} is gone: something removed it. Stop the container and start it anew.`,
    ],
  },
  {
    on: STARTS,
    status: [403, 409, 500],
    says: /no available ipv4 addresses.*address pools: (\S+)/i,
    problem: ({ match }) => [
      'network_unavailable',
      `The network ${match[1]} has no free address left. Stop a container that uses it first.`,
    ],
  },
  {
    on: STARTS,
    status: [409],
    problem: ({ reason }) => [
      'conflict',
      `The container cannot be started as it is: ${shortened(reason)}. Stop it and start it anew.`,
    ],
  },
  {
    on: STARTS,
    status: [500],
    says: /port is already allocated|address already in use|all ports are allocated/i,
    problem: () => [
      'port_unavailable',
      'No host port is free for one of the container’s ports. Stop a container that publishes ports, or ask your admin for a larger port range.',
    ],
  },
  {
    on: STARTS,
    status: [500],
    says: /cannot assign requested address/i,
    problem: () => [
      'port_unavailable',
      'The address on which ports shall appear does not exist on the engine’s machine. Ask your admin to correct ports.bind in the settings.',
    ],
  },
  { on: STARTS, status: [400], problem: rejected },
  {
    on: STARTS,
    status: [500],
    says: /unable to find (user|group)|OCI runtime (create|start) failed/,
    problem: rejected,
  },

  // Networks and volumes.
  {
    on: ['createNetwork'],
    status: [409],
    says: /already exists/i,
    problem: ({ subject }) => ['name_taken', `There is a network named ${subject} already.`],
  },
  {
    on: ['createNetwork'],
    status: [400, 403, 409, 500],
    says: /overlap/i,
    problem: ({ subject }) => [
      'network_unavailable',
      `The addresses chosen for the network ${subject} are used by another network of the engine. Try again; if it stays so, ask your admin for another networks.pool in the settings.`,
    ],
  },
  {
    on: ['removeNetwork'],
    status: [403],
    says: /active endpoints/i,
    problem: ({ subject }) => [
      'conflict',
      `The network ${subject} is in use by a container. Stop that container first.`,
    ],
  },
  {
    on: ['createVolume'],
    status: [500],
    says: /file name too long/i,
    problem: ({ subject }) => [
      'template_rejected',
      `The volume’s name is too long for the engine: ${shortened(subject)}. Choose shorter names for the template and its volumes.`,
    ],
  },
  {
    on: ['removeVolume'],
    status: [409],
    problem: ({ subject }) => [
      'conflict',
      `The volume ${subject} is in use by a container. Stop that container first.`,
    ],
  },
];

function notAnEngine({ host }: Question): ReturnType<Explanation> {
  return ['engine_unavailable', notAnEngineAt(host)];
}

export function brokenOffAt(host: string): string {
  return `The container engine at ${host} broke off while it was telling what happens. Try again.`;
}

export function notAnEngineAt(host: string): string {
  return `What answers at ${host} is not a container engine. Correct the engine’s host in the settings.`;
}

function rejected({ reason }: { readonly reason: string }): ReturnType<Explanation> {
  return [
    'template_rejected',
    `The engine refuses what the template asks for: ${shortened(reason)}. Correct the template, or ask your admin to.`,
  ];
}

/** Runtimes wrap the one thing that matters in what each layer was doing. */
function shortened(reason: string): string {
  const words = reason
    .replace(
      /^.*(?:unable to start container process|runc create failed|OCI runtime create failed): /s,
      '',
    )
    .replace(/^error during container init: /, '')
    .replace(/: unknown$/, '')
    .replace(/\.$/, '');
  return words.length > 300 ? `${words.slice(0, 300)}…` : words;
}
