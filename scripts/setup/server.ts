import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { loadConfig, type Settings } from '@berth/config';
import { Problem } from '@berth/contract';
import { LABEL } from '@berth/engine';
import { BERTHD, CHECKOUT, CONFIG } from './checkout.ts';
import { run, startDaemon, tail } from './commands.ts';
import { connectTo } from './engine-probe.ts';
import { exists } from './files.ts';
import { end, processOf, until } from './processes.ts';
import { tell } from './report.ts';

const FIRST_PORT = 8420;
const LAST_PORT = 8519;
const READY_MS = 30_000;
const END_MS = 60_000;

const PID_FILE = join(CONFIG, 'berthd.pid');
const LOG = join(CONFIG, 'berthd.log');

/** The settings in the configuration folder, or undefined where there is no configuration yet. */
export async function readSettings(): Promise<Settings | undefined> {
  if (!(await exists(join(CONFIG, 'main.yaml')))) return undefined;
  return (await loadConfig(CONFIG)).settings;
}

/**
 * Writes a configuration for this engine, with a port and a prefix that nobody has, and shows the
 * admin’s password.
 */
export async function initConfiguration(engineHost: string): Promise<Settings> {
  await mkdir(CONFIG, { recursive: true });
  await chmod(CONFIG, 0o700);
  const port = await freePort();
  const prefix = await freePrefix(engineHost);
  const engine = ['--engine-host', engineHost, '--prefix', prefix];
  const said = await run(BERTHD, ['init', '--config', CONFIG, ...engine, '--port', String(port)]);
  const wasTaken = port === FIRST_PORT ? '' : `; it serves on ${port}, ${FIRST_PORT} was taken`;
  tell('Configuration', `made ${CONFIG}${wasTaken}`);
  // Only here is the password shown; the program’s own advice on what is next does not apply.
  for (const line of said.split('\n')) if (/^\s+Admin /.test(line)) tell('', line.trim());
  const settings = await readSettings();
  if (settings === undefined) throw new Problem('internal', `${BERTHD} init wrote nothing.`);
  return settings;
}

export const addressOfServer = ({ host, port }: Settings): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Starts berthd where it does not run. */
export async function ensureServer(settings: Settings): Promise<void> {
  const address = addressOfServer(settings);
  const running = await processOf(PID_FILE, isOurs);
  if (running !== undefined && (await isHealthy(address))) {
    tell('Server', `berthd runs at ${address} (process ${running})`);
    return;
  }
  if (running !== undefined) {
    throw new Problem(
      'server_unreachable',
      `berthd runs (process ${running}), but does not answer at ${address}.\n` +
        `See ${LOG}, or start anew: ./scripts/stop and then ./scripts/start`,
    );
  }
  if (!(await isFree(settings.port, settings.host))) {
    throw new Problem(
      'conflict',
      `Another program has ${settings.host}:${settings.port}. End it, or set another server.port in ${CONFIG}/main.yaml.`,
    );
  }
  const berthd = await startDaemon(BERTHD, ['serve', '--config', CONFIG], LOG);
  await writeFile(PID_FILE, `${berthd.pid}\n`, { mode: 0o600 });
  await until(async () => berthd.exitCode !== null || (await isHealthy(address)), READY_MS);
  if (berthd.exitCode !== null || !(await isHealthy(address))) {
    const said = tail(await readFile(LOG, 'utf8'));
    throw new Problem('internal', `berthd did not start. The end of its log, ${LOG}:\n${said}`);
  }
  tell('Server', `started berthd at ${address} (process ${berthd.pid})`);
}

/** Ends berthd if it runs for this checkout’s configuration. Says what it did. */
export async function endServer(): Promise<void> {
  const pid = await processOf(PID_FILE, isOurs);
  if (pid === undefined) {
    tell('Server', 'berthd does not run');
  } else if (await end(pid, END_MS)) {
    tell('Server', `ended berthd (process ${pid})`);
  } else {
    throw new Problem('internal', `berthd (process ${pid}) does not end. See ${LOG}`);
  }
  await rm(PID_FILE, { force: true });
}

/** Whether the server of this address answers as one whose configuration is loaded. */
async function isHealthy(address: string): Promise<boolean> {
  try {
    const answer = await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(5_000) });
    return answer.ok;
  } catch {
    return false;
  }
}

/** Whether a command is berthd of this checkout, serving this configuration. */
function isOurs(argv: readonly string[]): boolean {
  return argv.includes(join(CHECKOUT, 'packages/server/src/main.ts')) && argv.includes(CONFIG);
}

/** A prefix that no other server has in the engine: two of one prefix would sweep each other’s away. */
async function freePrefix(engineHost: string): Promise<string> {
  const docker = connectTo(engineHost);
  for (let number = 1; ; number += 1) {
    const prefix = number === 1 ? 'berth' : `berth-${number}`;
    const filters = { label: [`${LABEL.instance}=${prefix}`] };
    const containers = await docker.listContainers({ all: true, filters });
    const networks = await docker.listNetworks({ filters });
    const { Volumes: volumes } = await docker.listVolumes({ filters });
    if (containers.length + networks.length + volumes.length === 0) return prefix;
  }
}

async function freePort(): Promise<number> {
  for (let port = FIRST_PORT; port <= LAST_PORT; port++) {
    if (await isFree(port, '127.0.0.1')) return port;
  }
  throw new Problem(
    'port_unavailable',
    `Every port from ${FIRST_PORT} to ${LAST_PORT} is taken on this machine.`,
  );
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
