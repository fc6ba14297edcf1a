import type { Answer } from './engine-probe.ts';

/** What is known of the machine and the engine before anything is done. */
export interface EngineFacts {
  readonly host: string;
  /** What chose another engine than the machine’s own: `DOCKER_HOST`, or a file. */
  readonly chosenBy: string | undefined;
  readonly answer: Answer;
  readonly isRoot: boolean;
  readonly user: string;
  /** Whether dockerd is there. */
  readonly isInstalled: boolean;
  /** Whether this is Debian, Ubuntu or a relative. */
  readonly hasApt: boolean;
  readonly hasSystemd: boolean;
  /** A dockerd that runs in this network, whatever its socket. */
  readonly runningEngine: number | undefined;
  /** The group that may use the socket. */
  readonly socketGroup: string;
  /** The script that asks, for the advice. */
  readonly command: string;
}

export type Decision =
  | { readonly action: 'use'; readonly version: string }
  | {
      readonly action: 'start';
      readonly install: boolean;
      readonly through: 'systemd' | 'dockerd';
    }
  | { readonly action: 'refuse'; readonly message: string };

/** What to do about the engine. */
export function decide(facts: EngineFacts): Decision {
  const { answer } = facts;
  switch (answer.kind) {
    case 'answers':
      return { action: 'use', version: answer.version };
    case 'forbidden':
      return refuse(...forbidden(facts));
    case 'silent':
      return refuse(
        `The engine at ${facts.host} takes connections but does not answer.`,
        facts.hasSystemd
          ? 'Restart it: sudo systemctl restart docker'
          : 'Look at its log, and restart it.',
      );
    case 'failed':
      return refuse(`The engine at ${facts.host} cannot be used: ${answer.reason}.`);
    case 'missing':
    case 'stale':
      return withoutEngine(facts);
    default:
      return answer satisfies never;
  }
}

function withoutEngine(facts: EngineFacts): Decision {
  if (facts.chosenBy !== undefined) {
    return refuse(
      `No engine answers at ${facts.host}, which ${facts.chosenBy} names.`,
      'Start that engine, or choose another.',
    );
  }
  if (facts.isRoot && facts.runningEngine !== undefined) {
    // A second one in the same network would take the first one’s bridge and firewall rules away.
    return refuse(
      `An engine runs here (dockerd, process ${facts.runningEngine}), but not at ${facts.host}.`,
      `Say where it answers: DOCKER_HOST=unix:///PATH ${facts.command}`,
    );
  }
  if (facts.isRoot && (facts.isInstalled || facts.hasApt)) {
    return {
      action: 'start',
      install: !facts.isInstalled,
      through: facts.hasSystemd ? 'systemd' : 'dockerd',
    };
  }
  if (facts.isInstalled) {
    return refuse(
      'The engine is installed here, but it does not run.',
      `Let root start it: sudo ${facts.hasSystemd ? 'systemctl start docker' : facts.command}`,
    );
  }
  if (facts.hasApt) {
    return refuse(
      'No container engine is installed here, and only root can install one.',
      `Let root do it: sudo ${facts.command}`,
      'Or by hand: sudo apt-get install docker.io iptables',
    );
  }
  return refuse(
    'No container engine is installed here, and without apt-get this script cannot install one.',
    'Install Docker Engine, start it and run this again: https://docs.docker.com/engine/install/',
  );
}

function forbidden({ host, user, socketGroup, command }: EngineFacts): string[] {
  return [
    `The user ${user} may not use the engine at ${host}: only root and the group ${socketGroup} may.`,
    `Let root run this, so that you need not be in that group: sudo ${command}`,
    `Or ask an administrator for it: sudo usermod -aG ${socketGroup} ${user}, then log in again.`,
    'Whoever is in that group is as good as root on this machine.',
  ];
}

function refuse(...lines: string[]): Decision {
  return { action: 'refuse', message: lines.join('\n') };
}
