import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { connect as connectPlainly } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect, getCiphers, type ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { houseForTest } from '../support/house.ts';
import { logIn } from '../support/login.ts';
import { run, start } from '../support/program.ts';
import { send } from '../support/send.ts';

const tar = promisify(execFile);

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'berth-e2e-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

/** A new configuration, as `berthd init` makes it, on a port that is free. */
async function initialised(...options: string[]): Promise<string> {
  const directory = join(await folder(), 'config');
  const made = await run('berthd', ['init', '--config', directory, ...options]);
  expect(made.stderr).toBe('');
  const main = join(directory, 'main.yaml');
  const written = await readFile(main, 'utf8');
  await writeFile(main, written.replace(/port: \d+/, 'port: 0'));
  return directory;
}

test('N: rate-limit bypass by X-Forwarded-For', async () => {
  const house = await houseForTest({ templates: '  lab: {image: IMAGE}' });
  await house.edit('main.yaml', /rate_limit: .*/, 'rate_limit: {login_per_minute: 5}');
  const statuses = new Map<number, number>();
  for (let n = 0; n < 200; n += 1) {
    const forwarded = { 'x-forwarded-for': `203.0.113.${n}`, forwarded: `for=203.0.113.${n}` };
    const { status } = await logIn(house.url, `user${n}`, 'wrong', forwarded);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  // Some come back while the others are checked.
  expect([...statuses.keys()]).toEqual([401, 429]);
  expect(statuses.get(429)).toBeGreaterThan(150);
});

/** What is agreed upon, or undefined where nothing is. */
async function agreed(port: number, options: ConnectionOptions): Promise<string | undefined> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  socket.on('secureConnect', () => {
    resolve(`${socket.getProtocol()} ${socket.getCipher().standardName}`);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    resolve(undefined);
  });
  const found = await promise;
  socket.destroy();
  return found;
}

test('N: TLS', async () => {
  const directory = await initialised('--self-signed');
  const server = start('berthd', ['serve', '--config', directory]);
  onTestFinished(server.kill);
  const [, number] = await server.printed(/serves https:\S+:(\d+)/);
  const port = Number(number);
  const found = new Set<string>();
  for (const cipher of getCiphers()) {
    if (cipher.startsWith('tls_')) continue;
    const ciphers = `${cipher.toUpperCase()}:@SECLEVEL=0`;
    const tls12 = await agreed(port, { ciphers, maxVersion: 'TLSv1.2' });
    if (tls12 !== undefined) found.add(tls12);
  }
  const aead = /^TLSv1\.2 TLS_ECDHE_(ECDSA|RSA)_WITH_(\w+_GCM_SHA\d+|CHACHA20_POLY1305_SHA256)$/;
  expect(found.size).toBeGreaterThan(2);
  for (const suite of found) expect(suite).toMatch(aead);
  for (const version of ['TLSv1', 'TLSv1.1'] as const) {
    const old = { minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' };
    expect(await agreed(port, old)).toBeUndefined();
  }
  expect(await agreed(port, {})).toMatch(/^TLSv1\.3 /);

  const plain = connectPlainly(port, '127.0.0.1');
  await once(plain, 'connect');
  plain.end('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  const answer = await text(plain);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).not.toMatch(/^location:/im);
});

test('B: cross-site WebSocket', async () => {
  const house = await houseForTest({ templates: '  lab: {image: IMAGE}' });
  const port = Number(new URL(house.url).port);
  const { body } = await send(house.url, '/openapi.json');
  const { paths } = JSON.parse(body) as { paths: Record<string, unknown> };
  for (const path of ['/', ...Object.keys(paths)]) {
    for (const origin of ['Origin: http://evil.example\r\n', '']) {
      const socket = connectPlainly(port, '127.0.0.1');
      socket.write(
        `GET ${path.replaceAll(/\{\w+\}/g, 'x')} HTTP/1.1\r\nHost: x\r\n${origin}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      );
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      expect([path, chunk.toString('latin1', 0, 12)]).not.toEqual([path, 'HTTP/1.1 101']);
    }
  }
});

test('D: restore archive with links or ..', async () => {
  const directory = await initialised();
  const outside = await folder();
  const before = await readdir(join(directory, '..'), { recursive: true });
  const source = join(outside, 'source');
  await mkdir(join(source, 'config'), { recursive: true });
  await writeFile(join(source, 'evil'), 'evil');
  await symlink(outside, join(source, 'config/users'));
  const archives = {
    'dots.tar.gz': ['--transform=s,^evil,../../evil,', '-P', 'evil'],
    'absolute.tar.gz': ['--transform', `s,^evil,${outside}/planted,`, '-P', 'evil'],
    'link.tar.gz': ['config/users', 'evil'],
  };
  for (const [name, what] of Object.entries(archives)) {
    const archive = join(outside, name);
    await tar('tar', ['-czf', archive, '-C', source, ...what]);
    const { code, stderr } = await run('berthd', [
      'restore',
      archive,
      '--config',
      directory,
      '--yes',
    ]);
    expect([name, code, stderr]).toEqual([name, 1, expect.stringMatching(/^berthd: /)]);
  }
  expect(await readdir(join(directory, '..'), { recursive: true })).toEqual(before);
  expect((await readdir(outside)).toSorted()).toEqual(
    [...Object.keys(archives), 'source'].toSorted(),
  );
});
