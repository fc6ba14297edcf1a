import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@berth/logs';
import { expect, onTestFinished, test } from 'vitest';
import type { Certificate } from './certificate.ts';
import { openLiveCertificate, type LiveCertificate } from './live.ts';
import { makeSelfSigned, type SelfSigned } from './self-signed.ts';

const NOW = new Date('2026-11-23T10:00:00Z');
const [first, second] = await Promise.all([
  makeSelfSigned(['localhost'], NOW),
  makeSelfSigned(['localhost'], NOW),
]);

async function opened(): Promise<{
  readonly live: LiveCertificate;
  readonly renewed: Certificate[];
  readonly logged: () => string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly directory: string;
  put(made: SelfSigned): Promise<void>;
  pass(days: number): void;
}> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-live-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const files = { certFile: join(directory, 'cert.pem'), keyFile: join(directory, 'key.pem') };
  const put = async ({ cert, key }: SelfSigned): Promise<void> => {
    await writeFile(files.certFile, cert);
    await writeFile(files.keyFile, key);
  };
  await put(first);
  let written = '';
  let time = NOW;
  const now = (): Date => time;
  const write = (entry: string): void => {
    written += entry;
  };
  const renewed: Certificate[] = [];
  const live = await openLiveCertificate({
    files: () => files,
    onRenewed: (certificate) => renewed.push(certificate),
    log: createLog({ write, level: () => 'info', now }),
    now,
  });
  return {
    live,
    renewed,
    logged: () => written,
    ...files,
    directory,
    put,
    pass: (days) => {
      time = new Date(time.getTime() + days * 86_400_000);
    },
  };
}

test('new files are taken up when asked to', async () => {
  const { live, renewed, put, logged } = await opened();
  await live.reload();
  expect(renewed).toEqual([]);
  await put(second);
  await live.reload();
  expect(renewed.map(({ cert }) => cert.toString())).toEqual([second.cert]);
  expect(live.current()).toBe(renewed[0]);
  expect(logged()).toContain('event: certificate_renewed');
});

test('new files are noticed once both are at rest', async () => {
  const { live, renewed, certFile, keyFile, logged } = await opened();
  await live.look();
  await writeFile(certFile, second.cert);
  await live.look();
  await writeFile(keyFile, second.key);
  await live.look();
  expect(renewed).toEqual([]);
  await live.look();
  await live.look();
  expect(renewed.map(({ cert }) => cert.toString())).toEqual([second.cert]);
  expect(logged()).not.toContain('certificate_rejected');
});

test('files behind a link that leads elsewhere now are noticed', async () => {
  const { live, renewed, certFile, keyFile, directory } = await opened();
  for (const [path, text] of [
    [certFile, second.cert],
    [keyFile, second.key],
  ] as const) {
    await writeFile(`${path}.2`, text);
    await symlink(`${path}.2`, join(directory, 'link'));
    await rename(join(directory, 'link'), path);
  }
  await live.look();
  await live.look();
  expect(renewed).toHaveLength(1);
});

test('what cannot be served leaves the old one in use, is told once, and no more when mended', async () => {
  const { live, renewed, certFile, put, logged } = await opened();
  await writeFile(certFile, second.cert);
  await live.reload();
  await live.reload();
  expect(renewed).toEqual([]);
  expect(live.current().cert.toString()).toBe(first.cert);
  expect(live.fault()).toContain('is not the key of the first certificate');
  expect(logged().match(/event: certificate_rejected/g)).toHaveLength(1);
  await put(second);
  await live.reload();
  expect(live.fault()).toBeUndefined();
  expect(renewed).toHaveLength(1);
});

test('a file that goes away is told, too', async () => {
  const { live, certFile } = await opened();
  await rm(certFile);
  await live.look();
  await live.look();
  expect(live.fault()).toContain('cannot be read (ENOENT)');
});

test('that it expires is told a week before, and again when it has', async () => {
  const { live, pass, logged } = await opened();
  pass(817);
  await live.look();
  expect(logged()).toBe('');
  pass(1);
  await live.look();
  await live.look();
  expect(live.fault()).toBeUndefined();
  expect(logged().match(/event: certificate_expires/g)).toHaveLength(1);
  pass(7);
  await live.look();
  await live.look();
  expect(live.fault()).toBe('has expired on 2029-02-25T09:00:00.000Z');
  expect(logged().match(/event: certificate_not_valid/g)).toHaveLength(1);
});
