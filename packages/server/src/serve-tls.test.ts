import { rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { json } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { makeSelfSigned, type SelfSigned } from './certificate/self-signed.ts';
import { berthdFolder, type Berthd } from './testing/berthd.ts';

interface Answer {
  readonly health: unknown;
  readonly fingerprint: string;
}

async function health(url: string, ca: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get(`${url}/healthz`, { ca, agent: false }, resolve).on('error', reject);
  const response = await promise;
  const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate();
  return { health: await json(response), fingerprint: fingerprint256 };
}

async function put({ directory }: Berthd, { cert, key }: SelfSigned): Promise<void> {
  await writeFile(join(directory, 'tls/cert.pem'), cert);
  await writeFile(join(directory, 'tls/key.pem'), key);
}

test('a server over TLS takes up a new certificate on SIGHUP, and keeps its own where that fails', async () => {
  const main = `version: 1
admin: {username: admin, password_hash: "$pbkdf2-sha256$i=600000,l=32$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
server: {port: 0, tls: {cert_file: tls/cert.pem, key_file: tls/key.pem}}
engine: {host: "unix:///nonexistent/engine.sock"}
...
`;
  const [first, second] = await Promise.all([
    makeSelfSigned(['127.0.0.1'], new Date()),
    makeSelfSigned(['127.0.0.1'], new Date()),
  ]);
  const berthd = await berthdFolder({ 'main.yaml': main, 'tls/key.pem': '', 'tls/cert.pem': '' });
  await put(berthd, first);
  const server = await berthd.serve();
  expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const before = await health(server.url, first.cert);
  const ok = { rejected: false, revision: expect.any(String) as string };
  const expires = expect.stringMatching(/^20\d\d-/) as string;
  expect(before.health).toMatchObject({
    status: 'ok',
    config: ok,
    certificate: { expires, faulty: false },
  });

  await put(berthd, second);
  server.child.kill('SIGHUP');
  await server.printed(/event: certificate_renewed/);
  const after = await health(server.url, second.cert);
  expect(after.fingerprint).not.toBe(before.fingerprint);

  await rm(join(berthd.directory, 'tls/key.pem'));
  server.child.kill('SIGHUP');
  await server.printed(/event: certificate_rejected/);
  expect(await health(server.url, second.cert)).toMatchObject({
    health: { status: 'degraded', config: ok, certificate: { faulty: true } },
    fingerprint: after.fingerprint,
  });
  server.child.kill('SIGTERM');
  expect((await server.ended).code).toBe(0);
});

test('what listens on all addresses tells one by which this machine reaches it', async () => {
  const berthd = await berthdFolder();
  const directory = join(berthd.directory, 'new');
  await berthd.run(['init', '--config', directory, '--self-signed', '--port=0']);
  const server = await berthd.serve({ env: { BERTH_CONFIG: directory } });
  expect(server.url).toMatch(/^https:\/\/localhost:\d+$/);
});
