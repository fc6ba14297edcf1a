import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { busyboxImage } from './busybox-image.ts';
import type { TestEngine } from './engine.ts';
import { cgroupOf, removeRemains } from './private-engine-remains.ts';

const run = promisify(execFile);

/** A Docker engine of a test’s own, which it may freeze, kill and fill. */
export interface PrivateEngine extends TestEngine {
  /** dockerd’s process id: another one after `restart()`. */
  readonly pid: number;
  /** SIGSTOP: the kernel takes connections, and nothing answers. Ends when dockerd has stopped. */
  pause(): Promise<void>;
  /** SIGCONT. */
  resume(): void;
  /** SIGKILL; ends when dockerd is gone. Its containers run on. */
  kill(): Promise<void>;
  /**
   * Starts dockerd anew on the same data, killing it first where it runs; ends when it answers. That
   * takes ten seconds where it finds a container running that does not heed SIGTERM: it stops them.
   */
  restart(): Promise<void>;
  /** Removes all of it in whatever state it is: processes, mounts, network namespace, directory. */
  stop(): Promise<void>;
}

export interface PrivateEngineOptions {
  /** Made by the engine, and removed with it. Short: a socket’s path has at most 107 characters. */
  readonly directory: string;
  /** Puts the engine’s data on a file system of this size, so that a test can fill it. */
  readonly diskMegabytes?: number;
}

/**
 * Starts a second engine beside the machine’s own; needs root. It has its own network namespace,
 * because two engines in one take each other’s bridge and firewall rules away, so its containers
 * reach each other but nothing outside, and their published ports answer only inside.
 * It has its own containerd too: one that systemd runs would keep both engines’ containers in one
 * list. The image of `busyboxImage()` is there.
 */
export async function startPrivateEngine(options: PrivateEngineOptions): Promise<PrivateEngine> {
  await mkdir(options.directory, { mode: 0o711 });
  const directory = await realpath(options.directory);
  try {
    return await startIn(directory, options.diskMegabytes);
  } catch (error) {
    await removeRemains(directory);
    throw error;
  }
}

async function startIn(
  directory: string,
  diskMegabytes: number | undefined,
): Promise<PrivateEngine> {
  const path = pathsIn(directory);
  await mkdir(path.data);
  if (diskMegabytes !== undefined) {
    await run('truncate', ['--size', `${diskMegabytes}M`, path.disk]);
    await run('mkfs.ext4', ['-q', '-F', path.disk]);
    await run('mount', ['-o', 'loop', path.disk, path.data]);
  }
  await writeFile(path.netns, '');
  await run('unshare', [`--net=${path.netns}`, 'ip', 'link', 'set', 'lo', 'up']);
  // Files of our own, so that none of the machine’s settings take part.
  await writeFile(path.dockerdConfig, '{}');
  await writeFile(
    path.containerdConfig,
    'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n',
  );
  await startContainerd(directory);
  let dockerd = await startDockerd(directory);
  const docker = new Docker({ socketPath: path.socket, host: undefined });
  await busyboxImage(docker);

  return {
    host: `unix://${path.socket}`,
    docker,
    get pid() {
      return pidOf(dockerd);
    },
    pause: () => pause(pidOf(dockerd)),
    resume() {
      process.kill(pidOf(dockerd), 'SIGCONT');
    },
    kill: () => kill(dockerd),
    async restart() {
      await kill(dockerd);
      dockerd = await startDockerd(directory);
    },
    stop: () => removeRemains(directory),
  };
}

function pathsIn(directory: string) {
  return {
    data: join(directory, 'data'),
    disk: join(directory, 'disk.ext4'),
    netns: join(directory, 'netns'),
    log: join(directory, 'log'),
    socket: join(directory, 'docker.sock'),
    dockerdConfig: join(directory, 'daemon.json'),
    containerd: join(directory, 'containerd'),
    containerdSocket: join(directory, 'containerd.sock'),
    containerdConfig: join(directory, 'containerd.toml'),
  };
}

function startContainerd(directory: string): Promise<ChildProcess> {
  const path = pathsIn(directory);
  return startInside(directory, path.containerdSocket, [
    'containerd',
    '--config',
    path.containerdConfig,
    '--root',
    join(path.data, 'containerd'),
    '--state',
    path.containerd,
    '--address',
    path.containerdSocket,
  ]);
}

async function startDockerd(directory: string): Promise<ChildProcess> {
  const path = pathsIn(directory);
  const daemon = await startInside(directory, path.socket, [
    'dockerd',
    '--config-file',
    path.dockerdConfig,
    '--data-root',
    join(path.data, 'docker'),
    '--exec-root',
    join(directory, 'exec'),
    '--pidfile',
    join(directory, 'dockerd.pid'),
    '--host',
    `unix://${path.socket}`,
    '--containerd',
    path.containerdSocket,
    // Named, so that the remains of a killed engine can be told from any other’s.
    '--exec-opt',
    'native.cgroupdriver=cgroupfs',
    '--cgroup-parent',
    cgroupOf(directory),
  ]);
  await answered(path.socket);
  return daemon;
}

/** dockerd takes connections at once, and answers when it has loaded its containers. */
async function answered(socket: string): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  const ping = request({ socketPath: socket, path: '/_ping', signal }).end();
  ping.on('response', (response) => response.resume());
  await once(ping, 'response');
}

/** Starts a daemon inside the network namespace; ends when its socket takes connections. */
async function startInside(
  directory: string,
  socket: string,
  command: readonly string[],
): Promise<ChildProcess> {
  const path = pathsIn(directory);
  await rm(socket, { force: true });
  const log = await open(path.log, 'a');
  // Each program becomes the next, so the child’s process id is the daemon’s, and the daemon ends even
  // where the test’s own process is killed. Not `ip netns exec`: it mounts another /sys, in which
  // dockerd finds no cgroups.
  const enter = ['--pdeathsig=KILL', 'nsenter', `--net=${path.netns}`];
  const daemon = spawn('setpriv', [...enter, ...command], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  const failed = new Promise<never>((_, reject) => {
    daemon.once('error', reject);
    daemon.once('exit', (code, signal) =>
      reject(new Error(`${command[0]} ended: ${code ?? signal}`)),
    );
  });
  try {
    await log.close();
    const deadline = AbortSignal.timeout(60_000);
    await Promise.race([failed, listening(socket, deadline)]);
  } catch (error) {
    const said = await readFile(path.log, 'utf8');
    throw new Error(`${command[0]} did not start. Its log:\n${said}`, { cause: error });
  }
  failed.catch(() => {}); // From here on its end is the test’s business.
  return daemon;
}

/** Ends when something listens on the socket. */
async function listening(socket: string, deadline: AbortSignal): Promise<void> {
  for (;;) {
    const connection = connect(socket);
    try {
      await once(connection, 'connect');
      return;
    } catch (error) {
      if (deadline.aborted) throw error;
    } finally {
      connection.destroy();
    }
    await setTimeout(20);
  }
}

async function pause(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  while (!(await readFile(`/proc/${pid}/status`, 'utf8')).includes('T (stopped)')) {
    await setTimeout(1);
  }
}

function pidOf(daemon: ChildProcess): number {
  if (daemon.pid === undefined) throw new Error('It was never started.');
  return daemon.pid;
}

async function kill(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const exit = once(daemon, 'exit');
  daemon.kill('SIGKILL');
  await exit;
}
