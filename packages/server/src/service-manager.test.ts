import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { berthdFolder } from './testing/berthd.ts';

interface Manager {
  /** Resolves once what it was sent since the last time matches. */
  told(pattern: RegExp): Promise<RegExpExecArray>;
}

/** A real datagram socket, such as systemd’s. */
async function manager(address: string): Promise<Manager> {
  const receiver = spawn('socat', ['-d', '-d', '-u', address, 'STDOUT']);
  onTestFinished(async () => {
    receiver.kill('SIGKILL');
    if (receiver.signalCode === null) await once(receiver, 'exit');
  });
  let received = '';
  let look = (): void => {};
  receiver.stdout.setEncoding('utf8').on('data', (text: string) => {
    received += text;
    look();
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  receiver.on('error', reject);
  receiver.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('starting data transfer')) resolve();
  });
  await promise;
  return {
    told: async (pattern) => {
      const found = Promise.withResolvers<RegExpExecArray>();
      look = () => {
        const match = pattern.exec(received);
        if (match === null) return;
        received = received.slice(match.index + match[0].length);
        found.resolve(match);
      };
      look();
      return found.promise;
    },
  };
}

test.each(['a path', 'an abstract name'])(
  'a service manager that listens on %s hears when the server is ready, reloads and stops',
  async (kind) => {
    const berthd = await berthdFolder();
    const path = join(berthd.directory, 'notify');
    const isAbstract = kind === 'an abstract name';
    const systemd = await manager(`${isAbstract ? 'ABSTRACT-RECV' : 'UNIX-RECV'}:${path}`);
    const NOTIFY_SOCKET = `${isAbstract ? '@' : ''}${path}`;
    const before = process.hrtime.bigint() / 1000n;
    const server = await berthd.serve({ env: { NOTIFY_SOCKET } });
    const [, url] = await systemd.told(/^READY=1\nSTATUS=Serves (\S+)\n/);
    expect(url).toBe(server.url);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);

    server.child.kill('SIGHUP');
    const [, time = '0'] = await systemd.told(
      /^RELOADING=1\nMONOTONIC_USEC=(\d+)\nREADY=1\nSTATUS=Serves \S+\n/,
    );
    expect(BigInt(time)).toBeGreaterThan(before);
    expect(BigInt(time)).toBeLessThan(process.hrtime.bigint() / 1000n);

    server.child.kill('SIGTERM');
    await systemd.told(/^STOPPING=1\nSTATUS=Finishing what runs\n$/);
    expect((await server.ended).code).toBe(0);
  },
);

test('one that wants signs of life gets them', async () => {
  const berthd = await berthdFolder();
  const path = join(berthd.directory, 'notify');
  const systemd = await manager(`UNIX-RECV:${path}`);
  await berthd.serve({ env: { NOTIFY_SOCKET: path, WATCHDOG_USEC: '100000' } });
  await systemd.told(/WATCHDOG=1\nWATCHDOG=1\n/);
});

test('one that wants them of another process gets none of this one', async () => {
  const berthd = await berthdFolder();
  const path = join(berthd.directory, 'notify');
  const systemd = await manager(`UNIX-RECV:${path}`);
  const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: '1', WATCHDOG_PID: '1' };
  const server = await berthd.serve({ env });
  server.child.kill('SIGTERM');
  await systemd.told(/^READY=1\n\S+ .*\nSTOPPING=1\n/);
});

test('one that is not there does not keep the server from serving, and the log says so', async () => {
  const berthd = await berthdFolder();
  const server = await berthd.serve({ env: { NOTIFY_SOCKET: '/nonexistent/notify' } });
  await server.printed(/event: service_manager_not_told/);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});
