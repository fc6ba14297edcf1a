import { dlopen } from 'node:ffi';

/** What a service manager such as systemd is told, as sd_notify(3) does. Nobody is told without one. */
export interface ServiceManager {
  /** That the server answers, also after a reload. */
  ready(status: string): void;
  reloading(): void;
  stopping(): void;
}

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;

/**
 * @param env names the manager’s socket, and how often it wants a sign of life
 * @param onUntold is called when a message did not get through
 */
export function createServiceManager(
  env: Readonly<NodeJS.ProcessEnv>,
  onUntold: (message: string) => void,
): ServiceManager {
  const {
    NOTIFY_SOCKET: path,
    WATCHDOG_USEC: period,
    WATCHDOG_PID: pid = String(process.pid),
  } = env;
  if (path === undefined || path === '') {
    return { ready: () => {}, reloading: () => {}, stopping: () => {} };
  }
  const send = senderTo(path);
  const tell = (...lines: string[]): void => {
    const message = lines.map((line) => `${line}\n`).join('');
    if (!send(message)) onUntold(message);
  };
  if (Number(period) > 0 && Number(pid) === process.pid) {
    // From the loop that also answers requests: it is quiet when that hangs.
    setInterval(
      () => {
        tell('WATCHDOG=1');
      },
      Number(period) / 2000,
    ).unref();
  }
  return {
    ready: (status) => {
      tell('READY=1', `STATUS=${status}`);
    },
    reloading: () => {
      tell('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
    },
    stopping: () => {
      tell('STOPPING=1', 'STATUS=Finishing what runs');
    },
  };
}

/** Node has no datagrams on Unix sockets; libc is already in the process. */
function senderTo(path: string): (message: string) => boolean {
  const { functions: libc } = dlopen(null, {
    socket: { arguments: ['i32', 'i32', 'i32'], return: 'i32' },
    sendto: { arguments: ['i32', 'buffer', 'u64', 'i32', 'buffer', 'u32'], return: 'i64' },
    close: { arguments: ['i32'], return: 'i32' },
  });
  const family = Buffer.from(new Uint16Array([AF_UNIX]).buffer);
  // An abstract socket’s name begins with a zero, and ends where it ends.
  const name = path.startsWith('@') ? `\0${path.slice(1)}` : `${path}\0`;
  const address = Buffer.concat([family, Buffer.from(name)]);
  return (message) => {
    const bytes = Buffer.from(message);
    const socket = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) return false;
    const length = BigInt(bytes.length);
    const sent = libc.sendto(socket, bytes, length, MSG_NOSIGNAL, address, address.length);
    libc.close(socket);
    return sent === length;
  };
}
