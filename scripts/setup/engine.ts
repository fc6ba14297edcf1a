import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Problem } from '@berth/contract';
import { attempt, isInstalled, run, startDaemon, tail } from './commands.ts';
import { decide, type EngineFacts } from './engine-decision.ts';
import { addressOf, probe } from './engine-probe.ts';
import { exists } from './files.ts';
import { installPackages } from './packages.ts';
import { argvOf, end, processOf, until } from './processes.ts';
import { tell } from './report.ts';
import { loginName } from './user.ts';

/** Where the machine’s own engine answers: the only one that is ever installed or started. */
export const OWN_HOST = 'unix:///var/run/docker.sock';
/** Where dockerd keeps the number of the containerd that it starts for itself. */
const CONTAINERD_PID_FILE = '/var/run/docker/containerd/containerd.pid';
const PACKAGES = ['docker.io', 'iptables'];
const READY_MS = 60_000;
/** dockerd gives its containers ten seconds and then takes care of its own. */
const END_MS = 60_000;

export interface EngineOptions {
  /** An engine that a configuration names; otherwise DOCKER_HOST or the machine’s own. */
  readonly configured: { readonly host: string; readonly file: string } | undefined;
  /** Where an engine that this script starts has its log and is remembered. */
  readonly folder: string;
  readonly command: string;
}

/**
 * Finds the engine to use. Where none answers and it can, it installs and starts the machine’s own;
 * otherwise it throws `engine_unavailable`, which says exactly what to do.
 *
 * @returns the engine’s host, and whether it was started here
 */
export async function ensureEngine(
  options: EngineOptions,
): Promise<{ host: string; started: boolean }> {
  const { host, chosenBy } = choose(options);
  const facts = await lookAround(host, chosenBy, options.command);
  const decision = decide(facts);
  switch (decision.action) {
    case 'use':
      tell('Engine', `Docker ${decision.version} answers at ${host}; using it`);
      return { host, started: false };
    case 'refuse':
      throw new Problem('engine_unavailable', decision.message);
    case 'start':
      if (decision.install) {
        tell('Engine', `none is installed: installing ${PACKAGES.join(' and ')} with apt-get …`);
        await installPackages(PACKAGES);
      }
      await mkdir(options.folder, { recursive: true, mode: 0o700 });
      if (decision.through === 'systemd') await startService(options.folder);
      else await startDockerd(options.folder);
      tell('Engine', `started Docker ${await versionOf(host)} at ${host}`);
      return { host, started: true };
    default:
      return decision satisfies never;
  }
}

/** Ends the engine if `ensureEngine` started it with this folder. Says what it did. */
export async function endOwnEngine(folder: string): Promise<void> {
  const pidFile = join(folder, 'dockerd.pid');
  const pid = await processOf(pidFile, (argv) => isDockerd(argv) && argv.includes(pidFile));
  if (pid !== undefined) {
    if (!(await end(pid, END_MS))) {
      throw new Problem('internal', `dockerd (process ${pid}) does not end. See ${folder}/log`);
    }
    tell('Engine', `ended the engine that was started here (process ${pid})`);
  } else if (await exists(join(folder, 'systemd'))) {
    await run('systemctl', ['stop', 'docker.socket', 'docker.service']);
    tell('Engine', 'stopped the engine’s service, which was started here');
  } else {
    tell('Engine', 'left as it is: it was not started from here');
  }
  await rm(folder, { recursive: true, force: true });
}

function choose({ configured }: EngineOptions): { host: string; chosenBy: string | undefined } {
  const fromEnvironment = process.env['DOCKER_HOST'];
  if (configured !== undefined && configured.host !== OWN_HOST) {
    return { host: configured.host, chosenBy: configured.file };
  }
  if (configured === undefined && fromEnvironment !== undefined && fromEnvironment !== '') {
    return { host: fromEnvironment, chosenBy: 'DOCKER_HOST' };
  }
  return { host: OWN_HOST, chosenBy: undefined };
}

async function lookAround(
  host: string,
  chosenBy: string | undefined,
  command: string,
): Promise<EngineFacts> {
  return {
    host,
    chosenBy,
    command,
    answer: await probe(host),
    isRoot: process.getuid?.() === 0,
    user: loginName(),
    isInstalled: await isInstalled('dockerd'),
    hasApt: await isInstalled('apt-get'),
    hasSystemd: (await exists('/run/systemd/system')) && (await isInstalled('systemctl')),
    runningEngine: await findDockerd(),
    socketGroup: await groupOf(host),
  };
}

/** A dockerd of this machine’s own network; those of other network namespaces are nobody’s rivals. */
async function findDockerd(): Promise<number | undefined> {
  const here = await stat('/proc/self/ns/net');
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || !isDockerd(await argvOf(pid))) continue;
    const there = await stat(`/proc/${pid}/ns/net`).catch(() => undefined);
    // One whose network cannot be seen: take it for a rival rather than disturb it.
    if (there === undefined || there.ino === here.ino) return pid;
  }
  return undefined;
}

const isDockerd = ([command = '']: readonly string[]): boolean => basename(command) === 'dockerd';

const isContainerd = ([command = '']: readonly string[]): boolean =>
  basename(command) === 'containerd';

async function groupOf(host: string): Promise<string> {
  const address = addressOf(host);
  if (!('socketPath' in address)) return '';
  const socket = await stat(address.socketPath).catch(() => undefined);
  if (socket === undefined) return 'docker';
  const { stdout } = await attempt('getent', ['group', String(socket.gid)]);
  return stdout.split(':')[0] ?? String(socket.gid);
}

async function startService(folder: string): Promise<void> {
  await writeFile(join(folder, 'systemd'), 'docker.service was started from this checkout.\n');
  await run('systemctl', ['start', 'docker.service']);
  if (await until(answers, READY_MS)) return;
  throw new Problem(
    'engine_unavailable',
    'The engine’s service was started, but the engine does not answer. See: journalctl -u docker',
  );
}

async function startDockerd(folder: string): Promise<void> {
  const log = join(folder, 'log');
  const pidFile = join(folder, 'dockerd.pid');
  // From an engine that was killed: dockerd would take any process that has its number now for it.
  await rm(pidFile, { force: true });
  // Its containerd died with it, and counts as running for dockerd until somebody has reaped it.
  if ((await processOf(CONTAINERD_PID_FILE, isContainerd)) === undefined) {
    await rm(CONTAINERD_PID_FILE, { force: true });
  }
  const dockerd = await startDaemon('dockerd', ['--pidfile', pidFile], log);
  const isOver = async () => dockerd.exitCode !== null || (await answers());
  await until(isOver, READY_MS);
  if (await answers()) return;
  throw new Problem(
    'engine_unavailable',
    `dockerd does not start here. The end of its log, ${log}:\n${tail(await readFile(log, 'utf8'))}`,
  );
}

const answers = async (): Promise<boolean> => (await probe(OWN_HOST)).kind === 'answers';

async function versionOf(host: string): Promise<string> {
  const answer = await probe(host);
  return answer.kind === 'answers' ? answer.version : 'Engine';
}
