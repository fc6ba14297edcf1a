import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { berthdFolder } from '../testing/berthd.ts';
import { printed, printedJson } from '../testing/printed.ts';

describe('berthd init', () => {
  test('shows the password of the admin, once', async () => {
    const berthd = await berthdFolder();
    const directory = join(berthd.directory, 'new');
    const text = await printed(berthd, 'init', '--config', directory);
    expect(text).toContain(`Wrote a new configuration to ${directory}.\n`);
    const [, password = ''] = /Admin password: (\S+)\n/.exec(text) ?? [];
    const verify = ['admin', 'password', '--verify', '--password-stdin', '--config', directory];
    expect(await berthd.run(verify, { input: password })).toMatchObject({ code: 0 });
  });

  test('tells programs the same', async () => {
    const berthd = await berthdFolder();
    const directory = join(berthd.directory, 'new');
    const made = await printedJson(berthd, 'init', '--config', directory);
    expect(made).toEqual({
      directory,
      username: 'admin',
      password: expect.stringMatching(/.{16}/),
      certificate: null,
    });
    const verify = ['admin', 'password', '--verify', '--password-stdin', '--config', directory];
    const input = String(made['password']);
    expect(await berthd.run(verify, { input })).toMatchObject({ code: 0 });
  });

  test('makes a certificate for the names by which the server is reached', async () => {
    const berthd = await berthdFolder();
    const directory = join(berthd.directory, 'new');
    const hosts = ['--host', 'Bücher.example', '--host=10.0.0.7'];
    const args = ['init', '--config', directory, '--self-signed', ...hosts, '--port=0'];
    const text = await printed(berthd, ...args);
    const certificate = new X509Certificate(await readFile(join(directory, 'tls/cert.pem')));
    expect(text).toContain(`\n  ${certificate.fingerprint256}\n`);
    expect(text).toContain('xn--bcher-kva.example, 10.0.0.7, localhost, 127.0.0.1, ::1\n');
    for (const host of ['xn--bcher-kva.example', 'localhost']) {
      expect(certificate.checkHost(host)).toBe(host);
    }
    for (const address of ['10.0.0.7', '127.0.0.1', '::1']) {
      expect(certificate.checkIP(address)).toBe(address);
    }
    expect(await berthd.run(['check', '--config', directory])).toMatchObject({
      code: 0,
      stdout: expect.not.stringContaining('Warning') as string,
    });
  });

  test('tells programs the fingerprint, and names the machine where nothing else is said', async () => {
    const berthd = await berthdFolder();
    const directory = join(berthd.directory, 'new');
    const made = await printedJson(berthd, 'init', '--config', directory, '--self-signed');
    const certificate = new X509Certificate(await readFile(join(directory, 'tls/cert.pem')));
    expect(made['certificate']).toEqual({
      fingerprint: certificate.fingerprint256,
      hosts: [hostname().toLowerCase(), 'localhost', '127.0.0.1', '::1'],
    });
  });

  test('takes a name for a certificate only where one is made', async () => {
    const berthd = await berthdFolder();
    const directory = join(berthd.directory, 'new');
    expect(await berthd.run(['init', '--config', directory, '--host=x.example'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--host is for --self-signed') as string,
    });
  });

  test.each([
    ...['', 'a b', '*.example', '-a', 'a_b', '1.2.3', 'fe80::1%eth0', 'a..b'].map((host) => [
      `--host=${host}`,
      'It must be the name of a host, or an IP address.',
    ]),
    ...['', '1e3', '0x50', ' 80', '65536', '-1'].map((port) => [
      `--port=${port}`,
      'It must be a number from 0 to 65535.',
    ]),
    ...['', '1a', 'A', 'a'.repeat(33)].map((prefix) => [
      `--prefix=${prefix}`,
      'It must be lower-case letters, digits and hyphens, starting with a letter; at most 32.',
    ]),
    ...['', 'foo', '/var/run/docker.sock', 'tcp://', 'tcp://x'].map((host) => [
      `--engine-host=${host}`,
      'It must be unix:///PATH or tcp://HOST:PORT.',
    ]),
  ])('refuses %s', async (option, why) => {
    const berthd = await berthdFolder();
    const directory = join(berthd.directory, 'new');
    const [name = ''] = option.split('=');
    expect(await berthd.run(['init', '--config', directory, option])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(new RegExp(`^berthd: Option '${name} <.*${why}\\n`)),
    });
    await expect(stat(directory)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
